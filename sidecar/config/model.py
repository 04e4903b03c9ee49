"""What a configuration may say: the models of the YAML file."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import (
    BeforeValidator,
    Field,
    field_validator,
    model_validator,
)

from contract.onexpiry import OnExpiry
from sidecar.config.base import Model
from sidecar.config.clouds import NAMED_RESOURCES, Environment
from sidecar.config.credentials import Credential
from sidecar.config.fields import (
    Address,
    AnyPath,
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
    WebhookAddress,
    WritableDirectory,
)


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


class Endpoints(Model):
    """Addresses that differ from the cloud's own."""

    authority: HttpsAddress | None = None
    connection_uri: HttpsAddress | None = None
    federated_audience: NonEmpty | None = None
    """The `aud` that Entra wants of a projected token; `doctor` compares it."""


class Resource(Model):
    """What a token is for: a known name, or a name with its scope."""

    name: Label
    scope: Scope | None = None

    @model_validator(mode="after")
    def _has_scope(self) -> Self:
        if self.scope is None and self.name not in NAMED_RESOURCES:
            known = ", ".join(sorted(NAMED_RESOURCES))
            raise ValueError(f"needs a scope; only {known} are known by name")
        return self


class Connection(Model):
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


class Refresh(Model):
    """How eagerly tokens are asked for."""

    start_splay: Duration = timedelta()
    attempt_timeout: Annotated[Duration, Field(ge=timedelta(seconds=1))] = timedelta(seconds=30)
    grace_period: Duration = timedelta(seconds=30)
    """How long the pod lives on after SIGTERM; what ends sooner is renewed once more."""
    workers: Annotated[int, Field(ge=1, le=64, strict=True)] = 8


class Output(Model):
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


class Server(Model):
    """Where metrics and probes are served."""

    address: Address = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, strict=True)] = 9464


class Tls(Model):
    """Whom to trust beside the machine's own authorities."""

    ca_file: ReadablePath | None = None


class Notify(Model):
    """Whom to tell of each renewal."""

    webhook: WebhookAddress | None = None
    """Gets a POST that says which token was renewed, never the token."""
    touch_file: AnyPath | None = None
    """Its modification time becomes that of the last renewal."""


class Config(Model):
    """The whole configuration."""

    connections: Annotated[dict[Label, Connection], Field(min_length=1)]
    refresh: Refresh = Refresh()
    output: Output
    server: Server = Server()
    tls: Tls = Tls()
    notify: Notify = Notify()
