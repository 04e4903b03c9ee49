"""`exo-job run`: the composition of one run.

The only module of the runner that installs signal handlers and draws chance.
"""

import logging
import os
import secrets
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from contract import logline
from contract.exitcodes import ExitCode
from contract.masking import Masker
from contract.runrecord import Result
from runner.auditing import witness_for
from runner.clock import SystemClock
from runner.commands.options import EXIT_CODES, JOB, PARAMS, P, run_options
from runner.commands.origin import origin_of
from runner.errors import Problem, RefusedError
from runner.job import preflight
from runner.job.parameterspec import Parameter
from runner.job.preflight import Asked, Prepared
from runner.job.sections import Push
from runner.judgement.conclusion import gist_of, refusal_of
from runner.launch import Place
from runner.notices import Inbox, Notice
from runner.results.directory import RunDirectory
from runner.results.items import FILE as ITEMS
from runner.results.items import done_in
from runner.results.lock import HeldError, JobLock
from runner.run import Run
from runner.telling import lastword
from runner.telling.logfile import LogFile

_log = logging.getLogger("exo-job")
_PARAM = "EXO_PARAM_"


@click.command(epilog=EXIT_CODES)
@JOB
@P
@PARAMS
@run_options
def run(  # noqa: PLR0913 - one argument an option
    *,
    job_file: Path,
    texts: tuple[str, ...],
    params_file: Path | None,
    token_dir: Path,
    runs_dir: Path,
    connection: str | None,
    tenant_id: str | None,
    dry_run: bool,
    exclusive: bool,
    resume: Path | None,
    shard_index: int,
    shard_count: int,
    annotations: Path | None,
    image_digest: str | None,
    audit_key_file: Path | None,
    trusted_keys: tuple[Path, ...],
    pwsh: str | None,
    termination_log: Path | None,
) -> None:
    """Run JOB.yaml once."""
    asked = Asked(
        job_file=job_file,
        texts=texts,
        params_file=params_file,
        connection=connection,
        dry_run=dry_run,
        resume=resume,
        shard=(shard_index, shard_count),
        trusted_keys=trusted_keys,
        environment=_parameters_in(os.environ),
    )
    try:
        shell, problems = _shell(pwsh, runs_dir.absolute())
        asked = replace(asked, derive=lambda script: _derived(script, shell) if shell.name else {})
        origin, unread = origin_of(annotations, image_digest, audit_key_file)
        prepared = preflight.prepare(asked, [*problems, *unread])
        _check_items(prepared)
        place = Place(
            tokens=token_dir.absolute(),
            pwsh=shell,
            tenant_id=tenant_id,
            environment=os.environ,
            origin=origin,
        )
        runs = runs_dir.absolute()
        lock = _lock(runs, prepared.job.metadata.name) if exclusive else None
        code = _carry_out(prepared, place, runs, termination_log, lock)
    except RefusedError as error:
        say_refusal(error, termination_log)
        raise
    sys.exit(code)


def _parameters_in(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(_PARAM): value
        for name, value in environment.items()
        if name.startswith(_PARAM)
    }


def _derived(script: Path, pwsh: Path) -> Mapping[str, Parameter]:
    from runner.check.deriving import parameters_of  # noqa: PLC0415 - few runs need it

    return parameters_of(script, pwsh=pwsh, environment=os.environ)


def _check_items(prepared: Prepared) -> None:
    if prepared.earlier is None:
        return
    try:
        done_in(prepared.earlier.items)
    except ValueError as error:
        text = f"--resume {prepared.earlier.folder / ITEMS}: {error}"
        raise RefusedError([Problem(ExitCode.INPUT, text)]) from None


def _shell(wanted: str | None, runs: Path) -> tuple[Path, list[Problem]]:
    found = preflight.pwsh_at(wanted, os.environ.get("PATH"))
    problems = preflight.unwritable(runs)
    if isinstance(found, Problem):
        return Path(), [found, *problems]
    return found, problems


def _lock(runs: Path, job: str) -> JobLock:
    try:
        return JobLock(runs, job)
    except HeldError as error:
        text = f"--exclusive: the job {job} runs already in {runs}: {error.by or 'just beginning'}"
        raise RefusedError([Problem(ExitCode.LOCK, text)]) from error
    except OSError as error:
        raise RefusedError([Problem(ExitCode.STORAGE, f"{runs}: {error.strerror}")]) from error


def _carry_out(
    prepared: Prepared, place: Place, runs: Path, last_word: Path | None, lock: JobLock | None
) -> ExitCode:
    masker, clock, inbox = Masker(), SystemClock(), Inbox()
    for text in prepared.values.secret_texts():
        masker.register(text)
    logline.configure("runner", masker, stream=LogFile.on_stdout())
    signal.signal(signal.SIGTERM, lambda *_: inbox.put(Notice.TERMINATE))
    signal.signal(signal.SIGINT, lambda *_: inbox.put(Notice.CANCEL))
    name = prepared.job.metadata.name
    run_id = f"{name}-{clock.now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    try:
        directory = RunDirectory(runs, run_id)
        if lock is not None:
            lock.name(run_id)
    except OSError as error:
        raise RefusedError([Problem(ExitCode.STORAGE, f"{runs}: {error.strerror}")]) from error
    os.umask(0o077)  # what the run writes is for its own user
    result = Run(
        prepared=prepared,
        place=place,
        directory=directory,
        masker=masker,
        inbox=inbox,
        clock=clock,
        witness=witness_for(
            prepared,
            place,
            directory,
            masker=masker,
            clock=clock,
            chance=secrets.SystemRandom().random,
        ),
    ).carry_out()
    for late in (signal.SIGTERM, signal.SIGINT):
        signal.signal(late, signal.SIG_IGN)  # the verdict stands; Python's exit would die of them
    lastword.say(masker.mask(result.termination_message()), last_word)
    _log.info("run.finished", extra={"fields": gist_of(result, directory.path)})
    _push(prepared.job.spec.push, result)
    return result.exit_code


def _push(asked: Push, result: Result) -> None:
    if asked == Push():
        return
    from runner.push.sending import push  # noqa: PLC0415 - few jobs push

    for problem in push(asked, result):
        _log.warning("push.failed", extra={"fields": {"reason": str(problem)}})


def say_refusal(refused: RefusedError, last_word: Path | None) -> None:
    """Say as the last word why nothing was started."""
    result = refusal_of(refused, job="", now=SystemClock().now())
    lastword.say(result.termination_message(), last_word)
