"""How a time is written.  Pure."""

from datetime import UTC, datetime


def rfc3339(moment: datetime) -> str:
    """Write an aware time in UTC with milliseconds and a `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
