"""The `exo-token` command.

The composition root: the only module that reads the environment, installs signal handlers, names
concrete classes, draws chance, or chooses an exit code.
"""

import logging
import random
import signal
import sys
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click

from contract import logline
from contract.masking import Masker
from sidecar import clock
from sidecar.commands import looking
from sidecar.commands.arguments import config_option, duration
from sidecar.config.loading import load_settings
from sidecar.entra.failures import CLASSES, Reason
from sidecar.errors import ConfigError
from sidecar.observe.probes import serving
from sidecar.refresh.once import exit_code_of, is_settled
from sidecar.refresh.refresher import Message, Stop

if TYPE_CHECKING:
    from sidecar.assembly import Parts

_log = logging.getLogger("sidecar")

OK, USAGE, CONFIG, SIGNALLED = 0, 64, 78, 128
_GRACE = 0.7  # seconds for attempts under way; the whole stop takes less than one
_SECRETS = 16  # values masked: only those of attempts under way can be quoted at all

_RUN_CODES = """
\b
Exit codes:
   0  stopped by SIGTERM or SIGINT
  64  the command line is wrong
  78  the configuration is wrong, or the server's port is taken
"""
_ONCE_CODES = "\n".join(
    [
        "",
        "\b",
        "Exit codes (the gravest, where several targets fail; listed gravest first):",
        "   0  every token is in its file",
        "  64  the command line is wrong",
        *(f"  {row.exit_code}  {reason}: {row.text}" for reason, row in CLASSES.items()),
        "  75  (also) no answer within --timeout",
        " 128+n  stopped by signal n",
    ]
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="exo-jobs")
def exo_token() -> None:
    """Keep app-only Entra tokens fresh in files, for Exchange Online jobs."""


@exo_token.command(epilog=_RUN_CODES)
@config_option
def run(config_file: Path) -> None:
    """Write every token, renew each at half its life, and serve metrics and probes.

    Each token lies in <output.directory>/<connection>/<resource>.json and is replaced in one
    step.  No failure ends the process: a token that cannot be renewed is kept until it expires,
    and /readyz says why.  SIGTERM or SIGINT stops within a second.
    """
    from sidecar.assembly import pages  # noqa: PLC0415 - costly, and the looking commands need it not

    inbox = _inbox(signal.SIGTERM, signal.SIGINT)
    parts = _assembled(config_file, inbox, go_on=True)
    address, port = parts.settings.address, parts.settings.port
    try:
        with serving(address, port, pages(parts, now=clock.now, steady=clock.steady)) as bound:
            _say(
                "sidecar.started",
                address=address,
                port=bound,
                targets=list(parts.refresher.standings),
            )
            stop = parts.refresher.run()
            parts.refresher.settle(seconds=_GRACE)
    except OSError as error:
        _refuse([f"server: {address}:{port} cannot be listened on: {error.strerror}"])
    _say("sidecar.stopped", signal=stop.signal.name if stop else None)


@exo_token.command(epilog=_ONCE_CODES)
@config_option
@click.option("--timeout", default="60s", show_default=True, help="How long to try again.")
def once(config_file: Path, timeout: str) -> None:
    """Write every token once and exit.

    What may pass (throttling, an outage, a federated credential made just now) is tried again
    until --timeout; what only a person can mend ends the target at once.
    """
    inbox = _inbox(signal.SIGTERM, signal.SIGINT, signal.SIGALRM)
    parts = _assembled(config_file, inbox, go_on=False)
    signal.setitimer(signal.ITIMER_REAL, duration(timeout, "--timeout").total_seconds())
    stop = parts.refresher.run(is_over=is_settled)
    if stop and stop.signal is not signal.SIGALRM:
        sys.exit(SIGNALLED + stop.signal)
    sys.exit(exit_code_of(parts.refresher.standings))


for command in (looking.wait, looking.healthcheck, looking.inspect, looking.config):
    exo_token.add_command(command)


def main() -> NoReturn:
    """Run the command and exit."""
    try:
        exo_token.main(prog_name="exo-token", standalone_mode=False)
    except click.exceptions.Exit as asked:
        sys.exit(asked.exit_code)
    except click.Abort:
        sys.exit(SIGNALLED + signal.SIGINT)
    except click.ClickException as error:
        error.show()
        sys.exit(USAGE)
    sys.exit(OK)


def _inbox(*signals: signal.Signals) -> SimpleQueue[Message]:
    """Return the loop's inbox, where each of *signals* arrives as a `Stop`."""
    inbox: SimpleQueue[Message] = SimpleQueue()

    def on_signal(number: int, _: FrameType | None) -> None:
        inbox.put(Stop(signal=signal.Signals(number)))

    for each in signals:
        signal.signal(each, on_signal)
    return inbox


def _assembled(config_file: Path, inbox: SimpleQueue[Message], *, go_on: bool) -> "Parts":
    from sidecar.assembly import assemble  # noqa: PLC0415 - as in `run`

    masker = Masker(keep=_SECRETS)
    logline.configure("sidecar", masker)
    # msal logs an answer that it cannot read, with the assertion that a proxy may have echoed in
    # it.  NOTE: nothing is lost by its silence; its errors come back as exceptions.
    logging.getLogger("msal").setLevel(logging.CRITICAL + 1)
    try:
        settings = load_settings(config_file)
    except ConfigError as error:
        _refuse(error.problems)
    for warning in settings.warnings:
        _log.warning("config.warning", extra={"fields": {"warning": warning}})
    # Spreading renewals over a tenth of their pause needs no secret number.
    return assemble(settings, inbox, masker, chance=random.random, go_on=go_on)  # noqa: TID251 - see the docstring


def _refuse(problems: tuple[str, ...] | list[str]) -> NoReturn:
    for problem in problems:
        click.echo(f"exo-token: {problem}", err=True)
    sys.exit(CLASSES[Reason.CONFIG].exit_code)


def _say(event: str, **fields: object) -> None:
    _log.info(event, extra={"fields": fields})
