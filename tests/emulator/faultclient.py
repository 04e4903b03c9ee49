"""A client that sees each byte of an answer, and faults for one document."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from emulator.testing import TENANT_ID, Emulator, Fault, running, sample_world
from tests.emulator.conftest import Client

DISCOVERY = f"/{TENANT_ID}/v2.0/.well-known/openid-configuration"


@pytest.fixture(scope="module")
def shared(client_of: Callable[[Emulator], Client]) -> Iterator[Client]:
    """A client for an emulator whose faults each test takes away again."""
    with running(sample_world()) as emulator:
        yield client_of(emulator)


@pytest.fixture
def own(shared: Client) -> Iterator[Client]:
    """The shared client; afterwards nothing is scripted any more."""
    yield shared
    shared.emulator.reset()


@contextmanager
def dialled(emulator: Emulator) -> Iterator[ssl.SSLSocket]:
    """A TLS connection without anything that knows HTTP."""
    port = int(emulator.url.rpartition(":")[2])
    context = ssl.create_default_context(cafile=str(emulator.ca_file))
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as wire,
    ):
        yield wire


def said(emulator: Emulator, *, path: str = DISCOVERY) -> tuple[bytes, bytes, str]:
    """Return head and body as they came, and how TCP ended: close or reset.

    TLS is done beside the socket, for Python's own takes a reset for an ordinary end.
    """
    port = int(emulator.url.rpartition(":")[2])
    context = ssl.create_default_context(cafile=str(emulator.ca_file))
    came, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(came, going, server_hostname="127.0.0.1")
    data, ending = bytearray(), ""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as plain:
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                plain.sendall(going.read())
                came.write(plain.recv(65_536))
        ask = f"GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
        tls.write(ask.encode())
        plain.sendall(going.read())
        while not ending:
            try:
                while part := tls.read(65_536):
                    data += part
                ending = "close"
            except ssl.SSLWantReadError:
                ending = _taken(plain, came)
    head, _, body = bytes(data).partition(b"\r\n\r\n")
    return head, body, ending


def _taken(plain: socket.socket, came: ssl.MemoryBIO) -> str:
    try:
        part = plain.recv(65_536)
    except ConnectionResetError:
        return "reset"
    came.write(part)
    return "" if part else "close"


def scripted(emulator: Emulator, **fault: object) -> Fault:
    """Script one fault for the discovery document."""
    made = Fault.model_validate({"path": DISCOVERY, **fault})
    emulator.faults.add(made)
    return made


def until(is_so: Callable[[], bool], *, seconds: float = 20) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)
