"""The token document as JSON, both ways."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import TokenMalformedError
from contract.token import TokenDocument

TEXT = st.text(min_size=1)
TIME = st.datetimes(timezones=st.just(UTC)) | st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(timezone(timedelta(hours=5, minutes=30))),
)
DOCUMENTS = st.builds(
    TokenDocument,
    **dict.fromkeys(
        (
            *("connection", "resource", "audience", "tenant_id", "organization"),
            *("client_id", "environment", "access_token"),
        ),
        TEXT,
    ),
    **dict.fromkeys(("acquired_at", "expires_at", "refresh_at"), TIME),
    sequence=st.integers(),
    connection_uri=st.none() | TEXT,
    user_principal_name=st.none() | TEXT,
)


@given(DOCUMENTS)
def test_what_is_written_is_read_back(document: TokenDocument) -> None:
    """JSON keeps every value, whatever its characters and its time zone."""
    assert TokenDocument.from_json(document.to_json()) == document


@given(DOCUMENTS)
def test_a_document_is_one_line(document: TokenDocument) -> None:
    """No value breaks the line, so that a document can go through a line-wise tool."""
    assert document.to_json().count("\n") == 1


def test_the_members_are_those_agreed_on(document: TokenDocument) -> None:
    """A reader in another language finds these names and these forms."""
    written = json.loads(document.to_json())
    assert written == {
        "version": 1,
        "connection": "contoso",
        "resource": "exchange",
        "audience": "https://outlook.office365.com",
        "tenant_id": "11111111-1111-4111-8111-111111111111",
        "organization": "contoso.onmicrosoft.com",
        "client_id": "22222222-2222-4222-8222-222222222222",
        "environment": "worldwide",
        "access_token": "canary.access.token",
        "acquired_at": "2026-03-01T12:00:00Z",
        "expires_at": "2026-03-01T13:00:00Z",
        "refresh_at": "2026-03-01T12:30:00Z",
        "sequence": 17,
    }


def test_the_token_is_in_no_repr(document: TokenDocument) -> None:
    """A document may stand in a traceback."""
    assert "canary" not in repr(document)
    assert "canary" not in str(document)


def test_members_of_a_later_version_are_ignored(document: TokenDocument) -> None:
    """A minor addition of a newer sidecar does not stop an older runner."""
    written = json.loads(document.to_json()) | {"shade": "blue"}
    assert TokenDocument.from_json(json.dumps(written)) == document


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param({"version": 2}, "version: 1 is read here, the document has 2", id="newer"),
        pytest.param({"version": "1"}, "version: 1 is read here, the document has none", id="text"),
        pytest.param({"sequence": "17"}, "sequence: not a whole number", id="number as text"),
        pytest.param({"sequence": True}, "sequence: not a whole number", id="truth as number"),
        pytest.param({"sequence": 1.5}, "sequence: not a whole number", id="fraction"),
        pytest.param({"access_token": ""}, "access_token: not a text, or empty", id="empty token"),
        pytest.param({"access_token": None}, "access_token: not a text, or empty", id="null token"),
        pytest.param({"connection_uri": 7}, "connection_uri: not a text, or empty", id="odd URI"),
        pytest.param(
            {"expires_at": "2026-03-01T12:00:00"},
            "expires_at: a time without its zone",
            id="no zone",
        ),
        pytest.param(
            {"expires_at": "noon"}, "expires_at: not a time as RFC 3339 writes it", id="no time"
        ),
        pytest.param(
            {"expires_at": 1772366400}, "expires_at: not a time as RFC 3339 writes it", id="seconds"
        ),
    ],
)
def test_a_wrong_member_is_named(
    document: TokenDocument, change: dict[str, object], problem: str
) -> None:
    """One sentence says which member is wrong, and how."""
    with pytest.raises(TokenMalformedError) as caught:
        TokenDocument.from_json(json.dumps(json.loads(document.to_json()) | change))
    assert caught.value.problems == (problem,)


def test_every_missing_member_is_named_at_once() -> None:
    """An empty object lacks the version and all twelve members."""
    with pytest.raises(TokenMalformedError) as caught:
        TokenDocument.from_json("{}")
    assert len(caught.value.problems) == 13
    assert "sequence: missing" in caught.value.problems


def test_a_document_cut_anywhere_is_malformed(document: TokenDocument) -> None:
    """No prefix of a document passes for one, and no error quotes it."""
    text = document.to_json().rstrip()
    for end in range(len(text)):
        with pytest.raises(TokenMalformedError) as caught:
            TokenDocument.from_json(text[:end])
        assert "canary" not in str(caught.value)
        assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "text", ["", "null", "[]", '"x"', "7", "[" * 50_000, b"\xff\xfe", "\x00"], ids=repr
)
def test_what_is_no_object_is_malformed(text: str | bytes) -> None:
    """Any bytes at all give this one error."""
    with pytest.raises(TokenMalformedError):
        TokenDocument.from_json(text)


def test_optional_members_are_written_only_when_set(document: TokenDocument) -> None:
    """A reader tells absence from emptiness."""
    assert "connection_uri" not in document.to_json()
    assert "user_principal_name" not in document.to_json()
    delegated = replace(document, user_principal_name="ada@contoso.com")
    assert json.loads(delegated.to_json())["user_principal_name"] == "ada@contoso.com"
