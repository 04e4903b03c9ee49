"""What makes an emulator the same one after a restart: its authority, its keys, its credentials."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self, TypeVar

import trustme
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from emulator.credentials import ClientCertificate, new_client_certificate
from emulator.emulation import Keys
from emulator.entra.keys import SigningKey

_LIFE = timedelta(days=3_650)
"""Of the client's certificate: as long as a state folder may reasonably be kept."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """All that clients trust, and all that they prove themselves by."""

    ca: trustme.CA
    keys: Keys
    client: ClientCertificate
    secret: str = field(repr=False)
    """The application's client secret."""
    pfx_password: str = field(repr=False)
    key_password: str = field(repr=False)

    @classmethod
    def new(cls, *, now: datetime) -> Self:
        """Make a new one."""
        return cls(
            ca=trustme.CA(organization_name="exo-emulator"),
            keys=Keys(entra=SigningKey(), issuer=SigningKey()),
            client=new_client_certificate(now=now, life=_LIFE),
            secret=secrets.token_urlsafe(30),
            pfx_password=secrets.token_urlsafe(24),
            key_password=secrets.token_urlsafe(24),
        )

    def files(self) -> Mapping[str, bytes]:
        """Return what to write, by file name; `PUBLIC` says what is no secret."""
        return {
            "ca.pem": self.ca.cert_pem.bytes(),
            "ca-key.pem": self.ca.private_key_pem.bytes(),
            "entra-key.pem": self.keys.entra.pem,
            "issuer-key.pem": self.keys.issuer.pem,
            "client.pem": self.client.pem.encode(),
            "client-encrypted.pem": self.client.encrypted_pem(self.key_password).encode(),
            "key-password": self.key_password.encode(),
            "client.pfx": self.client.pfx(self.pfx_password),
            "pfx-password": self.pfx_password.encode(),
            "client-secret": self.secret.encode(),
        }

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], *, now: datetime) -> Self:
        """Return what `files` described.

        Raises:
            DamagedError: something is missing, expired, or not what it should be; with everything.
        """
        problems = [f"{name}: is missing" for name in NAMES if name not in files]
        read = _Reader(files, problems)
        ca = read.part("ca.pem", lambda data: _ca(data, files.get("ca-key.pem", b"")))
        entra = read.part("entra-key.pem", SigningKey.from_pem)
        issuer = read.part("issuer-key.pem", SigningKey.from_pem)
        client = read.part("client.pem", lambda data: _client(data, now))
        texts = [read.part(name, _text) for name in ("client-secret", "pfx-password")]
        key_password = read.part("key-password", _text)
        if not (ca and entra and issuer and client and all(texts) and key_password) or problems:
            raise DamagedError(problems)
        return cls(
            ca=ca,
            keys=Keys(entra=entra, issuer=issuer),
            client=client,
            secret=texts[0] or "",
            pfx_password=texts[1] or "",
            key_password=key_password,
        )


NAMES = (
    "ca.pem",
    "ca-key.pem",
    "entra-key.pem",
    "issuer-key.pem",
    "client.pem",
    "client-encrypted.pem",
    "key-password",
    "client.pfx",
    "pfx-password",
    "client-secret",
)
PUBLIC = frozenset({"ca.pem"})


class DamagedError(Exception):
    """Files of an identity are not what they should be; `problems` names each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class _Reader:
    files: Mapping[str, bytes]
    problems: list[str]

    def part(self, name: str, read: Callable[[bytes], T]) -> T | None:
        if name not in self.files:
            return None  # told already
        try:
            return read(self.files[name])
        except (ValueError, TypeError) as error:
            # The library's own words may hold a part of the file.
            reason = str(error) if isinstance(error, _ReasonError) else "is damaged"
            self.problems.append(f"{name}: {reason}")
            return None


class _ReasonError(ValueError):
    """What is wrong, in words that may be shown."""


def _ca(certificate: bytes, key: bytes) -> trustme.CA:
    private = load_pem_private_key(key, password=None)
    if private.public_key() != load_pem_x509_certificate(certificate).public_key():
        raise _ReasonError("does not belong to ca-key.pem")
    return trustme.CA.from_pem(certificate, key)


def _client(data: bytes, now: datetime) -> ClientCertificate:
    client = ClientCertificate.from_pem(data.decode("ascii"))
    if client.ends <= now:
        raise _ReasonError(f"expired on {client.ends:%Y-%m-%d}")
    return client


def _text(data: bytes) -> str:
    text = data.decode("ascii").strip()
    if not text:
        raise _ReasonError("is empty")
    return text
