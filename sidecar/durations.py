"""What a duration such as `30s` or `1h30m` means.  Pure."""

import re
from datetime import timedelta

_WHOLE = re.compile(r"(?:\d{1,9}(?:\.\d{1,6})?(?:ms|s|m|h|d))+", re.ASCII)
_PART = re.compile(r"([\d.]+)(ms|s|m|h|d)", re.ASCII)
_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


def parse_duration(text: str) -> timedelta:
    """Read a duration: numbers, each with its unit of `ms`, `s`, `m`, `h` or `d`.

    Raises:
        ValueError: it is anything else, a bare number included: 30 of what?
    """
    if not _WHOLE.fullmatch(text):
        raise ValueError("a duration has a unit, such as 30s, 5m or 1h30m")
    try:
        return sum(
            (float(number) * _UNITS[unit] for number, unit in _PART.findall(text)), timedelta()
        )
    except OverflowError:
        raise ValueError("a duration longer than any clock counts") from None
