"""What was found at one link of the way to Exchange.  Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a link is like."""

    RIGHT = "right"
    NOTE = "note"
    """Works, or cannot be judged from here; worth knowing."""
    WRONG = "wrong"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One link.  Holds no secret."""

    link: str
    verdict: Verdict
    says: str
    remedy: str = ""
    """What to do, naming the thing to mend; empty where there is nothing to do."""


def right(link: str, says: str) -> Finding:
    """Return that *link* is as it should be."""
    return Finding(link=link, verdict=Verdict.RIGHT, says=says)


def note(link: str, says: str, remedy: str = "") -> Finding:
    """Return what is worth knowing of *link*."""
    return Finding(link=link, verdict=Verdict.NOTE, says=says, remedy=remedy)


def wrong(link: str, says: str, remedy: str) -> Finding:
    """Return what is wrong with *link*."""
    return Finding(link=link, verdict=Verdict.WRONG, says=says, remedy=remedy)


def skipped(link: str, says: str = "not looked at") -> Finding:
    """Return that *link* was not looked at."""
    return Finding(link=link, verdict=Verdict.SKIPPED, says=says)
