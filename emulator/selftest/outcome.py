"""What came of a check, and how it is told.  Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """How a check ended."""

    OK = "ok"
    FAILED = "FAILED"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One check, done."""

    name: str
    result: Result
    expected: str = ""
    came: str = ""
    """What came instead, or why the check was not made."""


class UnexpectedError(Exception):
    """Something else came than what was expected."""

    def __init__(self, expected: str, came: str) -> None:
        super().__init__(f"expected {expected}, came {came}")
        self.expected, self.came = expected, came


class NotMadeError(Exception):
    """The check cannot be made here; the text says why."""


def expect(expected: str, came: object, *, good: bool) -> None:
    """Go on where things are *good*.

    Raises:
        UnexpectedError: they are not; *came* came.
    """
    if not good:
        raise UnexpectedError(expected, str(came)[:300])


def as_text(outcomes: Sequence[Outcome]) -> str:
    """Return a line a check; one that failed says what was expected and what came."""
    return "\n".join(map(_line, outcomes))


def as_json(outcomes: Sequence[Outcome]) -> str:
    """Return the counts, and each check, as a JSON object."""
    counts = {
        "passed": count(outcomes, Result.OK),
        "failed": count(outcomes, Result.FAILED),
        "skipped": count(outcomes, Result.SKIPPED),
    }
    checks = [
        {"name": each.name, "result": each.result, "expected": each.expected, "came": each.came}
        for each in outcomes
    ]
    return json.dumps({**counts, "checks": checks}, indent=1)


def count(outcomes: Sequence[Outcome], result: Result) -> int:
    """Return how many checks ended like that."""
    return sum(each.result is result for each in outcomes)


def _line(outcome: Outcome) -> str:
    match outcome.result:
        case Result.OK:
            return f"ok       {outcome.name}"
        case Result.FAILED:
            return f"FAILED   {outcome.name}: expected {outcome.expected}; came {outcome.came}"
        case Result.SKIPPED:
            return f"skipped  {outcome.name}: {outcome.came}"
