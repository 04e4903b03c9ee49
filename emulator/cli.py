"""The `exo-emulator` command, its composition root.

Exit codes: 0 stopped by SIGTERM or SIGINT, 2 the command line is wrong, 69 the port cannot be
had, 73 the state folder cannot be written, 78 the world or a fault is wrong.
"""

import signal
import sys
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import NoReturn

import click
from pydantic import ValidationError

from contract.exitcodes import ExitCode
from emulator.clock import system_clock
from emulator.durations import duration
from emulator.errors import StartError, WorldError
from emulator.faultfile import read_faults
from emulator.faults import Fault
from emulator.serve import Order, sample_world, serve
from emulator.world import World
from emulator.worldfile import problems_of, read_world


class _Duration(click.ParamType[timedelta]):
    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        try:
            return duration(value)
        except ValueError as error:
            self.fail(f"{value!r} {error}", param, ctx)


_PATH = click.Path(path_type=Path)


@click.group()
@click.version_option(package_name="exo-jobs")
def main() -> None:
    """Play Entra ID and Exchange Online for tests, demos and trying things without a tenant."""


@main.command("serve")
@click.option("--world", "world_file", type=_PATH, help="A YAML file that describes the tenants.")
@click.option("--faults", "faults_file", type=_PATH, help="A YAML file that scripts failures.")
@click.option("--mailboxes", type=int, help="How many mailboxes the sample tenant has [100].")
@click.option("--seed", type=int, help="Another seed, other mailboxes [7].")
@click.option("--token-lifetime", type=_Duration(), help="15s, 1h …; else 60 to 90 minutes.")
@click.option("--latency", type=_Duration(), help="Added to each Exchange call, such as 5ms.")
@click.option("--retry-wait-scale", type=float, help="Scales the stub module's retry waits [1].")
@click.option("--state-dir", type=_PATH, help="Where to write CA, credentials and configuration.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free port.")
@click.option(
    "--projected-token-lifetime",
    type=_Duration(),
    default="1h",
    help="Of the workload-identity token in the state directory [1h].",
)
def serve_command(  # noqa: PLR0913  # one argument an option, which is how click passes them
    *,
    world_file: Path | None,
    faults_file: Path | None,
    mailboxes: int | None,
    seed: int | None,
    token_lifetime: timedelta | None,
    latency: timedelta | None,
    retry_wait_scale: float | None,
    state_dir: Path | None,
    port: int,
    projected_token_lifetime: timedelta,
) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    settings: dict[str, object] = {
        "token_lifetime": token_lifetime,
        "latency": latency,
        "retry_wait_scale": retry_wait_scale,
    }
    given = {name: value for name, value in settings.items() if value is not None}
    if world_file and (mailboxes is not None or seed is not None):
        raise click.UsageError("--mailboxes and --seed describe the sample tenant, not --world")
    if projected_token_lifetime < timedelta(seconds=1):
        raise click.UsageError("--projected-token-lifetime must be at least 1s")
    order = Order(
        world=_world(world_file, mailboxes, seed, given),
        port=port,
        folder=state_dir.absolute() if state_dir else None,
        projected_token_life=projected_token_lifetime,
        faults=_faults(faults_file),
    )
    _serve_until_told(order)


def _serve_until_told(order: Order) -> None:
    stop: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        # put() is safe inside a signal handler.
        signal.signal(number, lambda received, _: stop.put(received))
    try:
        serve(order, clock=system_clock, stop=stop, say=click.echo)
    except StartError as error:
        _fail(ExitCode.SERVICE, str(error))
    except OSError as error:
        _fail(ExitCode.STORAGE, f"{error.filename or order.folder}: {error.strerror}")


def _world(
    file: Path | None, mailboxes: int | None, seed: int | None, given: dict[str, object]
) -> World:
    try:
        if file is None:
            return sample_world(
                mailboxes=100 if mailboxes is None else mailboxes,
                seed=7 if seed is None else seed,
                settings=given,
            )
        world = read_world(file)
        return World.model_validate({**dict(world), **given})
    except WorldError as error:
        _fail(ExitCode.CONFIG, *error.problems)
    except ValidationError as error:
        _fail(ExitCode.CONFIG, *problems_of("command line", error))


def _faults(file: Path | None) -> tuple[Fault, ...]:
    try:
        return tuple(read_faults(file)) if file else ()
    except WorldError as error:
        _fail(ExitCode.CONFIG, *error.problems)


def _fail(code: ExitCode, *problems: str) -> NoReturn:
    for problem in problems:
        click.echo(f"exo-emulator: {problem}", err=True)
    sys.exit(code)
