"""Faults hit the requests they are meant for, as often as said; the journal tells what came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.faults import Fault, Faults, Traits
from emulator.testing import running, sample_world


@pytest.fixture
def own(client_of):
    """A client for an emulator of its own."""
    with running(sample_world()) as emulator:
        yield client_of(emulator)


def test_a_fault_answers_in_place_of_the_server(own):
    """Status, headers and body are the fault's; the next request is answered as ever."""
    own.emulator.faults.add(
        Fault(path="/oauth2/v2.0/token", status=429, headers={"Retry-After": "7"}, body="busy")
    )
    struck, fine = own.ask_token(), own.ask_token()
    assert (struck.status_code, struck.headers["Retry-After"], struck.text) == (429, "7", "busy")
    assert fine.status_code == 200


def test_a_fault_may_only_delay(own):
    """Without a status, the request goes through, later."""
    own.emulator.faults.add(Fault(path="/token", delay=0.05))
    answer = own.ask_token()
    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() >= 0.05


def test_a_fault_may_be_for_one_cmdlet(own):
    """The X-CmdletName header, or a part of the path, chooses what is hit."""
    own.emulator.faults.add(Fault(cmdlet="get-organizationconfig", status=503, times=None))
    statuses = [
        own.invoke(cmdlet).status_code
        for cmdlet in ("Get-AcceptedDomain", "Get-OrganizationConfig", "Get-OrganizationConfig")
    ]
    assert statuses == [200, 503, 503]


def test_faults_are_scripted_over_http(own):
    """POST adds one or several, GET lists them, DELETE removes all."""
    url = f"{own.emulator.url}/_emulator/faults"
    one = {"path": "/token", "status": 500}
    assert own.session.post(url, json=one).status_code == 201
    assert own.session.post(url, json=[one, one | {"times": 2}]).status_code == 201
    assert len(own.session.get(url).json()) == 3
    assert own.ask_token().status_code == 500
    assert own.session.delete(url).json() == []
    assert own.ask_token().status_code == 200


def test_a_bad_fault_is_refused_with_every_problem(own):
    """Nothing of a bad script is taken."""
    url = f"{own.emulator.url}/_emulator/faults"
    answer = own.session.post(url, json=[{"status": 500}, {"status": 9, "tiems": 1}])
    assert answer.status_code == 400
    places = [problem["loc"] for problem in answer.json()["problems"]]
    assert places == [[1, "status"], [1, "tiems"]]
    assert own.session.get(url).json() == []


def test_the_journal_tells_what_was_asked(own):
    """Each request has one entry, with its cmdlet and status; control requests have none."""
    own.invoke("Get-Mailbox", {"Identity": "nobody"})
    url = f"{own.emulator.url}/_emulator/journal"
    entries = own.session.get(url).json()
    assert [(each["method"], each["cmdlet"], each["status"]) for each in entries] == [
        ("POST", "", 200),
        ("POST", "Get-Mailbox", 404),
    ]
    assert entries[1]["parameters"] == {"Identity": "nobody"}
    assert own.session.delete(url).json() == []
    assert len(own.emulator.journal) == 0


def test_a_fault_is_in_the_journal_too(own):
    """What a fault answered can be told from what the server answered."""
    own.emulator.faults.add(Fault(path="/token", status=418))
    own.ask_token()
    assert [entry.status for entry in own.emulator.journal] == [418]


def test_latency_is_added_to_exchange_only(client_of):
    """The world's latency delays cmdlets, not tokens."""
    with running(sample_world(latency="80ms")) as emulator:
        client = client_of(emulator)
        client.token()
        answer = client.invoke("Get-AcceptedDomain")
    assert answer.elapsed.total_seconds() >= 0.08


@given(st.lists(st.integers(min_value=1, max_value=5), max_size=6))
def test_every_fault_is_used_exactly_as_often_as_said(times):
    """The first added is used up first, and then nothing is left."""
    faults = Faults()
    for number, count in enumerate(times):
        faults.add(Fault(status=400 + number, times=count))
    taken = []
    while hit := faults.take(Traits(method="GET", path="/x")):
        taken.append(hit.fault.status)
    assert taken == [400 + n for n, count in enumerate(times) for _ in range(count)]
    assert faults.waiting == []
