"""What a finished run must have shown.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The facts of one run, as its files and its log tell them."""

    exit_code: int
    status: str
    seconds: float
    connects: int
    rows: int
    distinct: int
    """How many different mailboxes the rows name."""
    renewals: int
    """How many tokens the sidecar wrote for this connection while the run went on."""
    masked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What was promised of the run."""

    tokens_outlived: int
    token_seconds: int
    rows: int | None
    """The exact number of rows, one a mailbox; `None` where only "some" is promised."""


Finding = tuple[bool, str]


def findings(seen: Seen, promise: Promise) -> Sequence[Finding]:
    """Return each promise as a sentence, and whether it was kept."""
    least = promise.tokens_outlived * promise.token_seconds
    return (
        (seen.exit_code == 0, f"the run ended with exit code {seen.exit_code} ({seen.status})"),
        (
            seen.seconds > least,
            f"it took {seen.seconds:.1f} s; tokens live {promise.token_seconds} s",
        ),
        (
            seen.renewals >= max(1, promise.tokens_outlived),
            f"the sidecar renewed the token {seen.renewals} times meanwhile",
        ),
        (
            seen.connects > promise.tokens_outlived,
            f"the session connected {seen.connects} times, each time between two cmdlets",
        ),
        (_complete(seen, promise), _rows(seen, promise)),
        (seen.masked == 0, "no secret had to be masked in its output"),
    )


def _complete(seen: Seen, promise: Promise) -> bool:
    if promise.rows is None:
        return seen.rows > 0
    return seen.rows == seen.distinct == promise.rows


def _rows(seen: Seen, promise: Promise) -> str:
    if promise.rows is None:
        return f"the report has {seen.rows} rows"
    return f"{seen.rows} rows for {seen.distinct} of {promise.rows} mailboxes: each exactly once"
