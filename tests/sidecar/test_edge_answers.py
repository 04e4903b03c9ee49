"""Every odd answer that may come from Entra's address, sent for real: its class, and no harm."""

import json
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from emulator.testing import Emulator, Fault, running, sample_world
from sidecar import clock
from sidecar.entra.aadsts import AADSTS
from sidecar.entra.failures import Reason
from tests.sidecar.edge import (
    CANARY,
    DISCOVERY,
    TOKEN,
    Edge,
    edge_at,
    granted,
    hours,
    jwt,
    refused,
)

CONFIG, REJECTED = Reason.CONFIG, Reason.CREDENTIAL_REJECTED
NETWORK, UNAVAILABLE, THROTTLED = Reason.NETWORK, Reason.IDP_UNAVAILABLE, Reason.THROTTLED
HTML = f"<html><body>Sign in to the proxy. {CANARY}</body></html>"
OTHER = "99999999-9999-4999-8999-999999999999"


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


def test_without_any_fault_there_is_a_token(edge: Edge) -> None:
    """The table below is about faults: this is the answer without one."""
    edge.succeeds()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (301, NETWORK), (302, NETWORK), (303, NETWORK), (307, NETWORK), (308, NETWORK),
        (400, CONFIG), (401, CONFIG), (403, CONFIG), (404, CONFIG), (405, CONFIG),
        (407, NETWORK), (408, NETWORK), (409, CONFIG), (413, CONFIG), (415, CONFIG), (418, CONFIG),
        (429, THROTTLED), (431, CONFIG), (451, CONFIG),
        (500, UNAVAILABLE), (501, UNAVAILABLE), (502, UNAVAILABLE), (503, UNAVAILABLE),
        (504, UNAVAILABLE), (507, UNAVAILABLE), (599, UNAVAILABLE),
    ],
)  # fmt: skip
def test_a_status_without_entras_words_has_its_class(
    edge: Edge, emulator: Emulator, status: int, reason: Reason
) -> None:
    """A page of HTML, as a proxy or a load balancer sends it: the status decides."""
    emulator.faults.add(Fault(path=TOKEN, status=status, body=HTML))
    assert edge.fails(reason).status == status


@pytest.mark.parametrize("code", AADSTS)
def test_each_known_code_has_its_class_over_the_wire(
    edge: Edge, emulator: Emulator, code: int
) -> None:
    """The whole table of AADSTS codes, each as Entra's own body."""
    emulator.faults.add(Fault(path=TOKEN, status=400, body=refused(code)))
    failure = edge.fails(AADSTS[code][0])
    assert (failure.code, failure.remedy) == (code, AADSTS[code][1])


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        pytest.param(400, refused(999999), REJECTED, id="a code never seen, invalid_client"),
        pytest.param(400, refused(999999, error="new_error"), CONFIG, id="an error never seen"),
        pytest.param(500, refused(999999), UNAVAILABLE, id="a code never seen, with 500"),
        pytest.param(429, refused(700027), THROTTLED, id="429 is throttling, whatever it says"),
        pytest.param(400, refused(700027, error_codes=["700027"]), REJECTED, id="codes as text"),
        pytest.param(400, refused(700027, error_codes=...), REJECTED, id="only in the text"),
        pytest.param(400, refused(700027, error_codes=[]), REJECTED, id="no code in the list"),
        pytest.param(400, refused(700027, future={"a": [1]}), REJECTED, id="a member never seen"),
        pytest.param(400, refused(1, error_description=[CANARY]), REJECTED, id="a list for words"),
        pytest.param(503, '{"error":"temporarily_unavailable"}', UNAVAILABLE, id="temporarily"),
        pytest.param(400, '{"error":"temporarily_unavailable"}', UNAVAILABLE, id="with 400"),
        pytest.param(400, '{"error":["x"]}', CONFIG, id="an error that is a list"),
        pytest.param(400, "[" * 100_000, CONFIG, id="JSON without a bottom"),
    ],
)  # fmt: skip
def test_a_refusal_in_an_odd_shape_still_has_a_class(
    edge: Edge, emulator: Emulator, status: int, body: str, reason: Reason
) -> None:
    """Codes and members of the future, and shapes that were never promised."""
    emulator.faults.add(Fault(path=TOKEN, status=status, body=body))
    edge.fails(reason)


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        pytest.param("7", 7, 7, id="seconds"),
        pytest.param("0", 0, 0, id="now"),
        pytest.param("1000000000000", 10**9, 10**9, id="absurd"),
        pytest.param("date+120", 100, 120, id="a date"),
        pytest.param("date-120", 0, 0, id="a date in the past"),
        pytest.param("-5", None, None, id="negative"),
        pytest.param("soon", None, None, id="a word"),
        pytest.param("1.5", None, None, id="a fraction"),
        pytest.param("", None, None, id="empty"),
    ],
)
def test_retry_after_is_read_in_both_forms_and_nonsense_is_not(
    edge: Edge, emulator: Emulator, value: str, least: int | None, most: int | None
) -> None:
    """Seconds or an HTTP date; all else is as if the header were not there."""
    if value.startswith("date"):
        at = clock.now() + timedelta(seconds=int(value[4:]))
        value = format_datetime(at, usegmt=True)
    emulator.faults.add(Fault(path=TOKEN, status=429, headers={"Retry-After": value}, body="{}"))
    asked = edge.fails(THROTTLED).retry_after
    if least is None or most is None:
        assert asked is None
    else:
        assert asked is not None
        assert least <= asked.total_seconds() <= most


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("", UNAVAILABLE, id="nothing"),
        pytest.param(HTML, UNAVAILABLE, id="a page of a proxy"),
        pytest.param("[1]", UNAVAILABLE, id="a list"),
        pytest.param('"text"', UNAVAILABLE, id="a text"),
        pytest.param("null", UNAVAILABLE, id="null"),
        pytest.param("1", UNAVAILABLE, id="a number"),
        pytest.param("{}", UNAVAILABLE, id="an empty object"),
        pytest.param(granted()[:-9], UNAVAILABLE, id="JSON that stops"),
        pytest.param(granted(...), UNAVAILABLE, id="no token"),
        pytest.param(granted(""), UNAVAILABLE, id="an empty token"),
        pytest.param(granted(7), UNAVAILABLE, id="a token that is a number"),
        pytest.param(granted(["x"]), UNAVAILABLE, id="a token that is a list"),
        pytest.param(granted("a\nb"), CONFIG, id="a token of two lines"),
        pytest.param(granted("tökén"), CONFIG, id="a token beyond ASCII"),
        pytest.param(granted("a b"), CONFIG, id="a token of two words"),
        pytest.param(granted(expires_in=...), UNAVAILABLE, id="no life"),
        pytest.param(granted(expires_in=None), UNAVAILABLE, id="a life of null"),
        pytest.param(granted(expires_in="long"), UNAVAILABLE, id="a life in words"),
        pytest.param(granted(expires_in=[1]), UNAVAILABLE, id="a life that is a list"),
        pytest.param(granted(expires_in=0), CONFIG, id="no life left"),
        pytest.param(granted(expires_in=-5), CONFIG, id="a negative life"),
        pytest.param(granted(expires_in=10**12), UNAVAILABLE, id="an endless life"),
        pytest.param(granted(expires_in=10**8), CONFIG, id="a life of years"),
        pytest.param(granted(jwt(tid=OTHER)), CONFIG, id="another tenant's token"),
        pytest.param(granted(jwt(aud="https://graph.microsoft.com")), CONFIG, id="Graph's token"),
        pytest.param(granted(jwt(appid=OTHER)), CONFIG, id="another application's token"),
        pytest.param(granted(jwt(exp=1)), CONFIG, id="an expired token"),
    ],
)
def test_what_is_no_token_of_ours_is_never_written(
    edge: Edge, emulator: Emulator, body: str, reason: Reason
) -> None:
    """Status 200 is not enough: shape, audience, tenant, application and time are checked."""
    emulator.faults.add(Fault(path=TOKEN, status=200, body=body))
    edge.fails(reason)


@pytest.mark.parametrize(
    ("body", "life"),
    [
        pytest.param(granted(), 1, id="opaque"),
        pytest.param(granted(expires_in="3600"), 1, id="a life as text"),
        pytest.param(granted(expires_in=3600.0), 1, id="a life as a fraction"),
        pytest.param(granted(expires_in=1), 1 / 3600, id="a second"),
        pytest.param(granted(expires_in=86400), 24, id="a day"),
        pytest.param(granted(token_type=...), 1, id="no token_type"),
        pytest.param(granted(future={"new": 1}), 1, id="a member never seen"),
        pytest.param(granted(refresh_in="soon"), 1, id="a hint that is none"),
        pytest.param(granted(refresh_in=-7), 1, id="a negative hint"),
        pytest.param(granted(jwt(aud="https://outlook.office365.com/")), 1, id="a slash"),
        pytest.param(granted(jwt(aud=7, tid=[1], exp="x")), 1, id="claims of odd types"),
    ],
)
def test_a_good_token_in_an_unusual_answer_is_taken(
    edge: Edge, emulator: Emulator, body: str, life: float
) -> None:
    """What a later Entra may send without breaking its word."""
    emulator.faults.add(Fault(path=TOKEN, status=200, body=body))
    found = edge.succeeds().life
    assert found.expires_at - found.acquired_at == hours(life)


@pytest.mark.parametrize("kind", ["text/html", "application/octet-stream", None])
def test_the_content_type_does_not_matter(edge: Edge, emulator: Emulator, kind: str | None) -> None:
    """A token in an answer that calls itself something else is still the token."""
    emulator.faults.add(Fault(path=TOKEN, headers={"Content-Type": kind}))
    edge.succeeds()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(Fault(path=DISCOVERY, status=200, body="{}"), UNAVAILABLE, id="empty"),
        pytest.param(Fault(path=DISCOVERY, status=200, body=HTML), UNAVAILABLE, id="HTML"),
        pytest.param(Fault(path=DISCOVERY, status=500, body=HTML), UNAVAILABLE, id="500"),
        pytest.param(Fault(path=DISCOVERY, status=404, body=HTML), CONFIG, id="404"),
        pytest.param(
            Fault(path=DISCOVERY, status=400, body=refused(90002)), CONFIG, id="no such tenant"
        ),
        pytest.param(
            Fault(path=DISCOVERY, status=200, body='{"token_endpoint": 7}'), UNAVAILABLE, id="7"
        ),
    ],
)
def test_a_discovery_document_that_is_none_is_told(
    edge: Edge, emulator: Emulator, fault: Fault, reason: Reason
) -> None:
    """Before any credential is shown."""
    emulator.faults.add(fault)
    edge.fails(reason)
    assert edge.concealed == []


@pytest.mark.parametrize("status", [400, 401, 500, 200])
def test_an_echoed_assertion_is_not_told(edge: Edge, emulator: Emulator, status: int) -> None:
    """A proxy that shows what it was sent: neither the whole nor a part comes through."""
    assertion = (edge.folder / "projected").read_text()
    said = {"error": "x", "error_description": f"AADSTS900144: bad {assertion} {assertion[40:]}"}
    emulator.faults.add(Fault(path=TOKEN, status=status, body=json.dumps(said)))
    failure = edge.fails(UNAVAILABLE if status == 200 else CONFIG)
    assert assertion[40:80] not in repr(failure)
