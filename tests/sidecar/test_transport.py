"""One exchange with a server that misbehaves, over real TLS."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
import trustme

from sidecar.config.targets import Target
from sidecar.credentials.kinds import CredentialKind
from sidecar.credentials.proofs import Proof
from sidecar.entra.asking import Entra
from sidecar.entra.failures import Failure, Reason
from sidecar.entra.transport import Transport, UnexpectedAnswerError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Behaviour = Callable[[ssl.SSLSocket], None]


def _answer(body: bytes, *, length: int | None = None, status: str = "200 OK") -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n\r\n".encode() + body


def _send(answer: bytes) -> Behaviour:
    """Send *answer* whole; closing over an unread request would reset the connection."""

    def behave(client: ssl.SSLSocket) -> None:
        client.sendall(answer)
        client.settimeout(2)
        while client.recv(65536):
            pass

    return behave


def _reset(client: ssl.SSLSocket) -> None:
    client.sendall(_answer(b'{"acc', length=500))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _drip(client: ssl.SSLSocket) -> None:
    client.sendall(_answer(b"", length=10_000))
    for _ in range(200):
        client.sendall(b" ")
        time.sleep(0.05)


def _drip_header(client: ssl.SSLSocket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(200):
        client.sendall(b"x")
        time.sleep(0.05)


def _flood(client: ssl.SSLSocket) -> None:
    client.sendall(_answer(b"", length=1 << 24))
    for _ in range(1 << 8):
        client.sendall(b" " * (1 << 16))


def _silence(client: ssl.SSLSocket) -> None:
    client.settimeout(5)
    client.recv(1)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Behaviour], str]]:
    """Start a TLS server that treats every request so; its CA lies in `ca.pem`."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    listener = socket.create_server(("127.0.0.1", 0))

    def one(client: socket.socket, behave: Behaviour) -> None:
        try:
            with context.wrap_socket(client, server_side=True) as wrapped:
                wrapped.recv(65536)
                behave(wrapped)
        except OSError:
            return  # the client went away, which is what most of these tests want

    def accept(behave: Behaviour) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(client, behave), daemon=True).start()

    def start(behave: Behaviour) -> str:
        threading.Thread(target=accept, args=(behave,), daemon=True).start()
        return f"https://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def _transport(tmp_path: Path, *, timeout: float = 5) -> Transport:
    return Transport(ca_file=tmp_path / "ca.pem", timeout=timeout, proxies={})


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(_reset, id="a reset in the middle of the body"),
        pytest.param(_drip, id="a body that drips"),
        pytest.param(_drip_header, id="a header that drips"),
        pytest.param(_flood, id="a body without end"),
        pytest.param(_silence, id="no answer at all"),
        pytest.param(lambda client: None, id="closed without a word"),
        pytest.param(lambda client: client.sendall(b"\x16\x03rubbish\r\n\r\n"), id="not HTTP"),
        pytest.param(lambda client: client.sendall(_answer(b"{}", length=9)), id="cut off"),
    ],
)
def test_a_server_that_misbehaves_is_the_networks_failure_and_takes_no_longer_than_allowed(
    tmp_path: Path, serve: Callable[[Behaviour], str], target: Target, behave: Behaviour
) -> None:
    """Whatever it does, the attempt ends in a failure that says which host."""

    class Known:
        kind = CredentialKind.ASSERTION

        def prove(self, *, client_id: str, token_endpoint: str) -> Proof:
            return Proof(assertion="a.b.c", expires_at=None)

    url = serve(behave)
    entra = Entra(
        credential=Known(),
        conceal=lambda _: None,
        now=lambda: NOON,
        timeout=1.0,
        proxies=lambda _: {},
        ca_file=tmp_path / "ca.pem",
    )
    began = time.monotonic()
    asked = entra.ask(replace(target, authority=url))
    assert isinstance(asked.result, Failure)
    assert asked.result.reason is Reason.NETWORK
    assert url in asked.result.summary
    assert time.monotonic() - began < 8  # the drip alone would take ten seconds


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param("200 OK", b"<html>", id="a page"),
        pytest.param("200 OK", b"[1]", id="a list"),
        pytest.param("400 Bad Request", b"{}", id="an error"),
        pytest.param("307 Temporary Redirect", b"{}", id="a redirect"),
        pytest.param("204 No Content", b"", id="nothing"),
    ],
)
def test_only_a_json_object_with_status_200_is_an_answer(
    tmp_path: Path, serve: Callable[[Behaviour], str], status: str, body: bytes
) -> None:
    """All else is raised with its status, and so reaches neither msal's cache nor its log."""
    url = serve(_send(_answer(body, status=status)))
    with _transport(tmp_path) as transport, pytest.raises(UnexpectedAnswerError) as caught:
        transport.post(url, data={"a": "b"})
    assert caught.value.answer.status == int(status[:3])
    assert transport.granted is None


def test_a_good_answer_is_kept_whole(tmp_path: Path, serve: Callable[[Behaviour], str]) -> None:
    """Msal hides `refresh_in` from its callers; here it is."""
    url = serve(_send(_answer(b'{"refresh_in": 7}')))
    with _transport(tmp_path) as transport:
        assert transport.post(url).text == '{"refresh_in": 7}'
    assert transport.granted == {"refresh_in": 7}


def test_the_time_is_for_all_exchanges_of_an_attempt(
    tmp_path: Path, serve: Callable[[Behaviour], str]
) -> None:
    """Discovery and token share one limit: a second exchange after it does not begin."""
    url = serve(_send(_answer(b"{}")))
    with (
        _transport(tmp_path, timeout=0.0) as transport,
        pytest.raises(requests.exceptions.Timeout, match="no whole answer within"),
    ):
        transport.get(url)
