"""A length of time as people write it in the world file: `15s`, `5ms`, `1h30m`.  Pure."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def duration(value: object) -> timedelta:
    """Return *value* as a length of time; a bare number counts seconds.

    Raises:
        ValueError: it is negative, or not written as numbers with units.
    """
    match value:
        case timedelta():
            length = value
        case bool():
            raise ValueError("is no duration; write for example 15s, 5ms or 1h30m")
        case int() | float():
            length = timedelta(seconds=value)
        case str() if re.fullmatch(rf"(?:{_PART.pattern})+", value.strip()):
            parts = _PART.findall(value)
            length = timedelta(seconds=sum(float(n) * _SECONDS[unit] for n, unit in parts))
        case _:
            raise ValueError("is no duration; write for example 15s, 5ms or 1h30m")
    if length < timedelta():
        raise ValueError("must not be negative")
    return length


Duration = Annotated[timedelta, BeforeValidator(duration)]
"""A `timedelta` that a world file may write as `15s`."""
