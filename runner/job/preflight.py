"""Checks everything that can be checked before a run starts, and reports all of it at once."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from contract.exitcodes import ExitCode
from contract.runrecord import RunRecord
from runner.errors import Problem, RefusedError
from runner.job import file as jobfile
from runner.job import parameters, resume, signature
from runner.job.fields import FOLDER_NAME
from runner.job.model import Job
from runner.job.parameters import Given, Values
from runner.job.parameterspec import Parameter
from runner.job.resume import Earlier
from runner.job.sections import Script

if TYPE_CHECKING:
    from pydantic import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the caller asked for."""

    job_file: Path
    texts: Sequence[str]
    params_file: Path | None
    connection: str | None = None
    """Instead of the spec's, so that one job can run for several tenants."""
    resume: Path | None = None
    """The directory of the run to go on from."""
    shard: tuple[int, int] = (0, 1)
    """Which shard, and of how many."""
    dry_run: bool = False
    """Change nothing in Exchange; record what would be called."""
    trusted_keys: Sequence[Path] = ()
    """Public keys; where there is one, the script must be signed by one of them."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Parameters that the pod's environment gives, as texts; they give way to the others."""
    derive: Callable[[Path], Mapping[str, Parameter]] = lambda _script: {}
    """Tells the parameters of a script, for a spec that declares none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A job that may start, as far as can be known beforehand."""

    job: Job
    spec_sha256: str
    script: bytes
    script_sha256: str
    values: Values
    earlier: Earlier | None = None
    shard: tuple[int, int] = (0, 1)
    dry_run: bool = False
    signed_by: str | None = None
    """The SHA-256 of the key that signed the script."""

    def record(self, run_id: str, *, at: datetime, runner: str) -> RunRecord:
        """Return what is to be written down before anything is started."""
        return RunRecord(
            run_id=run_id,
            job=self.job.metadata.name,
            connection=self.job.spec.connection,
            engine=self.job.spec.engine,
            spec_sha256=self.spec_sha256,
            script_sha256=self.script_sha256,
            parameters_sha256=self.values.sha256(),
            started_at=at,
            runner_version=runner,
            dry_run=self.dry_run,
            write=self.job.spec.write,
            idempotent=self.job.spec.idempotent,
            script_signed_by=self.signed_by,
            shard_index=self.shard[0],
            shard_count=self.shard[1],
            resumes=self.earlier.run_id if self.earlier else None,
        )


def prepare(asked: Asked, more: Sequence[Problem] = ()) -> Prepared:
    """Read and check the job, its script and its parameters.

    Raises:
        RefusedError: with every problem found, and *more*, which was found elsewhere.
    """
    document = jobfile.read(asked.job_file)
    if isinstance(document, Problem):
        raise RefusedError([document, *more])
    job, problems = jobfile.job_of(document)
    section = jobfile.part_of(document, Script, ("spec", "script"))
    script = _script(asked.job_file, section, problems) if section else b""
    signed_by = _signer(asked, section, script, problems) if section else None
    given, refused = _given(asked)
    problems += refused
    problems += _connection(asked)
    if job is not None:
        declared = _declared(asked, job, given)
        values, against = parameters.resolve(declared, given)
        problems += [Problem(ExitCode.INPUT, each) for each in against]
        job = _on(job, asked.connection)
        earlier = _earlier(asked, job, values, problems)
        if not problems and not more:
            return Prepared(
                job=job,
                spec_sha256=document.sha256,
                script=script,
                script_sha256=hashlib.sha256(script).hexdigest(),
                values=values,
                earlier=earlier,
                shard=asked.shard,
                dry_run=asked.dry_run,
                signed_by=signed_by,
            )
    raise RefusedError([*problems, *more])


def pwsh_at(wanted: str | None, path: str | None) -> Path | Problem:
    """Return where pwsh is: *wanted*, or the first on *path*."""
    found = shutil.which(wanted or "pwsh", path=path)
    if found:
        return Path(found).absolute()
    place = f"{wanted} is no program" if wanted else "there is no pwsh on PATH"
    return Problem(ExitCode.RUNTIME, f"{place}; name it by --pwsh or PWSH")


def unwritable(runs: Path) -> list[Problem]:
    """Return why no run directory can be made under *runs*, if so."""
    nearest = next(each for each in (runs, *runs.parents) if each.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return []
    return [Problem(ExitCode.STORAGE, f"{runs}: {nearest} is not a folder that can be written")]


def _declared(asked: Asked, job: Job, given: Given) -> Mapping[str, Parameter]:
    if job.spec.parameters is not None:
        return job.spec.parameters
    script = asked.job_file.parent / job.spec.script.path
    return asked.derive(script) if given and script.is_file() else {}


def _connection(asked: Asked) -> list[Problem]:
    if asked.connection is None or re.fullmatch(FOLDER_NAME, asked.connection):
        return []
    text = f"--connection {asked.connection!r} is no name of a connection"
    return [Problem(ExitCode.USAGE, text)]


def _earlier(asked: Asked, job: Job, values: Values, problems: list[Problem]) -> Earlier | None:
    if asked.resume is None:
        return None
    found = resume.earlier_in(asked.resume)
    if isinstance(found, Problem):
        problems.append(found)
        return None
    problems += resume.objections(
        found,
        job=job.metadata.name,
        connection=job.spec.connection,
        parameters=values.sha256(),
        shard=asked.shard,
    )
    return found


def _on(job: Job, connection: str | None) -> Job:
    if connection is None:
        return job
    return job.model_copy(update={"spec": job.spec.model_copy(update={"connection": connection})})


def _script(job_file: Path, section: Script, problems: list[Problem]) -> bytes:
    path = job_file.parent / section.path
    try:
        data = path.read_bytes()
    except OSError as error:
        problems.append(
            Problem(ExitCode.NO_INPUT, f"script {path}: cannot be read: {error.strerror}")
        )
        return b""
    found = hashlib.sha256(data).hexdigest()
    if section.sha256 and section.sha256.casefold() != found:
        text = f"script {path}: its sha256 is {found}, the spec wants {section.sha256}"
        problems.append(Problem(ExitCode.CONFIG, text))
    return data


def _signer(asked: Asked, section: Script, script: bytes, problems: list[Problem]) -> str | None:
    bundle = asked.job_file.parent / (section.bundle or f"{section.path}.sigstore.json")
    if not asked.trusted_keys:
        if section.bundle:
            text = "spec.script.bundle: there is no key to check it with; give --trusted-key"
            problems.append(Problem(ExitCode.CONFIG, text))
        return None
    try:
        keys = [each.read_bytes() for each in asked.trusted_keys]
        return signature.signer_of(script, bundle.read_bytes(), keys)
    except OSError as error:
        text = f"{error.filename}: cannot be read, and only signed scripts run here"
        problems.append(Problem(ExitCode.NO_INPUT, f"{text}: {error.strerror}"))
    except signature.UntrustedError as error:
        problems.append(Problem(ExitCode.CONFIG, f"script bundle {bundle}: {error}"))
    return None


def _given(asked: Asked) -> tuple[Given, list[Problem]]:
    values: Mapping[str, JsonValue] = {}
    problems: list[Problem] = []
    if asked.params_file is not None:
        document = jobfile.read(asked.params_file)
        if isinstance(document, Problem):
            problems.append(Problem(ExitCode.INPUT, document.text))
        elif isinstance(document.content, dict):
            values = document.content
        else:
            text = f"{asked.params_file}: must be a mapping of names to values"
            problems.append(Problem(ExitCode.INPUT, text))
    return Given(texts=asked.texts, values=values, environment=asked.environment), problems
