"""Reads a JSON Web Token without trusting it, and verifies a signature by a key.  Pure."""

from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.types import Options

_SIGNATURE_ONLY: Options = {
    "verify_signature": True,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "require": [],
}


_END_OF_TIME = 1e12  # seconds; some thirty thousand years


@dataclass(frozen=True, slots=True, kw_only=True)
class Unverified:
    """What a token says of itself; nothing in it has been checked."""

    token: str
    header: dict[str, object]
    claims: dict[str, object]

    def text(self, claim: str) -> str:
        """Return the claim where it is a text, else an empty one."""
        value = self.claims.get(claim)
        return value if isinstance(value, str) else ""

    def header_text(self, name: str) -> str:
        """Return the header's member where it is a text, else an empty one."""
        value = self.header.get(name)
        return value if isinstance(value, str) else ""

    def seconds(self, claim: str) -> float | None:
        """Return the claim where it is a NumericDate (RFC 7519 §2)."""
        value = self.claims.get(claim)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if abs(value) < _END_OF_TIME else None  # NaN is no date either

    @property
    def audiences(self) -> list[str]:
        """The `aud` claim as a list, whichever of its two forms it has."""
        value = self.claims.get("aud")
        return [str(each) for each in value] if isinstance(value, list) else [str(value or "")]


def read(token: str) -> Unverified | None:
    """Return what *token* says, or `None` where it is no compact JWT."""
    try:
        whole = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    return Unverified(token=token, header=whole["header"], claims=whole["payload"])


def is_signed_by(token: Unverified, key: RSAPublicKey, *, algorithm: str) -> bool:
    """Tell whether *key* made the token's signature by *algorithm*."""
    try:
        jwt.decode(token.token, key, algorithms=[algorithm], options=_SIGNATURE_ONLY)
    except (jwt.PyJWTError, ValueError):
        return False
    return True
