"""Durations as people write them in a spec: `2h`, `15m`, `1h30m`, `30s`, `250ms`.  Pure."""

import re
from datetime import timedelta

PATTERN = r"^(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$"

_PARTS = re.compile(r"(?:(\d{1,9})h)?(?:(\d{1,9})m(?!s))?(?:(\d{1,9})s)?(?:(\d{1,12})ms)?")
_LONGEST = timedelta(days=31)


def parse(text: object) -> timedelta:
    """Return the duration that *text* says.

    Raises:
        ValueError: it is no text, has no unit, is nothing, or is longer than 31 days.
    """
    if isinstance(text, timedelta):
        return text
    match = _PARTS.fullmatch(text) if isinstance(text, str) and text else None
    if match is None:
        raise ValueError("write a duration with its unit, such as 2h, 15m, 1h30m or 30s")
    hours, minutes, seconds, milliseconds = (min(int(part or 0), 10**10) for part in match.groups())
    duration = timedelta(
        hours=min(hours, 10**6), minutes=minutes, seconds=seconds, milliseconds=milliseconds
    )
    if not timedelta() < duration <= _LONGEST:
        raise ValueError("a duration must be longer than nothing and no longer than 31 days (744h)")
    return duration


def spell(duration: timedelta) -> str:
    """Write *duration* as `parse` reads it."""
    seconds, rest = divmod(round(duration / timedelta(milliseconds=1)), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"), (rest, "ms"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
