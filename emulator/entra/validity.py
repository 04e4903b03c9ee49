"""Is an assertion within its time?  Pure."""

from datetime import datetime, timedelta

from emulator.entra.jwt import Unverified
from emulator.entra.refusals import Code, Refusal

SKEW = timedelta(minutes=5)
"""How far the clocks of client and Entra may differ."""


def time_refusal(assertion: Unverified, *, now: datetime) -> Refusal | None:
    """Return why *assertion* is not valid at *now*, or `None` where it is."""
    expiry, start = assertion.seconds("exp"), assertion.seconds("nbf")
    present, skew = now.timestamp(), SKEW.total_seconds()
    is_over = expiry is None or present > expiry + skew
    is_early = start is not None and present < start - skew
    if not (is_over or is_early):
        return None
    return Refusal(
        Code.ASSERTION_TIME,
        "Client assertion is not within its valid time range. "
        f"Current time: {now.isoformat()}, assertion valid from {_moment(start)}, "
        f"expiry time of assertion {_moment(expiry)}. Review the documentation at "
        "https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
    )


def _moment(seconds: float | None) -> str:
    return "<not given>" if seconds is None else f"{seconds:.0f}"
