"""How people write a number of bytes: `500MiB`, `2GB`.  Pure."""

import re

PATTERN = r"^\d+(\.\d+)?(B|kB|KiB|MB|MiB|GB|GiB)$"
"""The form, as a JSON Schema's `pattern`."""

_WHOLE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)(B|kB|KiB|MB|MiB|GB|GiB)", re.ASCII)
_UNITS = {
    "GiB": 1 << 30,
    "GB": 10**9,
    "MiB": 1 << 20,
    "MB": 10**6,
    "KiB": 1 << 10,
    "kB": 10**3,
    "B": 1,
}


def parse(text: str) -> int:
    """Read a size with its unit; returns bytes.

    Raises:
        ValueError: it is anything else, a bare number included: 500 of what?
    """
    found = _WHOLE.fullmatch(text)
    if found is None:
        raise ValueError("write a size with its unit, such as 500MiB or 2GB")
    return int(float(found[1]) * _UNITS[found[2]])


def spell(size: int) -> str:
    """Write *size* in the largest unit that divides it, as `parse` reads it."""
    fitting = (each for each in _UNITS.items() if size >= each[1] and size % each[1] == 0)
    name, unit = next(fitting, ("B", 1))
    return f"{size // unit}{name}"
