"""The RSA key that signs tokens, and its public half as a JWKS."""

import base64
import hashlib

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


class SigningKey:
    """Signs with RS256 and publishes what is needed to verify it."""

    def __init__(self) -> None:
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        numbers = self._private.public_key().public_numbers()
        modulus = numbers.n.to_bytes(256, "big")
        self.kid = _base64url(hashlib.sha256(modulus).digest()[:20])
        self._jwk = {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": _base64url(modulus),
            "e": _base64url(numbers.e.to_bytes(3, "big")),
        }

    @property
    def public(self) -> RSAPublicKey:
        """The public key."""
        return self._private.public_key()

    @property
    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public key as a JSON Web Key Set (RFC 7517)."""
        return {"keys": [self._jwk]}

    def sign(self, claims: dict[str, object], *, headers: dict[str, str] | None = None) -> str:
        """Return *claims* as a signed compact JWT."""
        header = {"kid": self.kid, **(headers or {})}
        return jwt.encode(claims, self._private, algorithm="RS256", headers=header)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
