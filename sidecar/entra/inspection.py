"""Is this what was asked for?  What a token response must show before it becomes a file.  Pure."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sidecar.claims import claims_of, expiry_of
from sidecar.config.targets import Target

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_SKEW = timedelta(minutes=5)  # what Entra itself allows between two clocks
_LONGEST = timedelta(days=30)  # far beyond any access token's life
_APP_IDS = {
    "exchange": frozenset({"00000002-0000-0ff1-ce00-000000000000"}),
    "compliance": frozenset(
        {"00000002-0000-0ff1-ce00-000000000000", "00000007-0000-0ff1-ce00-000000000000"}
    ),
    "graph": frozenset({"00000003-0000-0000-c000-000000000000"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A token response, read but not yet trusted."""

    access_token: str = field(repr=False)
    expires_in: timedelta
    refresh_in: timedelta | None


def grant_of(response: Mapping[str, object]) -> Grant | None:
    """Return the grant in a token response (RFC 6749 §5.1), or `None` if it is none."""
    token = response.get("access_token")
    life = seconds_of(response.get("expires_in"))
    if not isinstance(token, str) or not token or life is None:
        return None
    return Grant(
        access_token=token, expires_in=life, refresh_in=seconds_of(response.get("refresh_in"))
    )


def seconds_of(value: object) -> timedelta | None:
    """Return a number of seconds, also one that came as text, as Entra's v1 endpoint sends it."""
    try:
        seconds = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        return None
    return timedelta(seconds=seconds) if abs(seconds) <= 10**9 else None


def objections_to(grant: Grant, target: Target, *, now: datetime) -> list[str]:
    """Return every reason not to write *grant* as the token of *target*; none if it is right.

    Microsoft calls its access tokens opaque, so a claim that cannot be read is no objection.
    """
    found = []
    if (
        not grant.access_token.isascii()
        or not grant.access_token.isprintable()
        or " " in grant.access_token
    ):
        found.append("the token has characters that no HTTP header may carry")
    if not timedelta() < grant.expires_in <= _LONGEST:
        found.append(f"its life is {grant.expires_in.total_seconds():.0f} s")
    claims = claims_of(grant.access_token)
    return found + _objections_to_claims(
        claims, target, expires_at=expiry_of(grant.access_token), now=now
    )


def _objections_to_claims(
    claims: Mapping[str, object], target: Target, *, expires_at: datetime | None, now: datetime
) -> list[str]:
    found = []
    audience, tenant = claims.get("aud"), claims.get("tid")
    if isinstance(audience, str) and not _is_audience(audience, target):
        found.append(f"it is for {audience!r}, wanted is {target.audience!r}")
    if (
        isinstance(tenant, str)
        and _GUID.fullmatch(target.tenant_id)
        and tenant.casefold() != target.tenant_id.casefold()
    ):
        found.append(f"it is from tenant {tenant!r}, wanted is {target.tenant_id!r}")
    application = claims.get("appid", claims.get("azp"))
    # A delegated token, which has scopes, is of the tool that a person has signed in with.
    if (
        isinstance(application, str)
        and "scp" not in claims
        and application.casefold() != target.client_id.casefold()
    ):
        found.append(f"it is for application {application!r}, wanted is {target.client_id!r}")
    if expires_at is not None and expires_at < now - _SKEW:
        found.append(f"it expired at {expires_at.isoformat()}, or this clock is wrong")
    return found


def _is_audience(audience: str, target: Target) -> bool:
    if audience.rstrip("/").casefold() == target.audience.rstrip("/").casefold():
        return True
    if target.resource in _APP_IDS:
        return audience.casefold() in _APP_IDS[target.resource]
    return _GUID.fullmatch(audience) is not None
