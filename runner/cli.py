"""The `exo-job` command.

The composition root: the only module that reads the environment, installs signal handlers,
draws chance and chooses an exit code.
"""

import json
import logging
import os
import secrets
import signal
import sys
from pathlib import Path

import click

from contract import logline
from contract.exitcodes import MEANINGS, ExitCode
from contract.masking import Masker
from runner.clock import SystemClock
from runner.errors import Problem, RefusedError
from runner.job import preflight
from runner.job.model import Job
from runner.job.preflight import Asked, Prepared
from runner.judgement.conclusion import gist_of, refusal_of
from runner.launch import Place
from runner.notices import Inbox, Notice
from runner.results.directory import RunDirectory
from runner.run import Run
from runner.telling import lastword
from runner.telling.logfile import LogFile

_log = logging.getLogger("exo-job")

_EXIT_CODES = "\b\nExit codes:\n" + "\n".join(
    f"  {code:>3}  {meaning.text}" for code, meaning in MEANINGS.items()
)
_FILE = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXIT_CODES)
def _program() -> None:
    """Run PowerShell jobs for Exchange Online, to an honest end."""


_job = click.argument("job_file", metavar="JOB.yaml", type=_FILE)
_p = click.option("-p", "texts", multiple=True, metavar="NAME=VALUE", help="A parameter.")
_params = click.option(
    "--params-file", type=_FILE, help="Parameters as a YAML or JSON mapping; also for secrets."
)


@_program.command(epilog=_EXIT_CODES)
@_job
@_p
@_params
@click.option(
    "--token-dir",
    type=_FILE,
    envvar="EXO_TOKEN_DIR",
    default=Path("/var/run/exo-tokens"),
    show_default=True,
    help="Where the sidecar writes tokens (EXO_TOKEN_DIR).",
)
@click.option(
    "--runs-dir",
    type=_FILE,
    envvar="EXO_RUNS_DIR",
    default=Path("runs"),
    show_default=True,
    help="Each run makes its own directory in it (EXO_RUNS_DIR).",
)
@click.option(
    "--connection",
    envvar="EXO_CONNECTION",
    help="Whose token to use, instead of the job's own connection (EXO_CONNECTION).",
)
@click.option(
    "--tenant-id",
    envvar="EXO_TENANT_ID",
    help="Refuse tokens of another tenant (EXO_TENANT_ID).",
)
@click.option(
    "--resume",
    type=_FILE,
    metavar="RUN_DIR",
    help="Do only what this earlier run of the job has not done; see Register-JobItem.",
)
@click.option(
    "--shard-index",
    type=click.IntRange(min=0),
    envvar="JOB_COMPLETION_INDEX",
    default=0,
    help="Which part of an indexed job this is (JOB_COMPLETION_INDEX).",
)
@click.option(
    "--shard-count",
    type=click.IntRange(min=1),
    envvar="EXO_SHARD_COUNT",
    default=1,
    help="Of how many parts (EXO_SHARD_COUNT); see Get-JobShard.",
)
@click.option("--pwsh", envvar="PWSH", help="The shell (PWSH); else the first on PATH.")
@click.option(
    "--termination-log",
    type=_FILE,
    help="Where Kubernetes reads the last word; /dev/termination-log if it exists.",
)
def run(  # noqa: PLR0913, PLR0917 - one argument an option
    job_file: Path,
    texts: tuple[str, ...],
    params_file: Path | None,
    token_dir: Path,
    runs_dir: Path,
    connection: str | None,
    tenant_id: str | None,
    resume: Path | None,
    shard_index: int,
    shard_count: int,
    pwsh: str | None,
    termination_log: Path | None,
) -> None:
    """Run JOB.yaml once."""
    asked = Asked(
        job_file=job_file,
        texts=texts,
        params_file=params_file,
        connection=connection,
        resume=resume,
        shard=(shard_index, shard_count),
    )
    try:
        code = _run(asked, token_dir, runs_dir, tenant_id, pwsh, termination_log)
    except RefusedError as error:
        _say_refusal(error, termination_log)
        raise
    sys.exit(code)


def _run(  # noqa: PLR0913, PLR0917 - as many as the command has
    asked: Asked,
    token_dir: Path,
    runs_dir: Path,
    tenant_id: str | None,
    pwsh: str | None,
    last_word: Path | None,
) -> ExitCode:
    runs = runs_dir.absolute()
    found = preflight.pwsh_at(pwsh, os.environ.get("PATH"))
    problems = [*([found] if isinstance(found, Problem) else []), *preflight.unwritable(runs)]
    prepared = preflight.prepare(asked, problems)
    if isinstance(found, Problem):
        raise RefusedError([found])
    place = Place(
        tokens=token_dir.absolute(), pwsh=found, tenant_id=tenant_id, environment=os.environ
    )
    return _carry_out(prepared, place, runs, last_word)


def _carry_out(prepared: Prepared, place: Place, runs: Path, last_word: Path | None) -> ExitCode:
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
    ).carry_out()
    for late in (signal.SIGTERM, signal.SIGINT):
        signal.signal(late, signal.SIG_IGN)  # the verdict stands; Python's exit would die of them
    lastword.say(masker.mask(result.termination_message()), last_word)
    _log.info("run.finished", extra={"fields": gist_of(result, directory.path)})
    return result.exit_code


@_program.command(epilog=_EXIT_CODES)
@_job
@_p
@_params
def check(job_file: Path, texts: tuple[str, ...], params_file: Path | None) -> None:
    """Check JOB.yaml, its script and its parameters; run nothing."""
    preflight.prepare(Asked(job_file=job_file, texts=texts, params_file=params_file))
    click.echo(f"{job_file}: good")


@_program.command()
def schema() -> None:
    """Print the JSON Schema of a job's file."""
    click.echo(json.dumps(Job.model_json_schema(by_alias=True), indent=2))


def main() -> None:
    """Run the command; every refusal is one message on standard error."""
    try:
        sys.exit(_program.main(standalone_mode=False))
    except RefusedError as error:
        for problem in error.problems:
            click.echo(f"exo-job: {problem.text}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        context = error.ctx if isinstance(error, click.UsageError) else None
        if context is not None and context.command is run:
            problem = Problem(ExitCode.USAGE, error.format_message())
            _say_refusal(RefusedError([problem]), context.params.get("termination_log"))
        sys.exit(ExitCode.USAGE)


def _say_refusal(refused: RefusedError, last_word: Path | None) -> None:
    result = refusal_of(refused, job="", now=SystemClock().now())
    lastword.say(result.termination_message(), last_word)
