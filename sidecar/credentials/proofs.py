"""What a credential shows to Entra."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sidecar.credentials.kinds import CredentialKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is shown for one request, and what there is to tell of the credential behind it."""

    assertion: str = field(repr=False)
    """A client assertion (RFC 7523); of a client secret, the secret itself."""
    expires_at: datetime | None
    """When the credential itself ends."""
    reloaded: bool = False
    problem: str | None = None
    """Why the changed files cannot be used, so that the old ones still are."""


class Credential(Protocol):
    """Makes a proof for each request to Entra's token endpoint."""

    kind: CredentialKind

    def prove(self, *, client_id: str, token_endpoint: str) -> Proof:
        """Return a proof.

        Raises:
            CredentialError: there is none to be had.
        """
