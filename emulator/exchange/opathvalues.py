"""How a property's value compares with what a filter asks for.  Pure.

A property is what its value looks like: Exchange writes sizes as `1.5 GB (1,610,612,736 bytes)`
and times as ISO 8601, and compares both as what they are.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

_UNITS = {"": 1, "b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40}
_EXACT_SIZE = re.compile(r"[\d.,]+ ?[KMGT]?B \(([\d,]{1,30}) bytes\)", re.IGNORECASE | re.ASCII)
_SIZE = re.compile(r"(\d{1,20}(?:\.\d{1,20})?) ?([KMGT]?B?)", re.IGNORECASE | re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?", re.ASCII)
_AMERICAN = (
    "%m/%d/%Y",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The value in a comparison, read once in every way in which a row may need it."""

    text: str | None
    """Case folded; `None` is `$null`."""
    truth: bool | None
    size: float | None
    moment: datetime | None
    pattern: re.Pattern[str]


def wanted_of(text: str | None) -> Wanted:
    """Read the value *text* of a filter; `None` is `$null`."""
    folded = None if text is None else text.casefold()
    return Wanted(
        text=folded,
        truth={"true": True, "false": False}.get(folded or ""),
        size=size_of(text or ""),
        moment=moment_of(text or ""),
        pattern=_pattern(folded or ""),
    )


def holds(value: object, operator: str, wanted: Wanted) -> bool:
    """Tell whether *value* compares so; of several values, one that does is enough.

    `ne` and `notlike` are the opposites of `eq` and `like`, so there no value may match.
    """
    if operator in {"ne", "notlike"}:
        return not holds(value, "eq" if operator == "ne" else "like", wanted)
    if isinstance(value, list | tuple) and value:
        return any(_holds(each, operator, wanted) for each in value)
    return _holds(None if value in ([], ()) else value, operator, wanted)


def size_of(text: str) -> float | None:
    """Return the bytes that *text* means: `50GB`, `1.5 GB (1,610,612,736 bytes)`, `Unlimited`."""
    if text.casefold() == "unlimited":
        return float("inf")
    if exact := _EXACT_SIZE.fullmatch(text):
        return float(exact.group(1).replace(",", "") or 0)
    found = _SIZE.fullmatch(text.strip())
    return float(found.group(1)) * _UNITS.get(found.group(2).lower(), 1) if found else None


@lru_cache(4_096)
def moment_of(text: str) -> datetime | None:
    """Return the time that *text* means, in ISO 8601 or the American form; UTC unless it says."""
    if _ISO.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    for form in _AMERICAN if "/" in text else ():
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _holds(value: object, operator: str, wanted: Wanted) -> bool:
    if value is None or wanted.text is None:
        return operator == "eq" and value in (None, "") and wanted.text in (None, "")
    if operator == "like":
        return wanted.pattern.fullmatch(str(value).casefold()) is not None
    if operator == "eq":
        return _equals(value, wanted)
    order = _order(value, wanted)
    return {"gt": order > 0, "ge": order >= 0, "lt": order < 0, "le": order <= 0}[operator]


def _equals(value: object, wanted: Wanted) -> bool:
    if isinstance(value, bool):
        return value is wanted.truth
    folded = str(value).casefold()
    if folded in {wanted.text, f"smtp:{wanted.text}"}:
        # A whole address needs no prefix, as Exchange says of EmailAddresses.
        return True
    return _order(value, wanted) == 0


def _order(value: object, wanted: Wanted) -> int:
    """Return -1, 0 or 1: both sides as sizes or times where both are some, or else as text."""
    text = str(value)
    if wanted.size is not None:
        size = value if isinstance(value, int | float) else _written_size(text)
        if size is not None:
            return (size > wanted.size) - (size < wanted.size)
    if wanted.moment is not None and (moment := moment_of(text)) is not None:
        return (moment > wanted.moment) - (moment < wanted.moment)
    folded, other = text.casefold(), wanted.text or ""
    return (folded > other) - (folded < other)


def _written_size(text: str) -> float | None:
    """Return the bytes where Exchange wrote a size; a bare number may be somebody's name."""
    return size_of(text) if text.endswith(")") or text == "Unlimited" else None


def _pattern(like: str) -> re.Pattern[str]:
    """Return the expression for *like*, in which `*` is any text and nothing else is special."""
    return re.compile(".*".join(map(re.escape, re.split(r"\*+", like))), re.DOTALL)
