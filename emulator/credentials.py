"""Makes the credentials that an application of the emulated tenant signs in with."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

LIFE = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCertificate:
    """A key and its self-signed certificate, both as PEM."""

    certificate: str
    key: str = field(repr=False)

    @property
    def pem(self) -> str:
        """Key and certificate in one file, as the sidecar and azure-identity read it."""
        return self.key + self.certificate

    @property
    def thumbprint(self) -> str:
        """The certificate's SHA-1 in hexadecimal, as the portal shows it."""
        return self._loaded.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303  # a name only

    def pfx(self, password: str) -> bytes:
        """Return both as PKCS #12, encrypted with *password*."""
        key = _private(self.key)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError("client certificates are made with RSA keys")
        encryption = BestAvailableEncryption(password.encode())
        return serialize_key_and_certificates(b"exo-jobs", key, self._loaded, None, encryption)

    def encrypted_pem(self, password: str) -> str:
        """Return key and certificate in one file, the key encrypted with *password*."""
        key = _private(self.key)
        encryption = BestAvailableEncryption(password.encode())
        encrypted = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
        return encrypted.decode() + self.certificate

    @property
    def ends(self) -> datetime:
        """When the certificate expires."""
        return self._loaded.not_valid_after_utc

    @classmethod
    def from_pem(cls, text: str) -> Self:
        """Return key and certificate from the one file that `pem` is.

        Raises:
            ValueError: the file is something else, or the two do not belong together.
        """
        key, begin, rest = text.partition("-----BEGIN CERTIFICATE-----")
        made = cls(certificate=begin + rest, key=key)
        private = _private(key)
        if private.public_key() != made._loaded.public_key():
            raise ValueError("key and certificate do not belong together")
        return made

    @property
    def _loaded(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate.encode())


def new_client_certificate(
    *, now: datetime, life: timedelta = LIFE, name: str = "exo-jobs"
) -> ClientCertificate:
    """Return a new self-signed certificate that is valid from a minute before *now* for *life*."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = now - timedelta(minutes=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(start, start + life))
        .not_valid_after(max(start + life, start + timedelta(seconds=1)))
        .sign(key, hashes.SHA256())
    )
    return ClientCertificate(
        certificate=certificate.public_bytes(Encoding.PEM).decode(),
        key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    )


def _private(pem: str) -> PrivateKeyTypes:
    # The whole check of an RSA key takes as long as making one; this one was made here.
    return load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
