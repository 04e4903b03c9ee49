"""Certificates as an application has them registered, parsed once.  Pure."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


@dataclass(frozen=True, slots=True)
class Registered:
    """A certificate and its thumbprints."""

    certificate: x509.Certificate
    sha1: bytes
    sha256: bytes
    key: RSAPublicKey | None
    """`None` where it is no RSA key, which Entra does not take."""

    def is_valid(self, now: datetime) -> bool:
        """Tell whether *now* lies within the certificate's time."""
        start, end = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        return start <= now <= end


@lru_cache(4_096)
def registered(pem: str) -> Registered:
    """Return the certificate in *pem*."""
    return registered_as(x509.load_pem_x509_certificate(pem.encode()))


def registered_as(certificate: x509.Certificate) -> Registered:
    """Return *certificate* with its thumbprints."""
    key = certificate.public_key()
    return Registered(
        certificate=certificate,
        # SHA-1 is what the older header carries; it names the key and protects nothing.
        sha1=certificate.fingerprint(hashes.SHA1()),  # noqa: S303
        sha256=certificate.fingerprint(hashes.SHA256()),
        key=key if isinstance(key, RSAPublicKey) else None,
    )
