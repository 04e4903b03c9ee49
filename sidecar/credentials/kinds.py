"""The kinds of credential, as a label of metrics and a field of the log names them.  Pure."""

from enum import StrEnum


class CredentialKind(StrEnum):
    """What kind of proof is shown to Entra."""

    CERTIFICATE = "certificate"
    ASSERTION = "assertion"
    CLIENT_SECRET = "client_secret"  # noqa: S105 - a name, not a secret
    MANAGED_IDENTITY = "managed_identity"
    DEVELOPER = "developer"
