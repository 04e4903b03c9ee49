"""What an answer from Entra says."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.entra.aadsts import AADSTS
from sidecar.entra.answers import Answer, failure_of, json_object, parse_retry_after
from sidecar.entra.failures import CLASSES, Reason, gravest

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _entra(code: int, error: str = "invalid_client", text: str = "words") -> str:
    return json.dumps(
        {
            "error": error,
            "error_description": f"AADSTS{code}: {text}\r\nTrace ID: 1\r\nTimestamp: 2",
            "error_codes": [code],
        }
    )


def _failed(status: int, body: str = "", retry_after: str | None = None) -> Reason:
    return failure_of(Answer(status=status, retry_after=retry_after, body=body), now=NOON).reason


CODES = {
    Reason.FEDERATION_PROPAGATING: [70021, 700211, 700213],
    Reason.ASSERTION_EXPIRED: [700024],
    Reason.CREDENTIAL_REJECTED: [700027, 7000215, 7000222, 700030, 50005, 53003, 50013],
    Reason.CONFIG: [
        *(700212, 7002137, 7002138, 7000218, 700016, 7000112, 90002, 900382, 90038, 500011),
        *(70011, 700022, 65001, 700229, 900144, 650053),
    ],
    Reason.IDP_UNAVAILABLE: [90061, 90024, 90006, 90033],
    Reason.THROTTLED: [90055],
}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        pytest.param(code, reason, id=f"{code} is {reason}")
        for reason, codes in CODES.items()
        for code in codes
    ],
)
@pytest.mark.parametrize("status", [400, 401])
def test_each_known_code_has_its_class_and_remedy(code: int, reason: Reason, status: int) -> None:
    """The class follows the code, whatever the status that came with it."""
    found = failure_of(Answer(status=status, retry_after=None, body=_entra(code)), now=NOON)
    assert (found.reason, found.code, found.status) == (reason, code, status)
    assert re.fullmatch(r"[A-Z].{20,}\.", found.remedy)


def test_the_table_of_codes_holds_no_other_code() -> None:
    """A code that is added to the table is added to this test."""
    assert sorted(AADSTS) == sorted(code for codes in CODES.values() for code in codes)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        pytest.param(429, _entra(700016), Reason.THROTTLED, id="429 whatever the body says"),
        pytest.param(429, "<html>", Reason.THROTTLED, id="429 with a page"),
        pytest.param(500, "", Reason.IDP_UNAVAILABLE, id="500 without words"),
        pytest.param(503, _entra(99999999), Reason.IDP_UNAVAILABLE, id="503, unknown code"),
        pytest.param(
            400,
            '{"error": "temporarily_unavailable"}',
            Reason.IDP_UNAVAILABLE,
            id="400, temporarily_unavailable",
        ),
        pytest.param(302, "", Reason.NETWORK, id="a redirect: some portal"),
        pytest.param(407, "", Reason.NETWORK, id="the proxy wants a password"),
        pytest.param(408, "", Reason.NETWORK, id="request timeout"),
        pytest.param(200, "<html>hello</html>", Reason.IDP_UNAVAILABLE, id="200 with a page"),
        pytest.param(200, "[]", Reason.IDP_UNAVAILABLE, id="200 with a list"),
        pytest.param(404, "", Reason.CONFIG, id="404: no authority there"),
        pytest.param(401, _entra(12345678), Reason.CREDENTIAL_REJECTED, id="a code never seen"),
        pytest.param(400, _entra(12345678, "invalid_scope"), Reason.CONFIG, id="unknown, scope"),
        pytest.param(400, '{"error": 7, "error_codes": "x"}', Reason.CONFIG, id="wrong types"),
        pytest.param(400, '{"error_codes": [true]}', Reason.CONFIG, id="a code that is no number"),
    ],
)
def test_an_answer_without_a_known_code_goes_by_status_and_error(
    status: int, body: str, reason: Reason
) -> None:
    """Any answer has a class, also one from a proxy, or with a code never seen."""
    assert _failed(status, body) is reason


def test_a_code_is_found_in_the_words_where_the_list_is_absent() -> None:
    """`error_codes` is preferred, but some endpoints only write the description."""
    body = json.dumps({"error": "x", "error_description": "AADSTS700213: No match"})
    assert _failed(400, body) is Reason.FEDERATION_PROPAGATING


def test_a_summary_is_one_short_line_of_what_entra_said() -> None:
    """Trace ids stay out of the log's sentence, and no answer can flood it."""
    answer = Answer(status=401, retry_after=None, body=_entra(700027, text="word " * 1000))
    summary = failure_of(answer, now=NOON).summary
    assert summary.startswith("Entra answered 401: AADSTS700027: word word")
    assert len(summary) < 350
    assert "\n" not in summary


def test_a_long_word_of_entras_is_not_repeated() -> None:
    """Half a token that was echoed is no needle of any masker; a thumbprint is shorter."""
    body = _entra(700027, text=f"Thumbprint '{'AB' * 32}', got '{'x1' * 33}'")
    summary = failure_of(Answer(status=401, retry_after=None, body=body), now=NOON).summary
    assert f"'{'AB' * 32}', got '***'" in summary


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("7", 7, id="seconds"),
        pytest.param(" 7 ", 7, id="with spaces"),
        pytest.param("0", 0, id="no pause"),
        pytest.param("999999999999", 10**9, id="absurdly long"),
        pytest.param("Sun, 01 Mar 2026 12:00:30 GMT", 30, id="an HTTP date"),
        pytest.param("Sunday, 01-Mar-26 12:00:30 GMT", 30, id="the old form of a date"),
        pytest.param("Sun, 01 Mar 2026 11:00:00 GMT", 0, id="a date in the past"),
        pytest.param("-5", None, id="negative"),
        pytest.param("1.5", None, id="a fraction"),
        pytest.param("soon", None, id="a word"),
        pytest.param("", None, id="empty"),
        pytest.param("\u0667", None, id="another script's digit"),
        pytest.param("Sun, 99 Mar 2026 12:00:30 GMT", None, id="an impossible date"),
        pytest.param(None, None, id="absent"),
    ],
)
def test_retry_after_is_read_in_both_forms(text: str | None, seconds: int | None) -> None:
    """Seconds and dates are obeyed, anything else is as if it were absent."""
    wanted = None if seconds is None else timedelta(seconds=seconds)
    assert parse_retry_after(text, now=NOON) == wanted


@given(st.text())
def test_no_text_breaks_the_readers(text: str) -> None:
    """Whatever the other side sends, there is an answer and no exception."""
    asked = parse_retry_after(text, now=NOON)
    assert asked is None or asked >= timedelta()
    assert json_object(text) is None or text.strip().startswith("{")
    assert _failed(400, text) in Reason


def test_no_nesting_breaks_the_reader_of_json() -> None:
    """A body of brackets is not JSON to us, and no crash."""
    assert json_object("[" * 100_000) is None


def test_every_class_has_its_own_exit_code() -> None:
    """A script can tell the classes apart, and 0, 1 and 64 stay free."""
    codes = [row.exit_code for row in CLASSES.values()]
    assert list(CLASSES) == list(Reason)
    assert len(set(codes)) == len(codes)
    assert not {0, 1, 2, 64} & set(codes)


def test_the_gravest_reason_is_the_one_a_person_must_mend(
    failure: Callable[..., object],
) -> None:
    """A wrong configuration counts more than an outage that passes."""
    assert gravest({Reason.THROTTLED, Reason.CONFIG, Reason.NETWORK}) is Reason.CONFIG
    assert gravest({Reason.THROTTLED, Reason.NETWORK}) is Reason.NETWORK


def test_an_error_of_several_lines_is_told_in_one() -> None:
    """Whatever the other side calls its error, the log has one line for it."""
    body = json.dumps({"error": "first\nsecond", "error_description": ""})
    failure = failure_of(Answer(status=400, retry_after=None, body=body), now=NOON)
    assert failure.summary == "Entra answered 400: first"
