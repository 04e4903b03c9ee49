"""The `exo-emulator` command, its composition root."""

import json
import signal
import sys
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import NoReturn

import click

from contract.exitcodes import ExitCode
from emulator.chosenworld import chosen_world
from emulator.clock import system_clock
from emulator.errors import StartError, StateError, WorldError
from emulator.faultfile import read_faults
from emulator.options import (
    CHECK_CODES,
    EXAMPLES,
    PATH,
    PORT,
    SELFTEST_CODES,
    SERVE_CODES,
    AddressType,
    DurationType,
    HostnameType,
)
from emulator.serve import Order, serve
from emulator.servernames import LOOPBACK
from emulator.sockets import Ports
from emulator.worldfile import read_world


@click.group(epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="exo-jobs")
def main() -> None:
    """Play Entra ID and Exchange Online for tests, demos and trying things without a tenant."""


@main.command("serve", epilog=SERVE_CODES)
@click.option("--world", "world_file", type=PATH, help="A YAML file that describes the tenants.")
@click.option("--faults", "faults_file", type=PATH, help="A YAML file that scripts failures.")
@click.option("--mailboxes", type=int, help="How many mailboxes the sample tenant has [100].")
@click.option("--seed", type=int, help="Another seed, other mailboxes [7].")
@click.option("--token-lifetime", type=DurationType(), help="15s, 1h …; else 60 to 90 minutes.")
@click.option("--latency", type=DurationType(), help="Added to each Exchange call, such as 5ms.")
@click.option("--retry-wait-scale", type=float, help="Scales the stub module's retry waits [1].")
@click.option(
    "--state-dir", type=PATH, help="Where CA, keys and credentials are kept [for this run only]."
)
@click.option("--fresh", is_flag=True, help="Make what the state folder keeps anew.")
@click.option("--address", type=AddressType(), default=LOOPBACK, help="0.0.0.0 in a container.")
@click.option(
    "--hostname",
    "hostnames",
    type=HostnameType(),
    multiple=True,
    help="Another name for the certificate, such as a Service's; the first is in the URLs.",
)
@click.option("--port", type=PORT, default=0, help="For TLS; 0 takes a free one [0].")
@click.option("--proxy-port", type=PORT, default=0, help="For HTTPS_PROXY; 0 takes a free one [0].")
@click.option("--imds-port", type=PORT, default=0, help="For IMDS; 0 takes a free one [0].")
@click.option("--remote-control", is_flag=True, help="Let other machines use /_emulator/ too.")
@click.option(
    "--projected-token-lifetime",
    type=DurationType(),
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
    fresh: bool,
    address: str,
    hostnames: tuple[str, ...],
    port: int,
    proxy_port: int,
    imds_port: int,
    remote_control: bool,
    projected_token_lifetime: timedelta,
) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Prints what each kind of client must set.

    Programs keep Microsoft's own addresses when HTTPS_PROXY and the CA are set: source
    environment.sh of the state folder. A state folder that was used before keeps its CA, keys and
    credentials, so that clients need not trust another CA after a restart.
    """
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
    try:
        world = chosen_world(world_file, mailboxes=mailboxes, seed=seed, settings=given)
        faults = tuple(read_faults(faults_file)) if faults_file else ()
    except WorldError as error:
        _fail(ExitCode.CONFIG, *error.problems)
    order = Order(
        world=world,
        ports=Ports(tls=port, proxy=proxy_port, metadata=imds_port),
        address=address,
        hostnames=hostnames,
        folder=state_dir.absolute() if state_dir else None,
        fresh=fresh,
        projected_token_life=projected_token_lifetime,
        remote_control=remote_control,
        faults=faults,
    )
    _serve_until_told(order)


@main.command("check", epilog=CHECK_CODES)
@click.argument("file", type=PATH)
def check_command(file: Path) -> None:
    """Check a world file.

    Says everything that is wrong in FILE, each mistake with its line and key, and serves nothing.
    """
    try:
        world = read_world(file)
    except WorldError as error:
        _fail(ExitCode.CONFIG, *error.problems)
    applications = sum(len(tenant.applications) for tenant in world.tenants)
    click.echo(f"{file}: {len(world.tenants)} tenants, {applications} applications; good to serve")


@main.command("schema")
def schema_command() -> None:
    """Print the schema of a world file.

    It is a JSON Schema, for editors and other checkers.
    """
    from emulator.worldschema import world_schema  # noqa: PLC0415  # only this command needs it

    click.echo(json.dumps(world_schema(), indent=2))


@main.command("selftest", epilog=SELFTEST_CODES)
@click.option("--state-dir", type=PATH, help="Of a running emulator [one is started].")
@click.option("--url", help="Where that emulator is reached, if not as its folder says.")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", help="[text]")
def selftest_command(*, state_dir: Path | None, url: str | None, output: str) -> None:
    """Check an installation.

    Walks through an emulator as its clients do, and prints a line a check.

    Without options an emulator is started and ended. Of a running one, the state folder is needed
    for its CA and its credentials; what a check writes it takes back.
    """
    from emulator.selftest.running import selftest  # noqa: PLC0415  # only this command needs it

    if url and not state_dir:
        raise click.UsageError("--url needs --state-dir, where the CA and the credentials lie")
    try:
        report = selftest(state_dir, url, clock=system_clock)
    except (StartError, StateError) as error:
        _fail(ExitCode.STORAGE, *error.problems)
    click.echo(report.json if output == "json" else report.text)
    sys.exit(int(not report.is_good))


def _serve_until_told(order: Order) -> None:
    stop: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        # put() is safe inside a signal handler.
        signal.signal(number, lambda received, _: stop.put(received))
    try:
        serve(order, clock=system_clock, stop=stop, say=click.echo)
    except StartError as error:
        _fail(ExitCode.SERVICE, *error.problems)
    except StateError as error:
        _fail(ExitCode.STORAGE, *error.problems)
    except BrokenPipeError:
        raise  # nobody reads what is said; no matter of the folder
    except OSError as error:
        _fail(ExitCode.STORAGE, f"{error.filename or order.folder}: {error.strerror}")


def _fail(code: ExitCode, *problems: str) -> NoReturn:
    for problem in problems:
        click.echo(f"exo-emulator: {problem}", err=True)
    sys.exit(code)
