"""What a fault asks of a request is read from it, wherever it stands; bad faults are told."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from emulator.concealing import shown
from emulator.faults import Endpoint, Fault, Faults, Traits
from emulator.peeking import traits_of
from emulator.testing import CLIENT_ID, TENANT_ID
from tests.emulator.faultclient import DISCOVERY, own, shared

__all__ = ["own", "shared"]

ADMIN = f"/adminapi/beta/{TENANT_ID}"


def asked(path: str, *, query: bytes = b"", **headers: str) -> dict:
    """Return the scope of a request."""
    raw = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    whole = {"type": "http", "method": "POST", "path": path, "query_string": query}
    return {**whole, "headers": [(b"host", b"outlook.office365.com:443"), *raw]}


def command(name: str) -> dict[str, object]:
    """Return the body of a cmdlet's call."""
    return {"CmdletInput": {"CmdletName": name, "Parameters": {}}}


INVOKE = asked(f"{ADMIN}/InvokeCommand", content_type="application/json")
BATCH = asked(f"{ADMIN}/$batch", content_type="application/json")
NAMED = asked(f"{ADMIN}/InvokeCommand", x_cmdletname="Get-User")
IMDS = asked("/metadata/identity/oauth2/token", query=f"client_id={CLIENT_ID}".encode())
MEMBERS = {"requests": [{"body": command(name)} for name in ("Get-Group", "Get-User")] + [5]}
READ = {
    "cmdlet of a body": ("cmdlet", "get-user", INVOKE, json.dumps(command("Get-User")).encode()),
    "cmdlet of a header": ("cmdlet", "GET-USER", NAMED, b""),
    "cmdlet in a batch": ("cmdlet", "Get-User", BATCH, json.dumps(MEMBERS).encode()),
    "host": ("host", "Outlook.office365.com", INVOKE, b""),
    "client of a form": (
        "client_id",
        CLIENT_ID,
        asked("/t/oauth2/token"),
        b"client_id=%b" % CLIENT_ID.encode(),
    ),
    "client of a query": ("client_id", CLIENT_ID, IMDS, b""),
}


@pytest.mark.behaviour("control.fault.choice")
@pytest.mark.parametrize(("name", "value", "scope", "body"), READ.values(), ids=READ)
def test_a_trait_is_found_where_it_stands(name, value, scope, body):
    """The fault hits the request that has it, and one for another value does not."""
    traits = traits_of(scope, body)
    assert Fault.model_validate({name: value}).fits(traits)
    assert not Fault.model_validate({name: "another"}).fits(traits)


@pytest.mark.parametrize(
    "authorization", ["Bearer", "Bearer a.b.c", "Bearer a.WzFd.c", "Bearer é.é"]
)
def test_a_bearer_that_is_no_token_names_no_client(authorization):
    """Whatever stands in the header, the request is served."""
    assert traits_of(asked("/", authorization=authorization), b"").client_id == ""


@pytest.mark.behaviour("control.fault.choice")
def test_a_fault_is_chosen_by_what_stands_in_a_real_request(own):
    """A cmdlet without its header, and the application that a bearer token is for."""
    own.emulator.faults.add(Fault(cmdlet="Get-AcceptedDomain", status=500))
    assert own.invoke("Get-AcceptedDomain", headers={"X-CmdletName": ""}).status_code == 500
    own.emulator.faults.add(Fault(endpoint="invoke", client_id=CLIENT_ID, status=501))
    assert own.invoke("Get-AcceptedDomain").status_code == 501
    assert own.invoke("Get-AcceptedDomain").status_code == 200
    assert {entry.client_id for entry in own.emulator.journal} == {CLIENT_ID}


@pytest.mark.behaviour("control.fault.choice")
def test_a_body_larger_than_a_look_goes_on_whole(own):
    """Two megabytes are looked into no further than one, and reach the server as they are."""
    own.emulator.faults.add(Fault(cmdlet="Get-Nothing", status=500))
    answer = own.invoke("Get-Mailbox", {"Identity": "x" * 2_000_000})
    assert answer.status_code == 404
    assert "x" * 2_000_000 in answer.text


@pytest.mark.parametrize("text", ["x" * 2_000_000, "x." * 1_000_000, "-----BEGIN " * 100_000])
def test_the_journal_reads_a_long_parameter_once(text):
    """Looking for tokens takes a time in proportion to the text; squared, it would be hours."""
    began = time.monotonic()
    assert shown({"Identity": text}) == {"Identity": text}
    assert time.monotonic() - began < 10


@pytest.mark.behaviour("control.fault.order")
def test_what_a_fault_spares_is_left_to_the_next():
    """The first added comes first; a request that it lets pass meets the one behind it."""
    faults = Faults()
    faults.add(Fault(status=501, every=2, times=None))
    faults.add(Fault(status=502, times=2))
    hits = [faults.take(Traits(method="GET", path="/")) for _ in range(5)]
    assert [hit and hit.fault.status for hit in hits] == [502, 501, 502, 501, None]


@pytest.mark.behaviour("control.fault.count")
def test_many_clients_use_a_fault_up_exactly(own):
    """Five of forty requests over eight connections are hit by a fault for five."""
    own.emulator.faults.add(Fault(endpoint=Endpoint.DISCOVERY, status=500, times=5))
    url = own.emulator.url + DISCOVERY
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: own.session.get(url, timeout=20).status_code, range(40)))
    assert sorted(statuses) == [200] * 35 + [500] * 5


BAD = {
    "a window": ({"begins": "2s", "ends": "1s"}, "", "ends: must be later"),
    "a size": ({"body_size": 5}, "", "bodySize: needs a body"),
    "a length": ({"status": 200, "headers": {"Content-Length": "3"}}, "", "only where the answer"),
    "a name": ({"headers": {"a b": "c"}}, "headers", "'a b' is no name of a header"),
    "a value": ({"headers": {"a": "b\r\nc"}}, "headers", "a: has characters"),
    "a delay": ({"delay": -1}, "delay", "must not be negative"),
    "an endless delay": ({"delay": 1e300}, "delay", "longer than any clock"),
    "no number": ({"delay": float("nan")}, "delay", "longer than any clock"),
    "a status": ({"status": 199}, "status", "greater than or equal to 200"),
    "an endpoint": ({"endpoint": "tokn"}, "endpoint", "'token'"),
    "a drip": ({"drip": {"bytes": 0, "every": 1}}, "drip", "greater than or equal to 1"),
}


@pytest.mark.behaviour("control.fault.refused")
@pytest.mark.parametrize(("fault", "place", "text"), BAD.values(), ids=BAD)
def test_a_fault_that_cannot_be_is_refused(fault, place, text):
    """The problem has its place and its reason."""
    with pytest.raises(ValueError, match="1 validation error") as caught:
        Fault.model_validate(fault)
    (problem,) = caught.value.errors()
    assert ".".join(map(str, problem["loc"][:1])) == place
    assert text in problem["msg"]


@pytest.mark.behaviour("control.fault.refused")
def test_contradictions_are_told_together(own):
    """All that is wrong with a fault is in one answer, and nothing of the list is taken."""
    wrong = {"begins": "2s", "ends": "1s", "bodySize": 5, "hang": True, "status": 500}
    url = f"{own.emulator.url}/_emulator/faults"
    answer = own.session.post(url, json=[{"status": 500}, wrong, {"delay": 1e300}])
    assert answer.status_code == 400
    first, second = answer.json()["problems"]
    assert (first["loc"], second["loc"]) == ([1], [2, "delay"])
    assert all(word in first["msg"] for word in ("ends:", "bodySize:", "hang:"))
    assert own.session.get(url).json() == []
