"""How the application proves who it is, read anew as its files change."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sidecar.credentials.certificates import CertificateFiles, KeyPair, key_pair_of, read_files
from sidecar.entra.inspection import expiry_of
from sidecar.errors import CredentialError
from sidecar.observe.events import CredentialKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A client assertion (RFC 7523), and what there is to tell of the credential behind it."""

    assertion: str = field(repr=False)
    expires_at: datetime | None
    """When the credential itself ends."""
    reloaded: bool = False
    problem: str | None = None
    """Why the changed files cannot be used, so that the old ones still are."""


class Credential(Protocol):
    """Makes a proof for each request."""

    kind: CredentialKind

    def prove(self, *, client_id: str, token_endpoint: str) -> Proof:
        """Return a proof.

        Raises:
            CredentialError: there is none to be had.
        """


class FederatedToken:
    """A projected service-account token, read from its file for every request."""

    kind = CredentialKind.ASSERTION

    def __init__(self, file: Path) -> None:
        self._file = file

    def prove(self, *, client_id: str, token_endpoint: str) -> Proof:
        """Return the token in the file; Entra checks whom it is for.  See `Credential`."""
        del client_id, token_endpoint  # the cluster has signed already
        try:
            token = self._file.read_text(encoding="ascii").strip()
        except OSError as error:
            raise CredentialError(f"{self._file} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise CredentialError(f"{self._file} holds no token") from None
        if not token:
            raise CredentialError(f"{self._file} is empty")
        return Proof(assertion=token, expires_at=expiry_of(token))


class CertificateFile:
    """A certificate with its key; the old pair stays in use while a new one cannot be."""

    kind = CredentialKind.CERTIFICATE

    def __init__(
        self, file: Path, *, key_file: Path | None, password_file: Path | None, send_chain: bool
    ) -> None:
        self._file, self._key_file, self._password_file = file, key_file, password_file
        self._send_chain = send_chain
        self._pair: KeyPair | None = None
        self._seen: bytes | None = None
        self._problem: str | None = None

    def prove(self, *, client_id: str, token_endpoint: str) -> Proof:
        """Sign an assertion with PS256, naming the certificate by `x5t#S256`.  See `Credential`."""
        known = self._pair
        changed = self._reread()
        if self._pair is None:
            raise CredentialError(self._problem or f"{self._file} is not read yet")
        return Proof(
            assertion=self._signed(self._pair, client_id, token_endpoint),
            expires_at=self._pair.expires_at,
            reloaded=changed and known is not None and self._problem is None,
            problem=self._problem if changed else None,
        )

    def _reread(self) -> bool:
        """Take the files as they are now and tell whether they changed since the last look."""
        try:
            files = self._files()
        except CredentialError as error:
            self._seen = None  # so that the same bytes are looked at again when they are back
            return self._became(str(error))
        if files.digest == self._seen:
            return False
        self._seen = files.digest
        try:
            self._pair = key_pair_of(files)
        except CredentialError as error:
            return self._became(str(error))
        self._problem = None
        return True

    def _became(self, problem: str) -> bool:
        before, self._problem = self._problem, problem
        return problem != before

    def _files(self) -> CertificateFiles:
        return read_files(self._file, key_file=self._key_file, password_file=self._password_file)

    def _signed(self, pair: KeyPair, client_id: str, token_endpoint: str) -> str:
        from msal.oauth2cli import JwtAssertionCreator  # noqa: PLC0415 - as costly as cryptography

        creator = JwtAssertionCreator(
            pair.key,
            algorithm="PS256",
            sha256_thumbprint=pair.sha256_thumbprint,
            headers={"x5c": list(pair.chain)} if self._send_chain else {},
        )
        signed: bytes = creator.create_normal_assertion(audience=token_endpoint, issuer=client_id)
        return signed.decode()
