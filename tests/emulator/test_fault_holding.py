"""A request that a fault holds up goes on, or ends, when it may; nothing waits for it."""

import threading
import time

import pytest
import requests

from emulator.faults import Faults, Hit, Traits
from emulator.testing import Fault, running, sample_world
from tests.emulator.faultclient import DISCOVERY, dialled, own, shared, until

__all__ = ["own", "shared"]


class Asking(threading.Thread):
    """A request that somebody waits for in another thread."""

    def __init__(self, client, url: str) -> None:
        super().__init__(daemon=True)
        self._client, self._url = client, url
        self.answer: requests.Response | None = None
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        """Ask once."""
        try:
            self.answer = self._client.session.get(self._url, timeout=30)
        except requests.RequestException as error:
            self.error = error


@pytest.mark.behaviour("control.fault.hang", "control.fault.removed")
@pytest.mark.parametrize("times", [1, None], ids=["used up", "standing"])
@pytest.mark.parametrize("fault", [{"hang": True}, {"delay": "1h"}], ids=["hang", "delay"])
def test_a_held_request_goes_on_when_its_own_fault_is_removed(own, fault, times):
    """A delayed answer comes at once, a hanging connection closes; of others it knows nothing."""
    faults = own.emulator.faults
    number = faults.add(Fault(path=DISCOVERY, times=times, **fault))
    asking = Asking(own, own.emulator.url + DISCOVERY)
    until(lambda: faults.held == [number])
    assert faults.remove(faults.add(Fault(path="/other", status=500)))
    assert faults.held == [number]
    assert faults.remove(number)
    asking.join(20)
    assert not faults.remove(number)
    if fault.get("hang"):
        assert isinstance(asking.error, requests.ConnectionError)
    else:
        assert asking.answer.json()["token_endpoint"]


def test_a_fault_that_was_removed_just_before_holds_nothing():
    """Struck, then removed by another thread, then waiting: it is let go at once."""
    faults, let_go = Faults(), []
    first = faults.add(Fault(hang=True))
    hit = faults.take(Traits(method="GET", path="/"))
    assert hit == Hit(first, Fault(hang=True))
    faults.clear()
    with faults.holding(first, lambda: let_go.append(1)):
        assert let_go == [1]
    second = faults.add(Fault(hang=True, times=None))
    assert faults.remove(second)
    with faults.holding(second, lambda: let_go.append(2)):
        assert let_go == [1, 2]


@pytest.mark.behaviour("control.fault.given-up")
def test_a_client_that_gives_up_on_a_hanging_request_is_noted(own):
    """The journal has the request, without a status, and nothing is held any more."""
    number = own.emulator.faults.add(Fault(path=DISCOVERY, hang=True))
    with pytest.raises(requests.ReadTimeout):
        own.session.get(own.emulator.url + DISCOVERY, timeout=0.2)
    until(lambda: len(own.emulator.journal) == 1)
    (entry,) = own.emulator.journal
    assert (entry.status, entry.fault) == (0, number)
    assert own.emulator.faults.held == []


@pytest.mark.behaviour("control.fault.end")
@pytest.mark.parametrize(
    "fault", [{"hang": True}, {"status": 200, "cut": {"after": "headers"}}], ids=["hang", "cut"]
)
def test_a_server_ends_though_a_fault_holds_a_request(client_of, fault, capfd):
    """Nobody waits for a client that a fault has left without an answer."""
    with running(sample_world()) as emulator, dialled(emulator) as wire:
        emulator.faults.add(Fault(**fault))
        wire.sendall(f"GET {DISCOVERY} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        until(lambda: emulator.faults.waiting == [])
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert capfd.readouterr().err == ""


@pytest.mark.behaviour("control.fault.issuer")
def test_a_fault_may_hit_what_the_local_issuer_publishes(own):
    """Only a fault that names the issuer hits it, and none the rest of the control endpoint."""
    url = f"{own.emulator.url}/_emulator/issuer/.well-known/openid-configuration"
    own.emulator.faults.add(Fault(status=500, times=None))
    assert own.session.get(url).status_code == 200
    own.emulator.faults.add(Fault(endpoint="issuer", status=503))
    assert [own.session.get(url).status_code for _ in range(2)] == [503, 200]
    assert own.session.get(f"{own.emulator.url}/_emulator/faults").status_code == 200
