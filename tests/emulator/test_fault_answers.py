"""A fault gives another answer, or changes a part of the real one."""

import time

import pytest
import requests

from emulator.testing import Fault
from tests.emulator.faultclient import DISCOVERY, own, scripted, shared

__all__ = ["own", "shared"]


@pytest.mark.behaviour("control.fault.body-delay")
def test_the_body_may_come_later_than_the_headers(own):
    """The status is there at once, and the body after the pause."""
    scripted(own.emulator, status=200, body="late", body_delay="150ms")
    began = time.monotonic()
    with own.session.get(own.emulator.url + DISCOVERY, stream=True) as answer:
        headers = time.monotonic() - began
        assert answer.text == "late"
    assert time.monotonic() - began - headers >= 0.1


@pytest.mark.behaviour("control.fault.other-answer")
def test_a_proxy_may_answer_in_html(own):
    """Status, content type and body are those of something in between."""
    page = "<html>The proxy wants a password</html>"
    scripted(own.emulator, status=407, headers={"Content-Type": "text/html"}, body=page)
    answer = own.session.get(own.emulator.url + DISCOVERY)
    assert (answer.status_code, answer.headers["Content-Type"]) == (407, "text/html")
    assert answer.text == page


@pytest.mark.behaviour("control.fault.garbled")
def test_a_garbled_body_is_no_text(own):
    """The real answer comes, with its length, but no byte of it is as it was."""
    real = own.session.get(own.emulator.url + DISCOVERY)
    scripted(own.emulator, garbled=True)
    answer = own.session.get(own.emulator.url + DISCOVERY)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.content == bytes(byte ^ 0x80 for byte in real.content)
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode()


@pytest.mark.behaviour("control.fault.giant")
def test_a_giant_body_is_made_as_it_is_sent(own):
    """The text is repeated up to the size that is declared."""
    size = 20_000_003
    scripted(own.emulator, status=200, body="abc", body_size=size)
    with own.session.get(own.emulator.url + DISCOVERY, stream=True) as answer:
        assert answer.headers["Content-Length"] == str(size)
        content = answer.content
    assert content == (b"abc" * (size // 3 + 1))[:size]


@pytest.mark.behaviour("control.fault.redirect")
def test_a_redirect_may_lead_to_itself(own):
    """A client follows until it has had enough."""
    scripted(own.emulator, status=302, headers={"Location": DISCOVERY}, times=None)
    with pytest.raises(requests.TooManyRedirects):
        own.session.get(own.emulator.url + DISCOVERY)


@pytest.mark.behaviour("control.fault.more-headers")
def test_more_headers_may_come_than_a_client_reads(own):
    """A client with a limit gives up on the headers."""
    scripted(own.emulator, more_headers=500)
    with pytest.raises(requests.ConnectionError, match="got more than 100 headers"):
        own.session.get(own.emulator.url + DISCOVERY)


SPOILT = {
    "status": ({"status": 503, "executes": True}, 503, "application/json", True),
    "header": ({"headers": {"Content-Type": "text/html"}}, 200, "text/html", True),
    "no header": ({"headers": {"content-type": None}}, 200, None, True),
    "body": ({"body": "{}"}, 200, "application/json", False),
}


@pytest.mark.behaviour("control.fault.real-answer")
@pytest.mark.parametrize(("fault", "status", "kind", "is_real"), SPOILT.values(), ids=SPOILT)
def test_a_part_of_the_real_answer_is_changed(own, fault, status, kind, is_real):
    """What the fault does not speak of is as the server said it."""
    real = own.session.get(own.emulator.url + DISCOVERY)
    scripted(own.emulator, **fault)
    answer = own.session.get(own.emulator.url + DISCOVERY)
    assert (answer.status_code, answer.headers.get("Content-Type")) == (status, kind)
    assert answer.text == (real.text if is_real else "{}")


@pytest.mark.behaviour("control.fault.executes")
@pytest.mark.parametrize("executes", [True, False])
def test_a_write_may_go_through_though_its_answer_is_lost(own, executes):
    """With `executes` the mailbox is changed, without it is not; the client sees the same."""
    own.emulator.faults.add(Fault(cmdlet="Set-Mailbox", status=503, body="", executes=executes))
    identity = own.invoke("Get-Mailbox", {"ResultSize": 1}).json()["value"][0]["Guid"]
    changed = {"Identity": identity, "DisplayName": "Changed", "Confirm": False}
    lost = own.invoke("Set-Mailbox", changed)
    assert (lost.status_code, lost.content) == (503, b"")
    (row,) = own.invoke("Get-Mailbox", {"Identity": identity}).json()["value"]
    assert (row["DisplayName"] == "Changed") is executes
