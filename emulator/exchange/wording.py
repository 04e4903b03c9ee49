"""How Exchange writes sizes, times and names as text.  Pure."""

from datetime import datetime

_UNITS = ((1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


def size_text(count: int) -> str:
    """Write a number of bytes as Exchange's ByteQuantifiedSize does: `1.234 GB (1,325,… bytes)`."""
    for unit, name in _UNITS:
        if count >= unit:
            return f"{_four_digits(count / unit)} {name} ({count:,} bytes)"
    return f"{count} B ({count:,} bytes)"


def _four_digits(value: float) -> str:
    # Four significant digits, and no zeros after the last that counts.
    decimals = 3 if value < 10 else 2 if value < 100 else 1 if value < 1_000 else 0
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment_text(moment: datetime | None) -> str | None:
    """Write a time as the REST answers do: ISO 8601 in UTC."""
    # A third of the time that strftime takes, and pages hold thousands of them.
    return None if moment is None else f"{moment.isoformat()[:19]}Z"
