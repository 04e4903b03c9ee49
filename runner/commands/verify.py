"""`exo-job verify`: is the audit of a run what was written?"""

import json
import sys
from pathlib import Path

import click

from contract.exitcodes import ExitCode
from runner.audit.chain import Head
from runner.audit.verification import Verified, verified
from runner.commands.options import FILE


@click.command()
@click.argument("place", metavar="RUN_DIR|AUDIT.ndjson", type=FILE)
@click.option("--head", "sha256", metavar="SHA256", help="Of the last line, as kept elsewhere.")
@click.option("--count", type=int, help="How many lines there were, as kept elsewhere.")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def verify(place: Path, sha256: str | None, count: int | None, output: str) -> None:
    r"""Prove that no line of an audit was changed, removed, added or moved.

    The head (count and digest of the last line) stands in result.json and in the container's
    termination message.  Give the one that was kept where the run directory's owner cannot reach
    it: who can write the directory can write a whole new audit with a new result.

    \b
    Exit codes:
       0  the audit is whole, and the files of the run are those that it names
      64  --head without --count, or the other way round
      66  there is no audit
      78  something is not what was written
    """
    if (sha256 is None) != (count is None):
        raise click.UsageError("--head and --count belong together")
    head = Head(count=count, sha256=sha256) if count is not None and sha256 is not None else None
    try:
        found = verified(place, head)
    except OSError as error:
        click.echo(f"exo-job: {error.filename}: cannot be read: {error.strerror}", err=True)
        sys.exit(ExitCode.NO_INPUT)
    click.echo(json.dumps(found.summary(), indent=2) if output == "json" else _text(found))
    sys.exit(ExitCode.CONFIG if found.problems else ExitCode.OK)


def _text(found: Verified) -> str:
    lines = [f"{found.path}: {found.count} lines, the last is {found.sha256}"]
    if found.head is None:
        lines.append("not compared with a head: a cut end would not be seen")
    else:
        lines.append(f"compared with the head of {found.source}")
    lines += [f"WRONG  {problem}" for problem in found.problems]
    return "\n".join([*lines, "broken" if found.problems else "whole"])
