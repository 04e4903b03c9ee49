"""`exo-emulator serve`: runs a world until it is told to stop."""

import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from queue import Empty, SimpleQueue

import trustme

from emulator import statefolder
from emulator.applications import Application, FederatedCredential
from emulator.clock import Clock
from emulator.credentials import ClientCertificate, new_client_certificate
from emulator.emulation import MODULE_FOLDER, Emulation, emulation
from emulator.faults import Fault
from emulator.issuer import SUBJECT
from emulator.sample import sample_application, sample_tenant
from emulator.serving import HOST, bound_socket, serving
from emulator.statefolder import Subject
from emulator.world import World

_ROTATION_SHARE = 0.8
"""The kubelet replaces a projected token when this share of its life is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to serve, and where."""

    world: World
    port: int
    folder: Path | None
    projected_token_life: timedelta
    faults: tuple[Fault, ...] = ()
    """Scripted from the beginning."""


def sample_world(*, mailboxes: int, seed: int, settings: Mapping[str, object]) -> World:
    """Return the world that is served where no file describes one.

    Raises:
        pydantic.ValidationError: a number is out of its range.
    """
    tenant = sample_tenant(sample_application(()), mailboxes=mailboxes, seed=seed)
    return World.model_validate({"tenants": [tenant], "seed": seed, **settings})


def with_credentials(world: World, client: ClientCertificate) -> tuple[World, Subject]:
    """Let the first tenant's first application trust *client* and the local issuer too."""
    tenant = world.tenants[0]
    application = _trusting(
        tenant.applications[0] if tenant.applications else sample_application(()), client
    )
    changed = tenant.model_copy(update={"applications": (application, *tenant.applications[1:])})
    tenants = (changed, *world.tenants[1:])
    subject = Subject(tenant=changed, application=application)
    return world.model_copy(update={"tenants": tenants}), subject


def _trusting(application: Application, client: ClientCertificate) -> Application:
    federated = FederatedCredential(subject=SUBJECT)
    others = [each for each in application.federated_credentials if each != federated]
    return application.model_copy(
        update={
            "certificates": (*application.certificates, client.certificate),
            "federated_credentials": (federated, *others),
        }
    )


def serve(
    order: Order, *, clock: Clock, stop: SimpleQueue[int], say: Callable[[str], None]
) -> None:
    """Serve until something is put into *stop*.

    Raises:
        StartError: the port cannot be had, or the server did not start.
        OSError: the state folder cannot be written.
    """
    ca = trustme.CA()
    client = new_client_certificate(now=clock())
    world, subject = with_credentials(order.world, client)
    with ExitStack() as stack:
        private = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="exo-emulator-")))
        if order.folder:
            statefolder.prepare(order.folder)
        trust = private / "ca.pem"
        trust.write_bytes(ca.cert_pem.bytes())
        bound = bound_socket(order.port)
        url = f"https://{HOST}:{bound.getsockname()[1]}"
        played = emulation(world, url=url, trust=trust, clock=clock, faults=order.faults)
        stack.enter_context(serving(played.app, bound, ca, private))
        if order.folder:
            _write_all(order, played, subject, ca.cert_pem.bytes(), client)
            stack.callback((order.folder / statefolder.READY).unlink, missing_ok=True)
        say(introduction(played, subject, order.folder))
        _wait(order, played, clock=clock, stop=stop)


def _write_all(
    order: Order, played: Emulation, subject: Subject, ca_pem: bytes, client: ClientCertificate
) -> None:
    folder = order.folder
    if folder is None:
        return
    token = played.issuer.mint(lifetime=order.projected_token_life)
    statefolder.write_credentials(folder, ca_pem=ca_pem, client=client, projected_token=token)
    statefolder.write_guides(folder, played, subject)


def _wait(order: Order, played: Emulation, *, clock: Clock, stop: SimpleQueue[int]) -> None:
    """Wait for the stop; meanwhile rotate the projected token."""
    life = order.projected_token_life
    due = clock() + life * _ROTATION_SHARE
    while not _is_stopped(stop, due - clock()):
        if order.folder:
            statefolder.write_projected_token(order.folder, played.issuer.mint(lifetime=life))
        due = clock() + life * _ROTATION_SHARE


def _is_stopped(stop: SimpleQueue[int], patience: timedelta) -> bool:
    try:
        stop.get(timeout=max(0.0, patience.total_seconds()))
    except Empty:
        return False
    return True


def introduction(played: Emulation, subject: Subject, folder: Path | None) -> str:
    """Return what a person should set to use the emulator."""
    tenant = subject.tenant
    organization = f"{tenant.id} ({', '.join(tenant.domains)}), {tenant.mailboxes} mailboxes"
    lines = [
        f"Entra and Exchange are emulated at {played.url}",
        f"  tenant          {organization}",
        f"  client id       {subject.application.client_id}",
        f"  authority       {played.url}/{tenant.id} (without instance discovery)",
        f"  connection URI  {played.url}/powershell-liveid/",
        f"  issuer          {played.issuer.url}",
        f"  PowerShell      export PSModulePath={MODULE_FOLDER}",
    ]
    if folder:
        lines += [
            f"  trust           export SSL_CERT_FILE={folder / 'ca.pem'}",
            f"  sidecar         exo-token run --config {folder / 'sidecar.yaml'}",
        ]
    return "\n".join([*lines, "Ctrl-C stops it."])
