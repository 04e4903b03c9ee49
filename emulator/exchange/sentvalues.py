"""What a sent value means as a number or a time.  Pure."""

from datetime import UTC, datetime

from emulator.exchange.opathvalues import moment_of


def count_of(value: object) -> int | None:
    """Return the whole number that *value* is or writes, or `None`."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def utc_of(value: object) -> datetime | None:
    """Return the time that *value* writes in ISO 8601 or the American form, or `None`.

    It is UTC unless it says, as Search-UnifiedAuditLog documents it.
    """
    moment = moment_of(value.strip().upper()) if isinstance(value, str) else None
    try:
        return None if moment is None else moment.astimezone(UTC)
    except OverflowError:  # in the year 1 or 9999, beyond which nothing is
        return None
