"""`exo-job report` and `exo-job show`: what happened in a run, for people."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from contract.exitcodes import ExitCode
from contract.volume import replace_file
from runner.commands.options import FILE
from runner.errors import Problem, RefusedError
from runner.report.page import page
from runner.report.reading import RunFacts, facts_in

_run_dir = click.argument("folder", metavar="RUN_DIR", type=FILE)


@click.command()
@_run_dir
@click.option("-o", "target", type=FILE, metavar="FILE", help="Else RUN_DIR/report.html.")
def report(folder: Path, target: Path | None) -> None:
    """Make the page about a run again, from what is in its directory."""
    path = target or folder / "report.html"
    try:
        replace_file(path, page(_facts(folder)).encode(), mode=0o600)
    except OSError as error:
        text = f"{path}: cannot be written: {error.strerror}"
        raise RefusedError([Problem(ExitCode.STORAGE, text)]) from None
    click.echo(str(path))


@click.command()
@_run_dir
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def show(folder: Path, output: str) -> None:
    """Say what happened in a run, also in one that crashed or goes on."""
    facts = _facts(folder)
    if output == "json":
        click.echo(json.dumps({"run": facts.run, "result": facts.result}, indent=2))
    else:
        click.echo("\n".join(_lines(facts)))
    sys.exit(ExitCode.OK)


def _facts(folder: Path) -> RunFacts:
    try:
        return facts_in(folder)
    except OSError as error:
        text = f"{error.filename}: cannot be read: {error.strerror}"
    except ValueError:
        text = f"{folder / 'run.json'}: is no record of a run"
    raise RefusedError([Problem(ExitCode.NO_INPUT, text)])


def _lines(facts: RunFacts) -> Iterator[str]:
    run, result = facts.run, facts.result
    yield f"{run.get('job')}  {run.get('run_id')}"
    if result is None:
        yield "not finished: it goes on, or it crashed"
    else:
        yield f"{result.get('status')}, exit code {result.get('exit_code')} ({result.get('rule')})"
        yield f"{result.get('reason')}"
        if result.get("remedy"):
            yield f"{result.get('remedy')}"
    yield ""
    for each in facts.events:
        what = each.get("message") or each.get("reason") or each.get("ending") or ""
        yield f"{each.get('time')}  {each.get('kind'):<10}  {what}"
    if facts.has_more_events:
        yield "… more in events.ndjson"
