"""`exo-emulator serve`: runs a world until it is told to stop."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from queue import Empty, SimpleQueue

from emulator.applications import Application, ClientSecret, FederatedCredential
from emulator.clock import Clock
from emulator.emulation import MODULE_FOLDER, Emulation, emulation
from emulator.faults import Fault
from emulator.guide import Guide
from emulator.identity import Identity
from emulator.introduction import introduction
from emulator.issuer import SUBJECT
from emulator.sample import managed_identity, sample_application, sample_tenant
from emulator.servernames import LOOPBACK, own_names, url
from emulator.serving import serving
from emulator.sockets import Ports, Sockets, bound_sockets
from emulator.statefolder import StateFolder, state_folder
from emulator.world import Tenant, World

SECRET_ID = "55555555-5555-4555-8555-555555555555"  # noqa: S105  # its name, not its value
"""The key id of the secret in the state folder."""
_ROTATION_SHARE = 0.8
"""The kubelet replaces a projected token when this share of its life is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to serve, and where."""

    world: World
    ports: Ports
    address: str = LOOPBACK
    hostnames: tuple[str, ...] = ()
    """More names in the server's certificate; the first is in the addresses that are told."""
    folder: Path | None
    fresh: bool = False
    projected_token_life: timedelta
    remote_control: bool = False
    faults: tuple[Fault, ...] = ()
    """Scripted from the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The tenant and application that the written credentials are for."""

    tenant: Tenant
    application: Application


def sample_world(*, mailboxes: int, seed: int, settings: Mapping[str, object]) -> World:
    """Return the world that is served where no file describes one.

    Raises:
        pydantic.ValidationError: a number is out of its range.
    """
    applications = (sample_application(()), managed_identity())
    tenant = sample_tenant(*applications, mailboxes=mailboxes, seed=seed)
    return World.model_validate({"tenants": [tenant], "seed": seed, **settings})


def with_credentials(world: World, identity: Identity) -> tuple[World, Subject]:
    """Let the first tenant's first application trust the credentials of *identity* too."""
    tenant = world.tenants[0]
    first = tenant.applications[0] if tenant.applications else sample_application(())
    application = _trusting(first, identity)
    changed = tenant.model_copy(update={"applications": (application, *tenant.applications[1:])})
    tenants = (changed, *world.tenants[1:])
    subject = Subject(tenant=changed, application=application)
    return world.model_copy(update={"tenants": tenants}), subject


def _trusting(application: Application, identity: Identity) -> Application:
    federated = FederatedCredential(subject=SUBJECT)
    others = [each for each in application.federated_credentials if each != federated]
    secret = ClientSecret.model_validate({"id": SECRET_ID, "value": identity.secret})
    return application.model_copy(
        update={
            "certificates": (*application.certificates, identity.client.certificate),
            "federated_credentials": (federated, *others),
            "secrets": (secret, *(s for s in application.secrets if s.id != SECRET_ID)),
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What is served now."""

    played: Emulation
    sockets: Sockets
    folder: StateFolder
    guide: Guide
    tenant: Tenant
    """The one that the credentials are for."""


def serve(
    order: Order, *, clock: Clock, stop: SimpleQueue[int], say: Callable[[str], None]
) -> None:
    """Serve until something is put into *stop*.

    Raises:
        StartError: a port cannot be had, or the server did not start.
        StateError: the state folder is another's, in use, or damaged.
        OSError: the state folder cannot be written.
    """
    with serving_order(order, clock=clock) as served:
        say(introduction(served.guide, served.tenant, is_kept=order.folder is not None))
        _wait(order, served.played, served.folder, clock=clock, stop=stop)


@contextmanager
def serving_order(order: Order, *, clock: Clock) -> Iterator[Served]:
    """Serve until the block ends; once it begins, all files are there and the server answers.

    Raises:
        StartError, StateError, OSError: as `serve`.
    """
    with ExitStack() as stack:
        sockets = stack.enter_context(bound_sockets(order.ports, order.address))
        path = order.folder or _passing_folder(stack)
        folder = stack.enter_context(state_folder(path))
        identity = folder.identity(now=clock(), fresh=order.fresh)
        world, subject = with_credentials(order.world, identity)
        address = url(address=order.address, hostnames=order.hostnames, port=sockets.port)
        played = emulation(
            world,
            url=address,
            trust=path / "ca.pem",
            clock=clock,
            keys=identity.keys,
            faults=order.faults,
            remote_control=order.remote_control,
        )
        names = own_names(order.address, order.hostnames)
        stack.enter_context(serving(played.app, sockets, identity.ca, path, own_names=names))
        stack.callback(folder.withdraw)  # before it stops answering
        guide = _guide(played.url, sockets, subject, path)
        folder.write_projected_token(played.issuer.mint(lifetime=order.projected_token_life))
        folder.write_guides(guide)
        yield Served(
            played=played,
            sockets=sockets,
            folder=folder,
            guide=guide,
            tenant=subject.tenant,
        )


def _passing_folder(stack: ExitStack) -> Path:
    name = stack.enter_context(tempfile.TemporaryDirectory(prefix="exo-emulator-"))
    return Path(name) / "state"


def _guide(address: str, sockets: Sockets, subject: Subject, folder: Path) -> Guide:
    return Guide(
        url=address,
        proxy_url=sockets.proxy_url,
        metadata_url=sockets.metadata_url,
        folder=folder,
        tenant_id=subject.tenant.id,
        organization=subject.tenant.initial_domain,
        client_id=subject.application.client_id,
        module_folder=MODULE_FOLDER,
    )


def _wait(
    order: Order,
    played: Emulation,
    folder: StateFolder,
    *,
    clock: Clock,
    stop: SimpleQueue[int],
) -> None:
    """Wait for the stop; meanwhile rotate the projected token."""
    life = order.projected_token_life
    due = clock() + life * _ROTATION_SHARE
    while not _is_stopped(stop, due - clock()):
        folder.write_projected_token(played.issuer.mint(lifetime=life))
        due = clock() + life * _ROTATION_SHARE


def _is_stopped(stop: SimpleQueue[int], patience: timedelta) -> bool:
    try:
        stop.get(timeout=max(0.0, patience.total_seconds()))
    except Empty:
        return False
    return True
