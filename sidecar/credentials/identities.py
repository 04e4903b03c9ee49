"""Identities for which no proof is ours to show: another program asks, or knows who we are."""

from dataclasses import dataclass, field

from sidecar.credentials.kinds import CredentialKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedIdentity:
    """An identity of the machine; the metadata service of the cloud gives its tokens.

    Without an id, the machine's own (system-assigned); with one, an identity that was assigned to
    it.
    """

    kind: CredentialKind = field(default=CredentialKind.MANAGED_IDENTITY, init=False)
    client_id: str | None = None
    object_id: str | None = None
    resource_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeveloperSignIn:
    """Whoever is signed in to a developer's tools: a person, so the token is a delegated one."""

    kind: CredentialKind = field(default=CredentialKind.DEVELOPER, init=False)
