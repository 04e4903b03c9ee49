"""What a token's own claims say against its document.  Pure.

The claims are read without verifying the signature: only Exchange can do that.  They are here to
catch a document that was put together wrongly, so a token that cannot be read, as its receiver
alone need be able to, is taken at its document's word.
"""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from contract.token import TokenDocument


def claims_of(token: str) -> Mapping[str, object]:
    """Return the claims of a JWT, unverified; none if *token* is no JWT that can be read."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        claims = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def contradictions(document: TokenDocument) -> list[str]:
    """Return where the token is another one than its document says, one sentence each.

    A delegated token's user must be the document's: `Connect-ExchangeOnline` does not check it,
    and the run would be another person's.
    """
    claims = claims_of(document.access_token)
    pairs = [("tenant_id", document.tenant_id, "tid", claims.get("tid"))]
    if claims and document.user_principal_name is not None:
        user = document.user_principal_name
        pairs.append(("user_principal_name", user, "upn", claims.get("upn", "missing")))
    return [
        f"{name} is {said!r}, but the token's own {claim} is {str(own)[:200]!r}"
        for name, said, claim, own in pairs
        if own is not None and str(own).casefold() != said.casefold()
    ]


def staleness(document: TokenDocument, *, now: datetime) -> list[str]:
    """Return that the token's own `exp` is past, if it is; the document may say otherwise."""
    expiry = claims_of(document.access_token).get("exp")
    if isinstance(expiry, bool) or not isinstance(expiry, int | float) or expiry > now.timestamp():
        return []
    return [f"the token's own exp is past ({_spelt(expiry)})"]


def _spelt(expiry: float) -> str:
    try:
        return datetime.fromtimestamp(expiry, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return "before any date"
