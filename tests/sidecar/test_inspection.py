"""What a token response must show before it becomes a file."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.claims import claims_of, expiry_of
from sidecar.config.targets import Target
from sidecar.entra.inspection import Grant, grant_of, objections_to

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TENANT = "11111111-1111-4111-8111-111111111111"
HOUR = timedelta(hours=1)


def _jwt(**claims: object) -> str:
    parts = ({"alg": "RS256"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts)
    return ".".join([*(part.rstrip("=") for part in encoded), "signature"])


def _grant(token: str, life: timedelta = HOUR) -> Grant:
    return Grant(access_token=token, expires_in=life, refresh_in=None)


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("opaque-token-without-dots", id="opaque"),
        pytest.param("a.b.c", id="three parts that are no JWT"),
        pytest.param("a.b.c.d.e", id="encrypted: five parts"),
        pytest.param(_jwt(), id="a JWT without claims"),
        pytest.param(_jwt(aud="https://outlook.office365.com"), id="the resource's URL"),
        pytest.param(_jwt(aud="https://Outlook.office365.com/"), id="the URL with a slash"),
        pytest.param(_jwt(aud="00000002-0000-0ff1-ce00-000000000000"), id="the app id"),
        pytest.param(_jwt(tid=TENANT.upper()), id="the tenant in capitals"),
        pytest.param(_jwt(exp=NOON.timestamp() - 200), id="expired within the clocks' skew"),
        pytest.param(_jwt(aud=7, tid=[], exp="never"), id="claims of odd types"),
        pytest.param(_jwt(exp=1e300), id="an expiry beyond all calendars"),
    ],
)
def test_a_token_that_may_be_right_is_taken(target: Target, token: str) -> None:
    """Tokens are opaque by contract: only what can be read and is wrong counts against one."""
    assert objections_to(_grant(token), target, now=NOON) == []


@pytest.mark.parametrize(
    ("token", "life", "word"),
    [
        pytest.param(_jwt(aud="https://graph.microsoft.com"), HOUR, "graph", id="for Graph"),
        pytest.param(_jwt(tid=TENANT.replace("1", "9")), HOUR, "tenant", id="another tenant's"),
        pytest.param(_jwt(exp=NOON.timestamp() - 400), HOUR, "expired", id="expired"),
        pytest.param("token", timedelta(), "life", id="no life"),
        pytest.param("token", -HOUR, "life", id="a negative life"),
        pytest.param("token", timedelta(days=400), "life", id="a life of a year"),
        pytest.param("to\nken", HOUR, "characters", id="a line break in it"),
        pytest.param("tökén", HOUR, "characters", id="not ASCII"),
    ],
)
def test_a_token_that_is_wrong_is_refused_with_the_reason(
    target: Target, token: str, life: timedelta, word: str
) -> None:
    """Each defect is named."""
    (objection,) = objections_to(_grant(token, life), target, now=NOON)
    assert word in objection
    assert token not in objection


def test_every_objection_is_given_at_once(target: Target) -> None:
    """Somebody who mends one defect does not find the next a minute later."""
    token = _jwt(aud="https://graph.microsoft.com", tid=TENANT[::-1], exp=0)
    assert len(objections_to(_grant(token, timedelta()), target, now=NOON)) == 4


def test_a_tenant_named_by_its_domain_accepts_any_tid(target: Target) -> None:
    """A domain cannot be compared with a GUID."""
    by_domain = replace(target, tenant_id="contoso.com")
    assert objections_to(_grant(_jwt(tid=TENANT)), by_domain, now=NOON) == []


def test_a_resource_of_ones_own_may_answer_with_its_app_id(target: Target) -> None:
    """Which app id belongs to a custom scope is not known here."""
    own = replace(target, resource="mine", scope="https://api.contoso.com/.default")
    assert objections_to(_grant(_jwt(aud=TENANT)), own, now=NOON) == []
    assert objections_to(_grant(_jwt(aud="https://other")), own, now=NOON) != []


@pytest.mark.parametrize(
    ("response", "expires_in", "refresh_in"),
    [
        pytest.param({"expires_in": 3599}, 3599, None, id="as Entra answers"),
        pytest.param({"expires_in": "3599", "refresh_in": "1800"}, 3599, 1800, id="as text"),
        pytest.param({"expires_in": 10, "refresh_in": "soon"}, 10, None, id="odd refresh_in"),
    ],
)
def test_a_token_response_is_read(
    response: dict[str, object], expires_in: int, refresh_in: int | None
) -> None:
    """Numbers may come as text."""
    grant = grant_of({"access_token": "t", **response})
    assert grant is not None
    assert grant.expires_in == timedelta(seconds=expires_in)
    assert grant.refresh_in == (None if refresh_in is None else timedelta(seconds=refresh_in))


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"access_token": "t"},
        {"access_token": "", "expires_in": 1},
        {"access_token": 1, "expires_in": 1},
        {"access_token": "t", "expires_in": "x"},
        {"access_token": "t", "expires_in": float("nan")},
        {"access_token": "t", "expires_in": 1e30},
        {"access_token": "t", "expires_in": None},
    ],
    ids=str,
)
def test_what_is_no_token_response_is_no_grant(response: dict[str, object]) -> None:
    """Without a token or its life there is nothing to write."""
    assert grant_of(response) is None


def test_a_grant_never_shows_its_token() -> None:
    """Not even in a traceback that prints values."""
    assert "canary-token" not in repr(_grant("canary-token"))


@given(st.text() | st.from_regex(r"\A[\w-]*\.[\w-]*\.[\w-]*\Z"))
def test_no_text_breaks_the_reading_of_claims(text: str) -> None:
    """Any text has claims, mostly none."""
    assert isinstance(claims_of(text), dict)
    assert isinstance(expiry_of(text), datetime | None)
