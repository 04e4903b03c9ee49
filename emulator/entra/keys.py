"""The RSA key that signs tokens, and its public half as a JWKS."""

import base64
import hashlib
from typing import Self

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

BITS = 2048


class SigningKey:
    """Signs with RS256 and publishes what is needed to verify it."""

    def __init__(self, private: RSAPrivateKey | None = None) -> None:
        self._private = private or rsa.generate_private_key(public_exponent=65537, key_size=BITS)
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

    @classmethod
    def from_pem(cls, pem: bytes) -> Self:
        """Return the key that *pem* holds.

        Raises:
            ValueError: it is no RSA key of 2,048 bits without a password.
        """
        try:
            # The whole check takes as long as making a key; this one was made here.
            key = load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
        except TypeError:  # a password is asked for
            raise ValueError("the key is encrypted") from None
        if not isinstance(key, RSAPrivateKey) or key.key_size != BITS:
            raise ValueError(f"the key is no RSA key of {BITS} bits")
        return cls(key)

    @property
    def pem(self) -> bytes:
        """The private key as PEM, not encrypted."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

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
