"""May this token be used now, and for this?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.freshness import Wanted, is_usable, margin_for, objections, remaining
from contract.token import TokenDocument

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WANTED = Wanted(connection="contoso", resource="exchange")


@pytest.mark.parametrize(
    ("after", "margin", "usable"),
    [
        pytest.param(0 * MINUTE, 5 * MINUTE, True, id="fresh"),
        pytest.param(54 * MINUTE, 5 * MINUTE, True, id="six minutes left of five"),
        pytest.param(55 * MINUTE, 5 * MINUTE, False, id="exactly the margin left"),
        pytest.param(60 * MINUTE, 0 * MINUTE, False, id="expires now"),
        pytest.param(61 * MINUTE, 0 * MINUTE, False, id="expired"),
        pytest.param(53 * MINUTE, 90 * MINUTE, True, id="a margin longer than the life is cut"),
        pytest.param(54 * MINUTE, 90 * MINUTE, False, id="to a tenth of it"),
    ],
)
def test_a_token_is_usable_until_its_margin(
    document: TokenDocument, *, after: timedelta, margin: timedelta, usable: bool
) -> None:
    """The border belongs to the refusal."""
    assert is_usable(document, now=NOON + after, margin=margin) is usable
    assert remaining(document, now=NOON + after) == 60 * MINUTE - after


@given(
    life=st.timedeltas(-timedelta(days=1), timedelta(days=2)),
    margin=st.timedeltas(timedelta(0), timedelta(days=1)),
)
def test_a_margin_is_never_longer_than_asked_nor_than_a_tenth_of_the_life(
    life: timedelta, margin: timedelta
) -> None:
    """A token of fifteen seconds is usable for most of them."""
    held = TokenDocument(
        **dict.fromkeys(
            (
                *("connection", "resource", "audience", "tenant_id", "organization"),
                *("client_id", "environment", "access_token"),
            ),
            "x",
        ),
        acquired_at=NOON,
        expires_at=NOON + life,
        refresh_at=NOON,
        sequence=1,
    )
    found = margin_for(held, margin)
    assert timedelta() <= found <= margin
    assert found <= max(life, timedelta()) / 10 + timedelta(microseconds=1)


def test_a_right_and_fresh_token_meets_no_objection(document: TokenDocument) -> None:
    """Case does not matter in a GUID or a URL."""
    wanted = Wanted(
        connection="contoso",
        resource="exchange",
        tenant_id=document.tenant_id.upper(),
        audience=document.audience.upper(),
    )
    assert objections(document, wanted, now=NOON, margin=MINUTE) == []


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        pytest.param(replace(WANTED, connection="fabrikam"), "connection", id="connection"),
        pytest.param(replace(WANTED, resource="graph"), "resource", id="resource"),
        pytest.param(replace(WANTED, tenant_id="other"), "tenant_id", id="tenant"),
        pytest.param(replace(WANTED, audience="other"), "audience", id="audience"),
    ],
)
def test_each_mismatch_is_an_objection(document: TokenDocument, wanted: Wanted, name: str) -> None:
    """The sentence names the member, what it is and what was wanted."""
    (objection,) = objections(document, wanted, now=NOON, margin=MINUTE)
    assert objection.startswith(f"{name} is {getattr(document, name)!r}, wanted is ")


def test_all_objections_come_at_once(document: TokenDocument) -> None:
    """A stale token for something else is both."""
    wanted = Wanted(connection="a", resource="b", tenant_id="c", audience="d")
    found = objections(document, wanted, now=NOON + 61 * MINUTE, margin=MINUTE)
    assert len(found) == 5
    assert found[-1] == "the token expired 60 s ago (expires_at 2026-03-01T13:00:00+00:00)"


def test_a_token_within_its_margin_is_called_too_soon(document: TokenDocument) -> None:
    """Not yet expired is another sentence than expired."""
    (found,) = objections(document, WANTED, now=NOON + 59 * MINUTE, margin=5 * MINUTE)
    assert "expires in 60 s, too soon" in found
