"""What a configuration may say: the models of the YAML file."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from contract.onexpiry import OnExpiry
from sidecar.config.clouds import NAMED_RESOURCES, Environment
from sidecar.config.fields import (
    Address,
    Duration,
    Guid,
    HttpsAddress,
    Label,
    ModeText,
    NonEmpty,
    Organization,
    ReadablePath,
    Scope,
    Tenant,
    WritableDirectory,
    refuse,
    surroundings_in,
)


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, hide_input_in_errors=True
    )


class Certificate(_Model):
    """A certificate with its private key: PEM, in one file or two, or PFX."""

    file: ReadablePath
    key_file: ReadablePath | None = None
    password_file: ReadablePath | None = None
    send_chain: bool = False
    """Send the chain along, for an application that trusts by subject name and issuer."""

    @model_validator(mode="after")
    def _loads(self, info: ValidationInfo) -> Self:
        refuse(surroundings_in(info).certificate(self.file, self.key_file, self.password_file))
        return self


class WorkloadIdentity(_Model):
    """A projected service-account token; the kubelet renews the file."""

    token_file: ReadablePath


class ManagedIdentity(_Model):
    """An identity of the machine: its own, or the one assigned to it that has this id."""

    client_id: Guid | None = None
    object_id: Guid | None = None
    resource_id: NonEmpty | None = None

    @model_validator(mode="after")
    def _at_most_one(self) -> Self:
        if sum(each is not None for each in (self.client_id, self.object_id, self.resource_id)) > 1:
            raise ValueError("at most one of clientId, objectId and resourceId is needed")
        return self


class Developer(_Model):
    """Whoever is signed in to the Azure CLI or another tool of a developer."""


class ClientSecret(_Model):
    """A client secret."""

    file: ReadablePath


class Credential(_Model):
    """How the application proves who it is: exactly one of these."""

    certificate: Certificate | None = None
    workload_identity: WorkloadIdentity | None = None
    managed_identity: ManagedIdentity | None = None
    developer: Developer | None = None
    client_secret: ClientSecret | None = None

    @property
    def chosen(self) -> Certificate | WorkloadIdentity | ManagedIdentity | Developer | ClientSecret:
        """The one that is there."""
        return self._given()[0]

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self._given()) != 1:
            *names, last = (each.alias or "" for each in type(self).model_fields.values())
            raise ValueError(f"exactly one of {', '.join(names)} and {last} is needed")
        return self

    def _given(
        self,
    ) -> list[Certificate | WorkloadIdentity | ManagedIdentity | Developer | ClientSecret]:
        every = (
            self.certificate,
            self.workload_identity,
            self.managed_identity,
            self.developer,
            self.client_secret,
        )
        return [each for each in every if each is not None]


class Endpoints(_Model):
    """Addresses that differ from the cloud's own."""

    authority: HttpsAddress | None = None
    connection_uri: HttpsAddress | None = None
    federated_audience: NonEmpty | None = None
    """The `aud` that Entra wants of a projected token; `doctor` compares it."""


class Resource(_Model):
    """What a token is for: a known name, or a name with its scope."""

    name: Label
    scope: Scope | None = None

    @model_validator(mode="after")
    def _has_scope(self) -> Self:
        if self.scope is None and self.name not in NAMED_RESOURCES:
            known = ", ".join(sorted(NAMED_RESOURCES))
            raise ValueError(f"needs a scope; only {known} are known by name")
        return self


class Connection(_Model):
    """One application in one tenant."""

    tenant_id: Tenant
    organization: Organization
    client_id: Guid
    environment: Environment = Environment.WORLDWIDE
    endpoints: Endpoints = Endpoints()
    resources: Annotated[
        tuple[Annotated[Resource, BeforeValidator(_named)], ...], Field(min_length=1)
    ]
    credential: Credential

    @field_validator("resources")
    @classmethod
    def _once_each(cls, resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
        names = [resource.name for resource in resources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"listed twice: {', '.join(twice)}")
        return resources


class Refresh(_Model):
    """How eagerly tokens are asked for."""

    start_splay: Duration = timedelta()
    attempt_timeout: Annotated[Duration, Field(ge=timedelta(seconds=1))] = timedelta(seconds=30)
    workers: Annotated[int, Field(ge=1, le=64, strict=True)] = 8


class Output(_Model):
    """Where the token files go."""

    directory: WritableDirectory
    mode: ModeText = "0640"
    group: Annotated[int, Field(ge=0, le=4294967294, strict=True)] | None = None
    """The group id of files and folders; without one, what the volume gives them."""
    raw_token: bool = False
    """Write the bare token too, to `<resource>.token`, for programs that read nothing else."""
    on_expiry: OnExpiry = OnExpiry.KEEP
    """What becomes of a file whose token expired without a successor."""

    @property
    def file_mode(self) -> int:
        """The mode as a number."""
        return int(self.mode, 8)


class Server(_Model):
    """Where metrics and probes are served."""

    address: Address = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, strict=True)] = 9464


class Tls(_Model):
    """Whom to trust beside the machine's own authorities."""

    ca_file: ReadablePath | None = None


class Config(_Model):
    """The whole configuration."""

    connections: Annotated[dict[Label, Connection], Field(min_length=1)]
    refresh: Refresh = Refresh()
    output: Output
    server: Server = Server()
    tls: Tls = Tls()
