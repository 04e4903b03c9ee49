"""May this token be used now, and for this?  Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contract.token import TokenDocument

EXCHANGE_APP_ID = "00000002-0000-0ff1-ce00-000000000000"
"""Entra may write this in `aud` in place of the Exchange resource URL."""

_LONGEST_MARGIN_SHARE = 0.1  # of a life; a 15-second test token must be usable for most of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader came for; `None` where any value will do."""

    connection: str
    resource: str
    tenant_id: str | None = None
    audience: str | None = None


def remaining(document: TokenDocument, *, now: datetime) -> timedelta:
    """Return how long the token still lives; negative once it has expired."""
    return document.expires_at - now


def margin_for(document: TokenDocument, margin: timedelta) -> timedelta:
    """Return *margin*, or a tenth of the token's life where that is shorter."""
    life = document.expires_at - document.acquired_at
    return min(margin, max(life, timedelta()) * _LONGEST_MARGIN_SHARE)


def is_usable(document: TokenDocument, *, now: datetime, margin: timedelta) -> bool:
    """Tell whether the token outlives *now* by more than its margin."""
    return remaining(document, now=now) > margin_for(document, margin)


def objections(
    document: TokenDocument, wanted: Wanted, *, now: datetime, margin: timedelta
) -> list[str]:
    """Return every reason not to use *document*, one sentence each; none when it may be used."""
    pairs = (
        ("connection", document.connection, wanted.connection),
        ("resource", document.resource, wanted.resource),
        ("tenant_id", document.tenant_id, wanted.tenant_id),
        ("audience", document.audience, wanted.audience),
    )
    found = [
        f"{name} is {has!r}, wanted is {want!r}"
        for name, has, want in pairs
        if want is not None and has.casefold() != want.casefold()
    ]
    if not is_usable(document, now=now, margin=margin):
        found.append(_staleness(document, now))
    return found


def _staleness(document: TokenDocument, now: datetime) -> str:
    left = remaining(document, now=now).total_seconds()
    when = f"expired {-left:.0f} s ago" if left <= 0 else f"expires in {left:.0f} s, too soon"
    return f"the token {when} (expires_at {document.expires_at.isoformat()})"
