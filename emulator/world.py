"""What is emulated: tenants, their applications and credentials, and how long tokens live.

`World` is the model of the YAML file of `exo-emulator serve --world`; tests build it in Python.
"""

import re
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from emulator.applications import Application, Certificate
from emulator.clouds import CLOUDS, Cloud, CloudName
from emulator.durations import Duration
from emulator.exchange.settings import ExchangeSettings
from emulator.strict import Guid, Strict

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")


def _domain(value: str) -> str:
    if not _DOMAIN.fullmatch(value.lower()):
        raise ValueError(f"{value!r} is not a domain name")
    return value.lower()


def _initial_first(value: tuple[str, ...]) -> tuple[str, ...]:
    if value and not value[0].endswith(".onmicrosoft.com"):
        raise ValueError(f"the first, {value[0]}, must end in .onmicrosoft.com")
    return value


class Tenant(Strict):
    """One organization."""

    id: Guid
    domains: Annotated[
        tuple[Annotated[str, AfterValidator(_domain)], ...],
        Field(min_length=1),
        AfterValidator(_initial_first),
    ]
    """The first is the initial domain, which ends in `.onmicrosoft.com`."""
    cloud: CloudName = CloudName.WORLDWIDE
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
    def in_cloud(self) -> Cloud:
        """The cloud that the tenant lives in."""
        return CLOUDS[self.cloud]

    @property
    def initial_domain(self) -> str:
        """The domain that a tenant is born with."""
        return self.domains[0]

    def application(self, client_id: str) -> Application | None:
        """Return the application of that id, if this tenant knows it."""
        return next((app for app in self.applications if app.client_id == client_id.lower()), None)


class EntraSettings(Strict):
    """How the emulated Entra is set to behave."""

    propagation: Duration = timedelta()
    """How long a federated credential is unknown after it was added; Entra takes minutes."""
    issuer_trust: tuple[Certificate, ...] = ()
    """Authorities that other issuers' addresses are trusted by, beside the emulator's own and the
    machine's."""
    issuer_addresses: dict[str, str] = Field(default_factory=dict)
    """Where an issuer's discovery document is really fetched, by the issuer; for a cluster whose
    issuer has a name that only its own pods can resolve."""
    requests_per_second: float | None = Field(default=None, gt=0)
    """What one tenant may ask for; beyond that the answer is 429 (90055) with Retry-After."""
    outage: Literal["none", "90006", "90024", "90033"] = "none"
    """A failure of Entra's own that every token request meets, as its AADSTS number."""


class World(Strict):
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
    entra: EntraSettings = EntraSettings()
    exchange: ExchangeSettings = ExchangeSettings()
    seed: int = 0
    """For what Entra draws at random: the life of each token."""
    tenants: tuple[Tenant, ...] = Field(min_length=1)

    def tenant(self, name: str) -> Tenant | None:
        """Return the tenant of that GUID or domain."""
        wanted = name.lower()
        return next((t for t in self.tenants if wanted == t.id or wanted in t.domains), None)

    @property
    def managed_identities(self) -> tuple[tuple[Tenant, Application], ...]:
        """Every application that the metadata endpoint hands out tokens for."""
        return tuple(
            (tenant, each)
            for tenant in self.tenants
            for each in tenant.applications
            if each.managed_identity
        )

    @model_validator(mode="after")
    def _one_system_identity(self) -> Self:
        system = [a for _, a in self.managed_identities if a.managed_identity == "system"]
        if len(system) > 1:
            raise ValueError("tenants: more than one application is the system-assigned identity")
        return self

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [name for tenant in self.tenants for name in (tenant.id, *tenant.domains)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"tenants: used more than once: {', '.join(twice)}")
        return self
