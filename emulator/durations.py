"""A length of time in the world file: `15s`, `5ms`, `1h30m`, or bare seconds.  Pure."""

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from contract.durations import parse, spell


def duration(value: object) -> timedelta:
    """Return *value* as a length of time; a bare number counts seconds.

    Raises:
        ValueError: it is negative, or no duration.
    """
    match value:
        case timedelta():
            length = value
        case int() | float() if not isinstance(value, bool):
            length = _counted(value)
        case str():
            length = parse(value)
        case _:
            raise ValueError("is no duration; write for example 15s, 5ms or 1h30m")
    if length < timedelta():
        raise ValueError("must not be negative")
    return length


def _counted(seconds: float) -> timedelta:
    try:
        return timedelta(seconds=seconds)
    except (OverflowError, ValueError):  # beyond any clock, or not a number
        raise ValueError("is longer than any clock counts") from None


def _seconds(value: object) -> float:
    return duration(value).total_seconds()


Duration = Annotated[
    timedelta,
    BeforeValidator(duration),
    PlainSerializer(spell, return_type=str, when_used="json"),
]
"""A `timedelta` that a world file may write as `15s`."""

Seconds = Annotated[float, BeforeValidator(_seconds)]
"""A number of seconds that may be written as `15s`, too."""
