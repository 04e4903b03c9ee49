"""Answers go wrong on the wire exactly as a fault says."""

import socket
import ssl
import threading
from urllib.parse import urlsplit

import pytest
import requests

from emulator.testing import Cut, Drip, Fault, running, sample_world

TOKEN = "/oauth2/v2.0/token"


@pytest.fixture
def own(client_of):
    """A client for an emulator of its own."""
    with running(sample_world(mailboxes=5)) as emulator:
        yield client_of(emulator)


def raw(own, path: str) -> bytes:
    """Ask over a bare TLS connection and return all that comes, until the other side ends."""
    parts = urlsplit(own.emulator.url)
    context = ssl.create_default_context(cafile=str(own.emulator.ca_file))
    context.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
    address = (parts.hostname, parts.port)
    with (
        socket.create_connection(address, timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=parts.hostname) as secure,
    ):
        secure.sendall(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        found = b""
        while part := secure.recv(65536):
            found += part
        return found


DISCOVERY = "/common/v2.0/.well-known/openid-configuration"


@pytest.mark.behaviour("control.fault.truncation")
def test_a_truncated_body_promises_more_than_comes(own):
    """Content-Length tells the whole, and the connection ends after a part."""
    own.emulator.faults.add(Fault(status=200, body="x" * 100, cut=Cut(after=40)))
    head, _, body = raw(own, DISCOVERY).partition(b"\r\n\r\n")
    assert b"content-length: 100" in head.lower()
    assert body == b"x" * 40


@pytest.mark.behaviour("control.fault.reset")
@pytest.mark.parametrize("after", ["nothing", "headers", 10])
def test_a_connection_can_be_torn_down(own, after):
    """The client's own stack says that the answer is broken; the next one is whole."""
    fault = Fault(endpoint="token", status=200, body="y" * 50, cut=Cut(after=after, reset=True))
    own.emulator.faults.add(fault)
    with pytest.raises(
        requests.ConnectionError if after == "nothing" else requests.RequestException
    ):
        own.ask_token()
    assert own.ask_token().status_code == 200


@pytest.mark.behaviour("control.fault.close")
def test_a_connection_can_close_without_an_answer(own):
    """Not a byte comes."""
    own.emulator.faults.add(Fault(cut=Cut(after="nothing")))
    assert raw(own, DISCOVERY) == b""


@pytest.mark.behaviour("control.fault.drip")
def test_a_body_can_come_drop_by_drop(own):
    """The whole body comes, and takes as long as its drops."""
    own.emulator.faults.add(
        Fault(status=200, body="z" * 10, drip=Drip(bytes=2, every="40ms"), times=1)
    )
    answer = own.session.get(own.emulator.url + DISCOVERY, stream=True)
    began = answer.elapsed
    assert answer.content == b"z" * 10
    assert own.emulator.journal.since(0)[-1].seconds >= 0.16
    assert began.total_seconds() < 10


@pytest.mark.behaviour("control.fault.real-answer")
def test_a_real_answer_can_be_changed_in_part(own):
    """Without a status the request is served, and only what is given is replaced."""
    own.emulator.faults.add(Fault(path="openid", headers={"Content-Type": "text/html"}))
    answer = own.session.get(own.emulator.url + DISCOVERY)
    assert answer.headers["Content-Type"] == "text/html"
    assert answer.json()["token_endpoint"]


@pytest.mark.behaviour("control.fault.executes")
def test_a_change_can_go_through_though_its_answer_is_lost(own):
    """The write is done, and the client is told a failure."""
    guid = own.invoke("Get-Mailbox").json()["value"][0]["Guid"]
    own.emulator.faults.add(Fault(cmdlet="Set-Mailbox", status=504, executes=True))
    lost = own.invoke("Set-Mailbox", {"Identity": guid, "DisplayName": "Done"})
    (row,) = own.invoke("Get-Mailbox", {"Identity": guid}).json()["value"]
    assert (lost.status_code, row["DisplayName"]) == (504, "Done")


@pytest.mark.behaviour("control.fault.hang")
def test_a_hanging_request_ends_when_its_fault_is_removed(own):
    """No answer comes until then; then the connection closes."""
    own.emulator.faults.add(Fault(path="openid", hang=True, times=None))
    met: list[bytes] = []
    asking = threading.Thread(target=lambda: met.append(raw(own, DISCOVERY)))
    asking.start()
    asking.join(timeout=0.3)
    assert asking.is_alive()
    own.emulator.faults.clear()
    asking.join(timeout=20)
    assert met == [b""]


@pytest.mark.behaviour("control.fault.giant")
def test_a_giant_body_is_streamed(own):
    """A body is repeated up to its size, however small what is repeated."""
    own.emulator.faults.add(Fault(status=200, body="0123456789", body_size=3_000_005))
    answer = own.session.get(own.emulator.url + DISCOVERY)
    assert answer.content == b"0123456789" * 300_000 + b"01234"
