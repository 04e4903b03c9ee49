"""May the bearer of this token call the admin API of this tenant?  Pure, but for a cache."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from emulator.entra import jwt
from emulator.entra.accesstokens import issuer_of
from emulator.exchange.audiences import audiences_of
from emulator.exchange.endpoints import Service
from emulator.world import Tenant

PERMISSION = "Exchange.ManageAsApp"
PERMISSION_V2 = "Exchange.ManageAsAppV2"


@dataclass(frozen=True, slots=True)
class Unauthorized:
    """The token proves nothing here; answered with 401."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls: an application, and the directory roles its token carries."""

    client_id: str
    roles: frozenset[str]


class TokenCheck:
    """Verifies signatures made by one key, each token once."""

    def __init__(self, key: RSAPublicKey) -> None:
        self._key = key
        self._read = lru_cache(1_024)(self._verified)

    def caller(  # noqa: PLR0913  # each is a part of the question
        self,
        authorization: str,
        tenant: Tenant | None,
        *,
        now: datetime,
        service: Service = Service.EXCHANGE,
        host: str = "",
        permission: str = PERMISSION,
    ) -> Caller | Unauthorized:
        """Return who calls *service* with that Authorization header, or why that is nobody."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            return Unauthorized("The token is missing")
        verified = self._read(token.strip())
        if verified is None:
            return Unauthorized("The token has an invalid signature")
        if tenant is None or verified.text("iss") != issuer_of(tenant):
            return Unauthorized("The tenant of the token is not the one in the address")
        audiences = audiences_of(service, host, tenant)
        objection = _objection(verified, audiences, permission, now=now)
        return objection or _caller(verified)

    def _verified(self, token: str) -> jwt.Unverified | None:
        said = jwt.read(token)
        return said if said and jwt.is_signed_by(said, self._key, algorithm="RS256") else None


def _objection(
    token: jwt.Unverified, audiences: frozenset[str], permission: str, *, now: datetime
) -> Unauthorized | None:
    roles = token.claims.get("roles")
    if now.timestamp() >= (token.seconds("exp") or 0):
        return Unauthorized("The token has expired")
    if not audiences & {each.rstrip("/") for each in token.audiences}:
        return Unauthorized("The audience claim value is invalid for the resource")
    if not isinstance(roles, list) or permission not in roles:
        return Unauthorized(f"The token lacks the application permission {permission}")
    return None


def _caller(token: jwt.Unverified) -> Caller:
    wids = token.claims.get("wids")
    roles = frozenset(str(each) for each in wids) if isinstance(wids, list) else frozenset()
    return Caller(client_id=token.text("appid"), roles=roles)
