"""What an answer from Entra says: a grant, or a failure with its class.  Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from sidecar.entra.aadsts import AADSTS
from sidecar.entra.failures import Failure, Reason

_QUOTED = 300  # characters of Entra's own words; the rest is trace ids
_CODE = re.compile(r"\bAADSTS(\d{5,9})\b")
_NOT_ENTRA = "Check endpoints.authority and any proxy: the answer is not Entra's token response."
_IN_BETWEEN = "Check the proxy settings: something between here and Entra answered."
_LOOK_UP = (
    "Look the AADSTS code up at https://login.microsoftonline.com/error and mend the credential or"
    " the app registration."
)
# Thumbprints, GUIDs and names are shorter: what is longer is a token, or a part of one, that the
# other side has echoed, and half a token is not recognised by comparing it with the whole.
_LONG_WORD = re.compile(r"[\w.+=-]{65,}")
_DELAY = re.compile(r"\d+", re.ASCII)
_LONGEST_DELAY = 10**9  # seconds; whoever asks for more means for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer, as far as it matters."""

    status: int
    retry_after: str | None
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a JSON error of Entra's says (RFC 6749 §5.2, with Entra's `error_codes`)."""

    error: str
    description: str
    code: int | None


def json_object(body: str) -> Mapping[str, object] | None:
    """Return the JSON object that *body* is, or `None`."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def failure_of(answer: Answer, *, now: datetime) -> Failure:
    """Return what went wrong in *answer*, which is not a grant."""
    refusal = _refusal(json_object(answer.body) or {})
    reason, remedy = _class_of(answer.status, refusal)
    return Failure(
        reason=reason,
        summary=_summary(answer.status, refusal),
        remedy=remedy,
        status=answer.status,
        code=refusal.code,
        retry_after=parse_retry_after(answer.retry_after, now=now),
    )


def parse_retry_after(text: str | None, *, now: datetime) -> timedelta | None:
    """Read a Retry-After header, seconds or an HTTP date (RFC 9110 §10.2.3).

    A date in the past is no pause; anything else that is not one of the two forms is ignored.
    """
    if text is None:
        return None
    text = text.strip()
    if _DELAY.fullmatch(text):
        return timedelta(seconds=min(int(text[:20]), _LONGEST_DELAY))
    try:
        at = parsedate_to_datetime(text)
        return max(timedelta(), at - now) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _refusal(body: Mapping[str, object]) -> Refusal:
    error, description = body.get("error"), body.get("error_description")
    words = description if isinstance(description, str) else ""
    return Refusal(
        error=error if isinstance(error, str) else "", description=words, code=_code(body, words)
    )


def _code(body: Mapping[str, object], description: str) -> int | None:
    codes = body.get("error_codes")
    if isinstance(codes, list) and codes and type(codes[0]) is int:
        return codes[0]
    found = _CODE.search(description)
    return int(found[1]) if found else None


def _class_of(status: int, refusal: Refusal) -> tuple[Reason, str]:
    if status != HTTPStatus.TOO_MANY_REQUESTS and refusal.code in AADSTS:
        return AADSTS[refusal.code]
    return _class_of_status(status, refusal.error)


def _class_of_status(status: int, error: str) -> tuple[Reason, str]:
    if status == 429:
        return Reason.THROTTLED, "Nothing to fix here: Entra asks to wait, and is asked later."
    if status >= 500 or error == "temporarily_unavailable":
        return Reason.IDP_UNAVAILABLE, "Nothing to fix here: Entra fails, and is asked again."
    if 300 <= status < 400 or status in {407, 408}:
        return Reason.NETWORK, _IN_BETWEEN
    if status == 200:
        return Reason.IDP_UNAVAILABLE, _NOT_ENTRA
    if error in {"invalid_client", "unauthorized_client"}:
        return Reason.CREDENTIAL_REJECTED, _LOOK_UP
    return Reason.CONFIG, "Check tenantId, clientId, the scope and endpoints.authority."


def _summary(status: int, refusal: Refusal) -> str:
    lines = (refusal.description or refusal.error).splitlines()
    said = _LONG_WORD.sub("***", lines[0] if lines else "")
    if not said:
        return f"Entra answered {status} with no explanation"
    said = said if len(said) <= _QUOTED else said[: _QUOTED - 1] + "…"
    return f"Entra answered {status}: {said}"
