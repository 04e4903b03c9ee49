"""Connections that break, hang or lead elsewhere, for real: the network's failure, and no harm."""

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from emulator.testing import Cut, Drip, Emulator, Fault, running, sample_world
from sidecar import clock
from sidecar.entra.failures import Reason
from tests.sidecar.edge import DISCOVERY, TOKEN, Edge, edge_at, granted

NETWORK, UNAVAILABLE = Reason.NETWORK, Reason.IDP_UNAVAILABLE
Serve = Callable[..., str]


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """One Entra for the whole table."""
    with running(sample_world()) as found:
        yield found


@pytest.fixture
def edge(emulator: Emulator, tmp_path: Path) -> Iterator[Edge]:
    """One attempt's ground; what was scripted for it is gone afterwards."""
    yield edge_at(emulator, tmp_path, clock.now)
    emulator.faults.clear()


@pytest.mark.parametrize("path", [DISCOVERY, TOKEN])
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"cut": Cut()}, id="closed before the answer"),
        pytest.param({"cut": Cut(reset=True)}, id="reset before the answer"),
        pytest.param({"cut": Cut(after="headers")}, id="closed after the headers"),
        pytest.param({"cut": Cut(after=20)}, id="closed in the body"),
        pytest.param({"cut": Cut(after=20, reset=True)}, id="reset in the body"),
        pytest.param({"cut": Cut(after=20), "chunked": True}, id="chunks without an end"),
        pytest.param({"status": 200, "body": " ", "body_size": 3 << 20}, id="a giant body"),
    ],
)
def test_an_answer_that_does_not_end_as_it_should_is_the_networks_failure(
    edge: Edge, emulator: Emulator, path: str, fault: dict[str, object]
) -> None:
    """Whether the discovery document or the token was on its way."""
    emulator.faults.add(Fault.model_validate({"path": path, **fault}))
    edge.fails(NETWORK)


@pytest.mark.parametrize("path", [DISCOVERY, TOKEN])
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"hang": True}, id="no answer"),
        pytest.param({"drip": Drip(bytes=1, every=timedelta(milliseconds=50))}, id="a drip"),
        pytest.param({"body_delay": 30}, id="headers and no body"),
    ],
)
def test_an_answer_that_takes_too_long_is_given_up(
    edge: Edge, emulator: Emulator, path: str, fault: dict[str, object]
) -> None:
    """The time is for the whole attempt, however often a byte arrives."""
    edge.timeout = 0.6
    emulator.faults.add(Fault.model_validate({"path": path, **fault}))
    edge.fails(NETWORK)


def test_a_redirect_is_never_followed(edge: Edge, emulator: Emulator) -> None:
    """A loop of redirects is one request, and the assertion goes nowhere else."""
    location = {"Location": "https://elsewhere.invalid/"}
    emulator.faults.add(Fault(path=TOKEN, status=302, headers=location, times=None))
    edge.fails(NETWORK)
    tokens = [each for each in emulator.journal if each.path.endswith(TOKEN)]
    assert len([each for each in tokens if each.status == 302]) == 1


def test_garbled_bytes_are_no_answer(edge: Edge, emulator: Emulator) -> None:
    """A body that is no text at all."""
    emulator.faults.add(Fault(path=TOKEN, garbled=True))
    edge.fails(UNAVAILABLE)


def test_hundreds_of_headers_are_no_answer(edge: Edge, emulator: Emulator) -> None:
    """More headers than any client reads."""
    emulator.faults.add(Fault(path=TOKEN, more_headers=300))
    edge.fails(NETWORK)


def test_a_name_that_has_no_address_is_told(edge: Edge) -> None:
    """DNS: the host is named, and where to look."""
    edge.authority = "https://login.invalid"
    failure = edge.fails(NETWORK)
    assert "login.invalid" in failure.summary
    assert "DNS" in failure.remedy


def test_a_port_where_nobody_listens_is_told(edge: Edge) -> None:
    """Refused at once."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    edge.authority = f"https://127.0.0.1:{port}"
    edge.fails(NETWORK)


def test_a_certificate_of_an_unknown_authority_is_refused(edge: Edge, tmp_path: Path) -> None:
    """Another CA than the one that signed: the remedy names tls.caFile."""
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    edge.ca_file = tmp_path / "other.pem"
    assert "tls.caFile" in edge.fails(NETWORK).remedy


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start a server on loopback with a certificate of one's choice; its CA is `own.pem`."""
    authority, listeners = trustme.CA(), []
    authority.cert_pem.write_to_path(str(tmp_path / "own.pem"))

    def start(
        answer: bytes, *, name: str = "127.0.0.1", ends: datetime | None = None, tls: bool = True
    ) -> str:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(name, not_after=ends).configure_cert(context)
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        arguments = (listener, context if tls else None, answer)
        threading.Thread(target=_accept, args=arguments, daemon=True).start()
        scheme = "https" if tls else "http"
        return f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _accept(listener: socket.socket, context: ssl.SSLContext | None, answer: bytes) -> None:
    with suppress(OSError):  # the end of the test closes the listener
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_one, args=(client, context, answer), daemon=True).start()


def _one(client: socket.socket, context: ssl.SSLContext | None, answer: bytes) -> None:
    with suppress(OSError), client:  # a client that refuses us goes away, as it should
        client.settimeout(10)
        with context.wrap_socket(client, server_side=True) if context else client as wrapped:
            wrapped.recv(65536)
            wrapped.sendall(answer)
            while wrapped.recv(65536):
                pass


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"name": "login.example"}, id="another name"),
        pytest.param({"ends": datetime(2020, 1, 1, tzinfo=UTC)}, id="an expired certificate"),
    ],
)
def test_a_certificate_that_does_not_fit_is_refused(
    edge: Edge, serve: Serve, tmp_path: Path, options: dict[str, object]
) -> None:
    """Nothing is sent to whoever cannot prove who it is."""
    edge.authority = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", **options)
    edge.ca_file = tmp_path / "own.pem"
    assert "TLS" in edge.fails(NETWORK).summary


def test_a_server_without_tls_is_no_entra(edge: Edge, serve: Serve) -> None:
    """Plain HTTP on the port of the authority."""
    address = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", tls=False)
    edge.authority = address.replace("http://", "https://")
    edge.fails(NETWORK)


def test_a_small_answer_that_unpacks_to_a_giant_is_given_up(
    edge: Edge, serve: Serve, tmp_path: Path
) -> None:
    """The limit is for what has been unpacked."""
    packed = gzip.compress(granted("x").encode() + b" " * (64 << 20))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    edge.authority = serve(head.encode() + packed)
    edge.ca_file = tmp_path / "own.pem"
    edge.fails(NETWORK)


def test_a_proxy_that_refuses_is_told_apart_from_entra(edge: Edge, serve: Serve) -> None:
    """CONNECT answered with 403: the remedy names the proxy's variables."""
    proxy = serve(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", tls=False)
    edge.proxies = {"https": proxy}
    assert "HTTPS_PROXY" in edge.fails(NETWORK).remedy


def test_a_proxy_that_hangs_is_given_up(edge: Edge, serve: Serve) -> None:
    """CONNECT that is never answered."""
    edge.proxies = {"https": serve(b"", tls=False)}
    edge.timeout = 0.6
    edge.fails(NETWORK)


def test_a_proxy_that_works_leads_to_entra(edge: Edge, emulator: Emulator) -> None:
    """CONNECT to Microsoft's own name, with the same authorities inside the tunnel."""
    edge.authority = "https://login.microsoftonline.com"
    edge.proxies = {"https": emulator.proxy_url}
    edge.succeeds()


def test_a_ca_file_that_changes_is_taken_and_a_broken_one_is_not(
    edge: Edge, emulator: Emulator, tmp_path: Path
) -> None:
    """A rotated CA is trusted from the next attempt on; a broken one leaves the last good."""
    edge.ca_file = tmp_path / "rotated.pem"
    edge.ca_file.write_text("nothing yet")
    edge.fails(NETWORK)
    edge.ca_file.write_bytes(emulator.ca_file.read_bytes())
    edge.succeeds()
    edge.ca_file.write_text("broken again")
    edge.succeeds()
