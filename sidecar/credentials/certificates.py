"""What a certificate file holds: the private key, the thumbprint, the chain, the expiry.

Only a process with a certificate imports `cryptography`: it is ten MiB that workload identity
does without.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sidecar.errors import CredentialError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFiles:
    """The bytes of a certificate's files, and where they came from."""

    file: Path
    data: bytes = field(repr=False)
    key_file: Path | None
    key_data: bytes | None = field(repr=False)
    password_file: Path | None
    password: bytes | None = field(repr=False)

    @property
    def digest(self) -> bytes:
        """Tells two states of the files apart."""
        parts = (self.data, self.key_data or b"", self.password or b"")
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A certificate that can sign."""

    key: "RSAPrivateKey" = field(repr=False)
    thumbprint: str
    """SHA-1 in hex, as the portal shows it."""
    sha256_thumbprint: str
    """In hex; Entra finds the registered certificate by it."""
    chain: tuple[str, ...]
    """Base64 of each DER certificate, the leaf first, as the JWT header `x5c` has it."""
    expires_at: datetime


def read_files(
    file: Path, *, key_file: Path | None, password_file: Path | None
) -> CertificateFiles:
    """Read the bytes.

    Raises:
        CredentialError: one of the files cannot be read.
    """
    return CertificateFiles(
        file=file,
        data=_bytes(file),
        key_file=key_file,
        key_data=_bytes(key_file) if key_file else None,
        password_file=password_file,
        password=_bytes(password_file).rstrip(b"\r\n") if password_file else None,
    )


def read_certificate(file: Path, *, key_file: Path | None, password_file: Path | None) -> KeyPair:
    """Read the key pair from its files.

    Raises:
        CredentialError: one cannot be read, or they do not make a key pair.
    """
    return key_pair_of(read_files(file, key_file=key_file, password_file=password_file))


def key_pair_of(files: CertificateFiles) -> KeyPair:
    """Return the key pair in *files*, which are PEM or PFX.

    Raises:
        CredentialError: there is none; the text names the file that is to blame.
    """
    is_pem = b"-----BEGIN" in files.data
    key, certificates = _from_pem(files) if is_pem else _from_pfx(files)
    return _key_pair(files, key, certificates)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CredentialError(f"{path} cannot be read: {error.strerror}") from None


def _from_pem(files: CertificateFiles) -> tuple[object, Sequence["Certificate"]]:
    from cryptography import x509  # noqa: PLC0415 - see the module's docstring

    try:
        certificates = x509.load_pem_x509_certificates(files.data)
    except ValueError:
        raise CredentialError(f"{files.file} holds no readable PEM certificate") from None
    return _pem_key(files), certificates


def _pem_key(files: CertificateFiles) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - as above
        load_pem_private_key,
    )

    where, data = files.key_file or files.file, files.key_data or files.data
    if b"PRIVATE KEY-----" not in data:
        raise CredentialError(f"{where} holds no private key; name the key's file as keyFile")
    encrypted = b"ENCRYPTED" in data
    if encrypted and files.password is None:
        raise CredentialError(f"the key in {where} is encrypted; name passwordFile")
    # A password for a key that has none is an error to the library, and a harmless leftover to us.
    password = files.password if encrypted else None
    try:
        return load_pem_private_key(_key_block(data), password)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        blame = f"; the password in {files.password_file} may be wrong" if encrypted else ""
        raise CredentialError(f"the private key in {where} cannot be read{blame}") from None


def _key_block(data: bytes) -> bytes:
    """Return the private key's block alone: the library wants it first."""
    end = data.index(b"PRIVATE KEY-----")
    return data[data.rindex(b"-----BEGIN", 0, end) :]


def _from_pfx(files: CertificateFiles) -> tuple[object, Sequence["Certificate"]]:
    from cryptography.hazmat.primitives.serialization.pkcs12 import (  # noqa: PLC0415 - as above
        load_pkcs12,
    )

    try:
        store = load_pkcs12(files.data, files.password)
    except ValueError:
        blame = (
            f"the password in {files.password_file} is wrong"
            if files.password_file
            else "a password is needed: name passwordFile"
        )
        raise CredentialError(f"{files.file} is not a PFX (or PEM) file, or {blame}") from None
    if store.cert is None or store.key is None:
        raise CredentialError(f"{files.file} lacks the certificate or its private key")
    others = [each.certificate for each in store.additional_certs]
    return store.key, [store.cert.certificate, *others]


def _key_pair(
    files: CertificateFiles, key: object, certificates: Sequence["Certificate"]
) -> KeyPair:
    from base64 import b64encode  # noqa: PLC0415 - as above

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    if not isinstance(key, RSAPrivateKey):
        raise CredentialError(
            f"the key in {files.key_file or files.file} is not RSA, as Entra wants"
        )
    public = key.public_key()
    leaf = next((each for each in certificates if each.public_key() == public), None)
    if leaf is None:
        raise CredentialError(
            f"{files.file} has no certificate for the key in {files.key_file or files.file}"
        )
    ordered = [leaf, *(each for each in certificates if each != leaf)]
    return KeyPair(
        key=key,
        thumbprint=leaf.fingerprint(SHA1()).hex().upper(),  # noqa: S303 - a name, not a proof
        sha256_thumbprint=leaf.fingerprint(SHA256()).hex(),
        chain=tuple(b64encode(each.public_bytes(Encoding.DER)).decode() for each in ordered),
        expires_at=leaf.not_valid_after_utc,
    )
