"""What stands in an access token for an application.  Pure, but for the signature's key.

App-only tokens for Exchange, Compliance and Graph have the v1.0 form.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from emulator.entra.directoryroles import TEMPLATE_IDS
from emulator.entra.request import Asked
from emulator.entra.resources import roles_for
from emulator.world import Tenant

SHORTEST_RANDOM = timedelta(minutes=60)
LONGEST_RANDOM = timedelta(minutes=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A token about to be signed."""

    claims: dict[str, object]
    expires_in: int
    """Seconds that the token surely still lives; what the response says."""
    starts: int
    ends: int
    """Unix time, both."""


def lifetime(setting: timedelta | None, *, chance: float) -> timedelta:
    """Return the life of the next token: as set, or 60 to 90 minutes by *chance* in [0, 1)."""
    if setting is not None:
        return setting
    return SHORTEST_RANDOM + (LONGEST_RANDOM - SHORTEST_RANDOM) * chance


def issue(asked: Asked, *, now: datetime, life: timedelta, unique: bytes) -> Issued:
    """Return the token for *asked*; *unique* becomes its `uti`."""
    tenant, application = asked.tenant, asked.application
    start = int(now.timestamp())
    end = start + max(1, round(life.total_seconds()))
    claims: dict[str, object] = {
        "aud": asked.audience,
        "iss": issuer_of(tenant),
        "iat": start,
        "nbf": start,
        "exp": end,
        "appid": application.client_id,
        "appidacr": "1" if isinstance(asked.proof, str) else "2",  # a secret, or an assertion
        "idp": issuer_of(tenant),
        "idtyp": "app",
        "oid": application.object_id,
        "sub": application.object_id,
        "tid": tenant.id,
        "uti": base64.urlsafe_b64encode(unique).rstrip(b"=").decode(),
        "ver": "1.0",
        **_listed("roles", roles_for(asked.audience, application.app_roles)),
        **_listed("wids", [TEMPLATE_IDS[role] for role in application.directory_roles]),
    }
    expires_in = max(1, int(end - now.timestamp()))
    return Issued(claims=claims, expires_in=expires_in, starts=start, ends=end)


def issuer_of(tenant: Tenant) -> str:
    """Return the `iss` of v1.0 tokens of that tenant."""
    return f"{tenant.in_cloud.authority.sts}/{tenant.id}/"


def _listed(name: str, values: Sequence[str]) -> dict[str, object]:
    # Entra leaves out a claim that would be empty.
    return {name: list(values)} if values else {}
