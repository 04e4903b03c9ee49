"""`exo-job check`: what is wrong with jobs and scripts, before they run."""

import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import click
from ruamel.yaml import YAML

from contract.exitcodes import ExitCode
from runner.check import rendering
from runner.check.agreement import disagreements, ungiveable
from runner.check.facts import ScriptFacts
from runner.check.findings import Finding, Severity
from runner.check.reading import facts_of, scripts_in
from runner.check.rules import findings_in
from runner.check.starter import needs_of, starter
from runner.commands.options import FILE, PARAMS, P
from runner.errors import Problem, RefusedError
from runner.job import preflight
from runner.job.model import JobSpec
from runner.job.preflight import Asked

_JOBS = {".yaml", ".yml"}


@click.command()
@click.argument("places", metavar="JOB.yaml|SCRIPT.ps1|FOLDER…", nargs=-1, required=True, type=FILE)
@P
@PARAMS
@click.option(
    "--init", type=FILE, metavar="JOB.yaml", help="Write a first job file for the one script."
)
@click.option("--strict", is_flag=True, help="Let warnings count as errors.")
@click.option(
    "--output",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="For people, for programs, or for code scanning.",
)
@click.option("--pwsh", envvar="PWSH", help="The shell (PWSH); else the first on PATH.")
def check(  # noqa: PLR0913, PLR0917 - one argument an option
    places: tuple[Path, ...],
    texts: tuple[str, ...],
    params_file: Path | None,
    init: Path | None,
    strict: bool,  # noqa: FBT001 - click calls it with names
    output: str,
    pwsh: str | None,
) -> None:
    r"""Check jobs and scripts; run nothing.

    A job's file is checked as `run` would, with its parameters, and then its script.  Scripts are
    read by PowerShell's own parser: what asks, what opens windows, what only Windows has, what
    connects by itself, which cmdlets and parameters do not exist.

    \b
    Exit codes:
       0  nothing that is an error
      64  a wrong command line        65  parameters that will not do
      66  a file is missing           70  there is no pwsh
      78  errors were found, in a job's file or a script
    """
    shell = preflight.pwsh_at(pwsh, os.environ.get("PATH"))
    if isinstance(shell, Problem):
        raise RefusedError([shell])
    specs = {
        place: preflight.prepare(Asked(job_file=place, texts=texts, params_file=params_file))
        for place in places
        if place.suffix.lower() in _JOBS
    }
    scripts: dict[Path, JobSpec | None] = {}
    for place in places:
        if place in specs:
            spec = specs[place].job.spec
            scripts[place.parent / spec.script.path] = spec
        else:
            scripts |= dict.fromkeys(scripts_in(place))
    facts = facts_of(list(scripts), pwsh=shell, environment=os.environ)
    if init is not None:
        _write_starter(facts, init)
    found = [
        replace(each, path=str(path))
        for (path, spec), script in zip(scripts.items(), facts, strict=True)
        for each in _found(script, spec)
    ]
    click.echo(_shown(found, facts, output))
    _end(found, strict=strict)


def _found(script: ScriptFacts, spec: JobSpec | None) -> Iterable[Finding]:
    idle = spec.timeouts.idle if spec else timedelta(minutes=15)
    yield from findings_in(script, idle=idle)
    yield from ungiveable(script)
    if spec is not None:
        yield from disagreements(script, spec)


def _shown(found: list[Finding], facts: list[ScriptFacts], output: str) -> str:
    if output == "json":
        return rendering.as_json(found)
    if output == "sarif":
        return rendering.as_sarif(found, version=version("exo-jobs"))
    text = rendering.as_text(found, scripts=len(facts))
    return "\n".join([text, *_advice(facts)])


def _advice(facts: list[ScriptFacts]) -> Iterable[str]:
    if len(facts) != 1:
        return
    needs = needs_of(facts[0])
    if needs.cmdlets:
        yield f"cmdlets: [{', '.join(needs.cmdlets)}]"
    if needs.resource != "exchange":
        yield f"resource: {needs.resource}"
    if needs.writes:
        yield f"write: true   # {', '.join(needs.writes)}"


def _write_starter(facts: list[ScriptFacts], target: Path) -> None:
    if len(facts) != 1:
        raise click.UsageError(f"--init is for one script; here are {len(facts)}")
    script = Path(facts[0].path)
    name = "".join(each if each.isalnum() else "-" for each in script.stem.lower())
    path = os.path.relpath(script, target.absolute().parent)
    job = starter(facts[0], name=name.strip("-")[:52].strip("-") or "job", path=path)
    try:
        with target.open("x", encoding="utf-8") as file:
            YAML().dump(job, file)
    except OSError as error:
        text = f"--init {target}: {error.strerror}"
        raise RefusedError([Problem(ExitCode.STORAGE, text)]) from None
    click.echo(f"{target} written: name your connection in it", err=True)


def _end(found: list[Finding], *, strict: bool) -> None:
    grave = {Severity.ERROR, *([Severity.WARNING] if strict else [])}
    sys.exit(ExitCode.CONFIG if any(each.rule.severity in grave for each in found) else ExitCode.OK)
