"""An emulator to ask, a client that was written from a description of the protocol, and a clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from emulator.testing import (
    CLIENT_ID,
    ORGANIZATION,
    SAMPLE_CERTIFICATE,
    TENANT_ID,
    Emulator,
    World,
    running,
    sample_world,
)
from tests.restclient.client import Client
from tests.restclient.server import Server, wall_clock

MAILBOXES = 250


@dataclass(slots=True)
class Hands:
    """A clock that runs with the wall clock and can be put forward."""

    shift: timedelta = field(default=timedelta())

    def __call__(self) -> datetime:
        """Return the time."""
        return wall_clock() + self.shift

    def forward(self, seconds: float) -> None:
        """Put the clock forward."""
        self.shift += timedelta(seconds=seconds)


def server_of(emulator: Emulator, now: Hands | None = None) -> Server:
    """Return where *emulator* is, and the application of its sample world."""
    return Server(
        url=emulator.url,
        ca_file=emulator.ca_file,
        tenant=TENANT_ID,
        organization=ORGANIZATION,
        client_id=CLIENT_ID,
        certificate=SAMPLE_CERTIFICATE.certificate,
        key=SAMPLE_CERTIFICATE.key,
        now=now or wall_clock,
    )


def world_of(**application: object) -> World:
    """Return a sample world whose application differs in *application*."""
    world = sample_world(mailboxes=5)
    (tenant,) = world.tenants
    (known,) = tenant.applications
    changed = tenant.model_copy(update={"applications": (known.model_copy(update=application),)})
    return world.model_copy(update={"tenants": (changed,)})


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """A tenant of 250 mailboxes."""
    with running(sample_world(mailboxes=MAILBOXES)) as found:
        yield found


@pytest.fixture(scope="module")
def server(emulator: Emulator) -> Server:
    """Where it is."""
    return server_of(emulator)


@pytest.fixture
def waits() -> list[float]:
    """The pauses of `client` in seconds; none of them takes time."""
    return []


@pytest.fixture
def client(server: Server, waits: list[float]) -> Client:
    """A client with the sample certificate."""
    return server.client(wait=waits.append)


@pytest.fixture
def mailbox(client: Client) -> str:
    """Address of one mailbox."""
    (found,) = client.invoke("Get-Mailbox", {"ResultSize": 1})
    return str(found["PrimarySmtpAddress"])
