"""Credentials that are one text in one file: a projected token, a client secret."""

import hashlib
from functools import partial
from pathlib import Path

from sidecar.claims import expiry_of
from sidecar.credentials.kinds import CredentialKind
from sidecar.credentials.proofs import Proof
from sidecar.credentials.rereading import Rereading
from sidecar.errors import CredentialError


class FederatedToken:
    """A projected service-account token, read from its file for every request."""

    kind = CredentialKind.ASSERTION

    def __init__(self, file: Path) -> None:
        self._text = _rereading(file, "token")

    def prove(self, *, client_id: str, token_endpoint: str) -> Proof:
        """Return the token in the file; Entra checks whom it is for.  See `Credential`."""
        del client_id, token_endpoint  # the cluster has signed already
        return _proof(self._text)


class SecretFile:
    """A client secret.  Nothing tells when it ends."""

    kind = CredentialKind.CLIENT_SECRET

    def __init__(self, file: Path) -> None:
        self._text = _rereading(file, "client secret")

    def prove(self, *, client_id: str, token_endpoint: str) -> Proof:
        """Return the secret in the file.  See `Credential`."""
        del client_id, token_endpoint  # a secret is shown as it is
        return _proof(self._text)


def _proof(text: Rereading[str, str]) -> Proof:
    taken = text.take()
    return Proof(
        assertion=taken.value,
        expires_at=expiry_of(taken.value),
        reloaded=taken.reloaded,
        problem=taken.problem,
    )


def _rereading(file: Path, what: str) -> Rereading[str, str]:
    return Rereading(read=partial(_read, file, what), digest=_digest, make=str)


def _read(file: Path, what: str) -> str:
    try:
        text = file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise CredentialError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CredentialError(f"{file} holds no {what}") from None
    if not text:
        raise CredentialError(f"{file} is empty")
    return text


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
