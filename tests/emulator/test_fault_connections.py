"""A fault breaks the connection under an answer, byte by byte as a real client sees it."""

import http.client
import ssl
import time

import pytest

from tests.emulator.faultclient import DISCOVERY, dialled, own, said, scripted, shared

__all__ = ["own", "shared"]

CUTS = {
    "reset-before": ({"reset": True}, b"", b"", "reset"),
    "close-before": ({}, b"", b"", "close"),
    "reset-after-headers": ({"after": "headers", "reset": True}, b"200", b"", "reset"),
    "close-after-headers": ({"after": "headers"}, b"200", b"", "close"),
    "reset-in-body": ({"after": 4, "reset": True}, b"200", b"0123", "reset"),
    "close-in-body": ({"after": 4}, b"200", b"0123", "close"),
}


@pytest.mark.parametrize(
    ("cut", "status", "body", "ending"),
    [
        pytest.param(*CUTS["reset-before"], marks=pytest.mark.behaviour("control.fault.reset")),
        pytest.param(*CUTS["close-before"], marks=pytest.mark.behaviour("control.fault.reset")),
        pytest.param(
            *CUTS["reset-after-headers"], marks=pytest.mark.behaviour("control.fault.reset")
        ),
        pytest.param(
            *CUTS["close-after-headers"], marks=pytest.mark.behaviour("control.fault.reset")
        ),
        pytest.param(*CUTS["reset-in-body"], marks=pytest.mark.behaviour("control.fault.reset")),
        pytest.param(*CUTS["close-in-body"], marks=pytest.mark.behaviour("control.fault.reset")),
    ],
    ids=CUTS,
)
def test_a_connection_is_cut_where_the_fault_says(own, cut, status, body, ending):
    """What was to come before the cut comes whole, nothing comes after it."""
    scripted(own.emulator, status=200, body="0123456789", cut=cut)
    head, came, ended = said(own.emulator)
    assert (head.split(b" ")[1:2], came, ended) == ([status] if status else [], body, ending)
    assert not status or b"content-length: 10" in head.lower()
    assert own.session.get(own.emulator.url + DISCOVERY).status_code == 200


@pytest.mark.behaviour("control.fault.reset")
def test_a_large_part_arrives_before_the_reset(own):
    """A reset does not overtake what was sent, though it is more than one packet holds."""
    scripted(
        own.emulator,
        status=200,
        body="x" * 400_000,
        cut={"after": 300_000, "reset": True},
    )
    _, body, ending = said(own.emulator)
    assert (len(body), ending) == (300_000, "reset")


@pytest.mark.behaviour("control.fault.truncation")
def test_a_length_that_is_not_kept_is_an_incomplete_read(own):
    """`Content-Length` may promise more than comes, and http.client says how much is missing."""
    scripted(
        own.emulator, status=200, body="half", headers={"Content-Length": "9"}, cut={"after": 4}
    )
    port = int(own.emulator.url.rpartition(":")[2])
    context = ssl.create_default_context(cafile=str(own.emulator.ca_file))
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context)
    connection.request("GET", DISCOVERY)
    with pytest.raises(http.client.IncompleteRead) as caught:
        connection.getresponse().read()
    connection.close()
    assert (caught.value.partial, caught.value.expected) == (b"half", 5)


@pytest.mark.behaviour("control.fault.truncation.chunked")
def test_chunks_may_have_no_end(own):
    """A chunked body that is cut lacks its last chunk."""
    scripted(own.emulator, status=200, body="0123456789", chunked=True, cut={"after": 4})
    head, body, ending = said(own.emulator)
    assert b"transfer-encoding: chunked" in head.lower()
    assert (body, ending) == (b"4\r\n0123\r\n", "close")


@pytest.mark.behaviour("control.fault.chunked")
def test_a_whole_body_may_come_in_chunks(own):
    """Chunked without a cut, the body is whole and the connection goes on."""
    scripted(own.emulator, status=200, body="0123456789", chunked=True)
    _, body, _ = said(own.emulator)
    assert body == b"a\r\n0123456789\r\n0\r\n\r\n"


@pytest.mark.behaviour("control.fault.drip")
def test_a_body_drips(own):
    """So many bytes come at a time, with the pause between them."""
    scripted(own.emulator, status=200, body="0123456789", drip={"bytes": 4, "every": "60ms"})
    began = time.monotonic()
    with dialled(own.emulator) as wire:
        wire.sendall(f"GET {DISCOVERY} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        parts = []
        while b"".join(parts).partition(b"\r\n\r\n")[2] != b"0123456789":
            parts.append(wire.recv(65_536))
    assert time.monotonic() - began >= 0.12
    assert len(parts) >= 3
