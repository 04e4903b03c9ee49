"""What is emulated: tenants, their applications and credentials, and how long tokens live.

`World` is the model of the YAML file of `exo-emulator serve --world`; tests build it in Python.
"""

import re
from datetime import timedelta
from typing import Annotated, Literal, Self

from cryptography import x509
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from emulator.durations import Duration
from emulator.entra.directoryroles import TEMPLATE_IDS
from emulator.exchange.settings import ExchangeSettings

LOCAL_ISSUER = "local"
"""Written as an issuer, it means the emulator's built-in one, whose URL has a port chosen late."""

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")


def _guid(value: str) -> str:
    if not _GUID.fullmatch(value.lower()):
        raise ValueError(f"{value!r} is not a GUID")
    return value.lower()


def _domain(value: str) -> str:
    if not _DOMAIN.fullmatch(value.lower()):
        raise ValueError(f"{value!r} is not a domain name")
    return value.lower()


def _certificate(value: str) -> str:
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


Guid = Annotated[str, AfterValidator(_guid)]


class _Strict(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="forbid",
        frozen=True,
    )


class FederatedCredential(_Strict):
    """Whose tokens an application accepts as its own credential; compared letter by letter."""

    issuer: Annotated[str, AfterValidator(_issuer)] = LOCAL_ISSUER
    subject: str
    audience: str = "api://AzureADTokenExchange"


class Application(_Strict):
    """An app registration and its enterprise application in one tenant."""

    client_id: Guid
    object_id: Guid
    """The service principal's, which is the token's `oid`."""
    app_roles: tuple[str, ...] = ("Exchange.ManageAsApp",)
    directory_roles: tuple[Annotated[str, AfterValidator(_directory_role)], ...] = (
        "Exchange Administrator",
    )
    certificates: tuple[Annotated[str, AfterValidator(_certificate)], ...] = ()
    """PEM texts; the YAML file names files, relative to itself."""
    federated_credentials: tuple[FederatedCredential, ...] = Field(default=(), max_length=20)


class Tenant(_Strict):
    """One organization."""

    id: Guid
    domains: Annotated[tuple[Annotated[str, AfterValidator(_domain)], ...], Field(min_length=1)]
    """The first is the initial domain, which ends in `.onmicrosoft.com`."""
    mailboxes: int = Field(default=100, ge=0, le=1_000_000)
    seed: int = 0
    applications: tuple[Application, ...] = ()
    routing: Literal["direct", "by-anchor", "by-host"] = "direct"
    """Whether Exchange's front door sends requests on to the tenant's own host by 3xx.

    `by-anchor`: those whose X-AnchorMailbox does not lead to the tenant; `by-host`: all.
    """

    @model_validator(mode="after")
    def _client_ids_are_unique(self) -> Self:
        ids = [each.client_id for each in self.applications]
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            raise ValueError(f"applications: clientId used more than once: {', '.join(twice)}")
        return self

    @property
    def initial_domain(self) -> str:
        """The domain that a tenant is born with."""
        return self.domains[0]

    def application(self, client_id: str) -> Application | None:
        """Return the application of that id, if this tenant knows it."""
        return next((app for app in self.applications if app.client_id == client_id.lower()), None)

    @model_validator(mode="after")
    def _initial_domain_comes_first(self) -> Self:
        if not self.domains[0].endswith(".onmicrosoft.com"):
            raise ValueError(f"domains: the first, {self.domains[0]}, must end in .onmicrosoft.com")
        return self


class World(_Strict):
    """Everything that is emulated."""

    token_lifetime: Annotated[Duration, Field(ge=timedelta(seconds=1))] | None = None
    """`None`: 60 to 90 minutes at random, as Entra does."""
    latency: Duration = timedelta()
    """Added to each call of the Exchange API."""
    retry_wait_scale: float = Field(default=1.0, ge=0)
    """Told to the stub module at connect; multiplies its waits of 2, 4, 8, 16 and 32 s."""
    assertion_reuse: Literal["allowed", "refused"] = "allowed"
    """Whether one certificate assertion may be sent twice.

    Allowed by default because msal sends one assertion for up to nine minutes (read from its
    `create_regenerative_assertion`) and works against Entra.  Another assertion under a `jti`
    already seen is refused either way.
    """
    exchange: ExchangeSettings = ExchangeSettings()
    seed: int = 0
    """For what Entra draws at random: the life of each token."""
    tenants: tuple[Tenant, ...] = Field(min_length=1)

    def tenant(self, name: str) -> Tenant | None:
        """Return the tenant of that GUID or domain."""
        wanted = name.lower()
        return next((t for t in self.tenants if wanted == t.id or wanted in t.domains), None)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [name for tenant in self.tenants for name in (tenant.id, *tenant.domains)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"tenants: used more than once: {', '.join(twice)}")
        return self
