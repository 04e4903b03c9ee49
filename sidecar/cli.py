"""The `exo-token` command.

The composition root: the only module that reads the environment, installs signal handlers, names
concrete classes, draws chance, or chooses an exit code.
"""

import logging
import os
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
from sidecar.commands import doctoring, epilogs, looking
from sidecar.commands.arguments import config_option, duration, log_option
from sidecar.config.loading import Loading, reload_settings
from sidecar.config.settings import Settings
from sidecar.config.watching import watch
from sidecar.entra.failures import CLASSES, Reason
from sidecar.errors import ConfigError
from sidecar.refresh.messages import Message, Reload, Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from sidecar.assembly import Ground, Parts

_log = logging.getLogger("sidecar")

OK, USAGE, CONFIG, SIGNALLED = 0, 64, 78, 128
_SECRETS = 64  # values masked: only those of attempts under way can be quoted at all


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="exo-jobs")
def exo_token() -> None:
    """Keep app-only Entra tokens fresh in files, for Exchange Online jobs."""


@exo_token.command(epilog=epilogs.RUN + epilogs.VARIABLES)
@config_option
@log_option
def run(config_file: Path | None, form: str) -> None:
    """Write every token, renew each at half its life, and serve metrics and probes.

    Each token lies in <output.directory>/<connection>/<resource>.json and is replaced in one
    step.  No failure ends the process: a token that cannot be renewed is kept until it expires,
    and /readyz says why.

    SIGTERM or SIGINT stops: tokens that end within refresh.gracePeriod are renewed once more, which
    takes at most half of it and 10 s; a second signal stops at once.  SIGHUP, or a change of the
    file, reads the configuration anew; one that is wrong is refused, and the old one stays.
    """
    inbox = _inbox(signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    parts, ground = _assembled(config_file, inbox, go_on=True, plain=form == "text")
    # After the configuration's process has begun: what is imported here would only delay it.
    from sidecar.life import live  # noqa: PLC0415
    from sidecar.observe.events import ConfigLoaded  # noqa: PLC0415
    from sidecar.observe.probes import serving  # noqa: PLC0415
    from sidecar.observers import pages  # noqa: PLC0415

    address, port = parts.settings.address, parts.settings.port
    tell, watching = ground.observers.tell, ground.observers
    try:
        with serving(address, port, pages(watching, now=clock.now, steady=clock.steady)) as bound:
            targets = [each.name for each in parts.settings.targets]
            _say("sidecar.started", address=address, port=bound, targets=targets)
            tell(ConfigLoaded(at=clock.now()))
            if config_file is not None:
                watch(config_file, lambda: inbox.put(Reload()))
            stop = live(parts, succeed=_successor(config_file, ground), tell=tell, now=clock.now)
    except OSError as error:
        _refuse([f"server: {address}:{port} cannot be listened on: {error.strerror}"])
    _say("sidecar.stopped", signal=stop.signal.name)


@exo_token.command(epilog=epilogs.ONCE + "\n" + epilogs.VARIABLES)
@config_option
@click.option("--timeout", default="60s", show_default=True, help="How long to try again.")
@log_option
def once(config_file: Path | None, timeout: str, form: str) -> None:
    """Write every token once and exit.

    What may pass (throttling, an outage, a federated credential made just now) is tried again
    until --timeout; what only a person can mend ends the target at once.
    """
    inbox = _inbox(signal.SIGTERM, signal.SIGINT, signal.SIGALRM)
    parts, _ = _assembled(config_file, inbox, go_on=False, plain=form == "text")
    from sidecar.refresh.once import exit_code_of, is_settled  # noqa: PLC0415 - as in `run`

    signal.setitimer(signal.ITIMER_REAL, duration(timeout, "--timeout").total_seconds())
    stop = parts.refresher.run(is_over=is_settled)
    if isinstance(stop, Stop) and stop.signal is not signal.SIGALRM:
        sys.exit(SIGNALLED + stop.signal)
    sys.exit(exit_code_of(parts.refresher.standings))


for command in (
    doctoring.doctor,
    looking.wait,
    looking.healthcheck,
    looking.inspect,
    looking.config,
):
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
    """Return the loop's inbox, where each of *signals* arrives as an order."""
    inbox: SimpleQueue[Message] = SimpleQueue()

    def on_signal(number: int, _: FrameType | None) -> None:
        hangup = number == signal.SIGHUP
        inbox.put(Reload() if hangup else Stop(signal=signal.Signals(number)))

    for each in signals:
        signal.signal(each, on_signal)
    return inbox


def _assembled(
    config_file: Path | None, inbox: SimpleQueue[Message], *, go_on: bool, plain: bool
) -> "tuple[Parts, Ground]":
    loading = Loading(config_file, os.environ)
    # While it is read: as in `run`.
    from sidecar.assembly import Ground, assemble  # noqa: PLC0415
    from sidecar.interpreter import tune  # noqa: PLC0415
    from sidecar.observers import observers  # noqa: PLC0415

    tune()
    masker = Masker(keep=_SECRETS)
    logline.configure("sidecar", masker, plain=plain)
    # msal logs an answer that it cannot read, with the assertion that a proxy may have echoed in
    # it.  NOTE: nothing is lost by its silence; its errors come back as exceptions.
    logging.getLogger("msal").setLevel(logging.CRITICAL + 1)
    try:
        settings = loading.settings()
        _warn(settings)
        # Spreading renewals over a tenth of their pause needs no secret number.
        chance = random.random  # noqa: TID251 - see the docstring
        revision = os.environ.get("SOURCE_REVISION", "unknown")
        watching = observers(inbox.put, chance=chance, revision=revision)
        ground = Ground(observers=watching, inbox=inbox, masker=masker, chance=chance)
        return assemble(settings, ground, go_on=go_on), ground
    except ConfigError as error:
        _refuse(error.problems)


def _successor(config_file: Path | None, ground: "Ground") -> "Callable[[Parts], Parts]":
    """Return what puts the parts together anew when the configuration has changed."""
    from sidecar.assembly import assemble  # noqa: PLC0415 - as in `run`

    def succeed(current: "Parts") -> "Parts":
        settings, before = reload_settings(config_file), current.settings
        if (settings.address, settings.port) != (before.address, before.port):
            raise ConfigError(["server: cannot change while the sidecar runs; restart it"])
        _warn(settings)
        return assemble(settings, ground, go_on=True, before=current)

    return succeed


def _warn(settings: Settings) -> None:
    for warning in settings.warnings:
        _log.warning("config.warning", extra={"fields": {"warning": warning}})


def _refuse(problems: tuple[str, ...] | list[str]) -> NoReturn:
    for problem in problems:
        click.echo(f"exo-token: {problem}", err=True)
    sys.exit(CLASSES[Reason.CONFIG].exit_code)


def _say(event: str, **fields: object) -> None:
    _log.info(event, extra={"fields": fields})
