"""What is found in a script: a rule, a place, and a sentence.  Pure."""

from dataclasses import dataclass
from enum import StrEnum

from runner.check.facts import Place


class Severity(StrEnum):
    """How bad it is, in SARIF's words."""

    ERROR = "error"
    """It will fail, or do something else than is meant."""
    WARNING = "warning"
    """It may."""
    NOTE = "note"
    """It will work here; one should know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Something that breaks unattended, and what to do about it."""

    id: str
    severity: Severity
    title: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that was broken."""

    rule: Rule
    path: str
    at: Place
    detail: str
