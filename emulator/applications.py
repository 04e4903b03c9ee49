"""The applications of a tenant: what they may do, and how they prove who they are."""

from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal, Self

from cryptography import x509
from pydantic import AfterValidator, AwareDatetime, Field, SecretStr, model_validator

from emulator.entra.directoryroles import TEMPLATE_IDS
from emulator.strict import Guid, Strict

LOCAL_ISSUER = "local"
"""Written as an issuer, it means the emulator's built-in one, whose URL has a port chosen late."""
MOST_FEDERATED_CREDENTIALS = 20
"""Entra's limit for one application."""


def certificate_text(value: str) -> str:
    """Return *value*, a certificate as PEM.

    Raises:
        ValueError: it is none.
    """
    try:
        x509.load_pem_x509_certificate(value.encode())
    except ValueError:
        raise ValueError("is neither a file nor the text of a PEM certificate") from None
    return value


def _directory_role(value: str) -> str:
    if value not in TEMPLATE_IDS:
        raise ValueError(f"{value!r} is no directory role; known are {', '.join(TEMPLATE_IDS)}")
    return value


def _issuer(value: str) -> str:
    if value != LOCAL_ISSUER and not value.startswith("https://"):
        raise ValueError(f"{value!r} must be {LOCAL_ISSUER!r} or start with https://")
    return value


def _federated(value: tuple["FederatedCredential", ...]) -> tuple["FederatedCredential", ...]:
    if len(value) > MOST_FEDERATED_CREDENTIALS:
        raise ValueError(
            f"has {len(value)} entries; Entra takes {MOST_FEDERATED_CREDENTIALS} an application"
        )
    triples = [(each.issuer, each.subject, each.audience) for each in value]
    if len(set(triples)) < len(triples):
        raise ValueError("names the same issuer, subject and audience twice")
    return value


Certificate = Annotated[str, AfterValidator(certificate_text)]
"""A PEM text; the YAML file names a file, relative to itself."""


class FederatedCredential(Strict):
    """Whose tokens an application accepts as its own credential; compared letter by letter."""

    issuer: Annotated[str, AfterValidator(_issuer)] = LOCAL_ISSUER
    subject: Annotated[str, Field(min_length=1)]
    audience: Annotated[str, Field(min_length=1)] = "api://AzureADTokenExchange"


class ClientSecret(Strict):
    """A password of an application."""

    id: Guid
    """Its key id, which people send by mistake in place of its value."""
    value: SecretStr = Field(min_length=8)
    """The YAML file may name a `file` that holds it instead, relative to itself."""
    expires: AwareDatetime | None = None

    def is_expired(self, now: datetime) -> bool:
        """Tell whether it no longer counts."""
        return self.expires is not None and now >= self.expires


class SubjectName(Strict):
    """Certificates trusted by their subject and by who issued them, not one by one (SNI)."""

    subject: Annotated[str, Field(min_length=1)]
    """The leaf's common name, or a DNS name among its alternative names."""
    issuer: Certificate
    """The authority's certificate."""


class ConditionalAccess(Strict):
    """Policies for workload identities that hold for this application."""

    blocked_addresses: tuple[IPv4Network | IPv6Network, ...] = ()
    """Requests from there are refused (53003)."""
    device_required: bool = False
    """Needs a device that an application cannot have (50005)."""


class Application(Strict):
    """An app registration and its enterprise application in one tenant."""

    client_id: Guid
    object_id: Guid
    """The service principal's, which is the token's `oid`."""
    enabled: bool = True
    admin_consent: bool = True
    """Whether the tenant's administrator has granted the application its permissions."""
    app_roles: tuple[str, ...] = ("Exchange.ManageAsApp",)
    directory_roles: tuple[Annotated[str, AfterValidator(_directory_role)], ...] = (
        "Exchange Administrator",
    )
    certificates: tuple[Certificate, ...] = ()
    subject_names: tuple[SubjectName, ...] = ()
    federated_credentials: Annotated[
        tuple[FederatedCredential, ...], AfterValidator(_federated)
    ] = ()
    secrets: tuple[ClientSecret, ...] = ()
    managed_identity: Literal["system", "user"] | None = None
    """Whether it is the identity that the metadata endpoint (IMDS) hands out tokens for."""
    resource_id: str | None = None
    """Of a user-assigned identity, as `msi_res_id` names it."""
    conditional_access: ConditionalAccess = ConditionalAccess()

    @model_validator(mode="after")
    def _secret_ids_are_unique(self) -> Self:
        ids = [each.id for each in self.secrets]
        if len(set(ids)) < len(ids):
            raise ValueError("secrets: an id is used more than once")
        return self
