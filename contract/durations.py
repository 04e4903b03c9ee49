"""How people write a length of time, in the sidecar's file as in a job's: `30s`, `1h30m`.  Pure."""

import re
from datetime import timedelta

PATTERN = r"^(\d+(\.\d+)?(ms|s|m|h|d))+$"
"""The form, as a JSON Schema's `pattern`."""

_PART = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)", re.ASCII)
_WHOLE = re.compile(f"(?:{_PART.pattern})+", re.ASCII)
_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}


def parse(text: str) -> timedelta:
    """Read a duration: numbers, each with its unit of `ms`, `s`, `m`, `h` or `d`.

    Raises:
        ValueError: it is anything else, a bare number included: 30 of what?
    """
    if not _WHOLE.fullmatch(text):
        raise ValueError("write a duration with its unit, such as 30s, 15m or 1h30m")
    try:
        parts = (float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
        return sum(parts, timedelta())
    except OverflowError:
        raise ValueError("a duration longer than any clock counts") from None


def spell(duration: timedelta) -> str:
    """Write *duration* as `parse` reads it, to the millisecond."""
    rest, parts = duration, []
    for unit, length in _UNITS.items():
        count, rest = divmod(rest, length)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts) or "0s"
