"""What a JWT says of itself (RFC 7519); nothing here verifies it.  Pure."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime


def claims_of(token: str) -> Mapping[str, object]:
    """Return what can be read of a JWT's claims, nothing of an opaque token.  Verifies nothing."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        raw = base64.b64decode(parts[1] + "=" * (-len(parts[1]) % 4), altchars=b"-_")
        claims = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def expiry_of(token: str) -> datetime | None:
    """Return when a JWT says that it expires, if it says so."""
    value = claims_of(token).get("exp")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
