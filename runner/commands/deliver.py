"""`exo-job deliver`: sends what an endpoint did not take of a run's audit."""

import sys
from pathlib import Path

import click

from contract.exitcodes import ExitCode
from runner.audit.delivery import Endpoint, NotDeliveredError
from runner.audit.redelivery import deliver as send
from runner.audit.redelivery import waiting_in
from runner.commands.options import FILE


@click.command()
@click.argument("run_dirs", metavar="RUN_DIR...", type=FILE, nargs=-1, required=True)
@click.option("--url", required=True, metavar="HTTPS_URL", help="Where the lines go.")
@click.option("--token-file", type=FILE, help="Holds a bearer token.")
@click.option("--ca-file", type=FILE, help="Certificates to trust instead of the system's.")
@click.option("--timeout", type=float, default=10.0, show_default=True, help="Seconds a request.")
@click.option("--all", "everything", is_flag=True, help="Also what was taken before.")
def deliver(  # noqa: PLR0913 - one argument an option
    *,
    run_dirs: tuple[Path, ...],
    url: str,
    token_file: Path | None,
    ca_file: Path | None,
    timeout: float,
    everything: bool,
) -> None:
    r"""Deliver the audit of runs whose lines were not all taken while they went on.

    Lines go in their order, as NDJSON, each at least once: a receiver tells repeated ones by
    their id.  What was taken is noted in the run's directory, so that a second call goes on there.

    \b
    Exit codes:
       0  everything was taken
      64  a wrong command line
      66  there is no audit
      73  the note cannot be written
      86  the endpoint did not take everything
    """
    if not url.startswith("https://"):
        raise click.UsageError("--url must begin with https://")
    endpoint = Endpoint(url=url, timeout=timeout, token_file=token_file, ca_file=ca_file)
    codes = {_delivered(each, endpoint, everything=everything) for each in run_dirs}
    sys.exit(max(codes))


def _delivered(folder: Path, endpoint: Endpoint, *, everything: bool) -> ExitCode:
    try:
        waiting = waiting_in(folder, everything=everything)
    except OSError as error:
        return _said(ExitCode.NO_INPUT, f"{error.filename}: cannot be read: {error.strerror}")
    try:
        send(waiting, endpoint, folder)
    except NotDeliveredError as error:
        return _said(ExitCode.AUDIT, f"{folder}: not all was taken: {error}")
    except OSError as error:
        return _said(ExitCode.STORAGE, f"{error.filename}: cannot be written: {error.strerror}")
    click.echo(f"{folder}: {len(waiting.lines)} lines delivered, {waiting.taken} before")
    return ExitCode.OK


def _said(code: ExitCode, text: str) -> ExitCode:
    click.echo(f"exo-job: {text}", err=True)
    return code
