"""A request that a fault holds up goes on, or ends, when it may; nothing waits for it."""

import json
import threading
import time

import pytest
import requests

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


@pytest.mark.behaviour("control.hang")
@pytest.mark.parametrize("times", [1, None], ids=["used up", "standing"])
@pytest.mark.parametrize("fault", [{"hang": True}, {"delay": "1h"}], ids=["hang", "delay"])
def test_a_held_request_goes_on_when_its_fault_is_removed(own, fault, times):
    """Then it has the answer that the server would have given."""
    made = Fault(path=DISCOVERY, times=times, **fault)
    number = own.emulator.faults.add(made)
    asking = Asking(own, own.emulator.url + DISCOVERY)
    until(lambda: own.emulator.faults.held == [number])
    other = own.emulator.faults.add(Fault(path="/other", status=500))
    assert own.emulator.faults.remove(other)
    assert asking.is_alive()
    assert own.emulator.faults.held == [number]
    assert own.emulator.faults.remove(number)
    asking.join(20)
    assert asking.answer is not None
    assert asking.answer.json()["token_endpoint"]


@pytest.mark.behaviour("control.hang.client")
def test_a_client_that_gives_up_on_a_hanging_request_is_noted(own):
    """The journal has the request, without a status, and nothing is held any more."""
    number = own.emulator.faults.add(Fault(path=DISCOVERY, hang=True))
    with pytest.raises(requests.ReadTimeout):
        own.session.get(own.emulator.url + DISCOVERY, timeout=0.2)
    until(lambda: len(own.emulator.journal) == 1)
    (entry,) = own.emulator.journal
    assert (entry.status, entry.fault) == (0, number)
    assert own.emulator.faults.held == []


@pytest.mark.behaviour("control.hang.end")
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


@pytest.mark.behaviour("control.issuer.fault")
def test_a_fault_may_hit_what_the_local_issuer_publishes(client_of):
    """Entra then cannot have its keys, and says so; only a fault that names the issuer does it."""
    with running(sample_world()) as emulator:
        emulator.faults.add(Fault(path="openid-configuration", status=500, times=None))
        client = client_of(emulator)
        token = emulator.issuer.mint()
        assert client.ask_token(client_assertion=token).status_code == 200
        emulator.reset()
        emulator.faults.add(Fault(endpoint="issuer", status=503))
        refused = client.ask_token(client_assertion=token)
        assert json.loads(refused.text)["error_codes"] == [90061]
        assert client.ask_token(client_assertion=token).status_code == 200
