"""What to keep fresh: every resource of every connection, with all its addresses.  Pure."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sidecar.config.clouds import CLOUDS

if TYPE_CHECKING:  # the models are needed only where a configuration is read
    from sidecar.config.model import Config, Connection, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One token to keep: what to ask for, whom, and as whom."""

    connection: str
    resource: str
    tenant_id: str
    organization: str
    client_id: str
    environment: str
    authority: str
    """Where Entra answers, without the tenant."""
    scope: str
    connection_uri: str | None = None
    federated_audience: str = "api://AzureADTokenExchange"
    """What the `aud` of a projected token must be."""

    @property
    def name(self) -> str:
        """The target as logs and metrics name it."""
        return f"{self.connection}/{self.resource}"

    @property
    def audience(self) -> str:
        """The resource URL behind the scope, as in the token's `aud`."""
        return self.scope.removesuffix("/.default")


def targets_of(config: "Config") -> tuple[Target, ...]:
    """Return the targets in the order of the configuration."""
    return tuple(
        _target(name, connection, resource)
        for name, connection in config.connections.items()
        for resource in connection.resources
    )


def _target(name: str, connection: "Connection", resource: "Resource") -> Target:
    cloud = CLOUDS[connection.environment]
    endpoints = connection.endpoints
    return Target(
        connection=name,
        resource=resource.name,
        tenant_id=connection.tenant_id,
        organization=connection.organization,
        client_id=connection.client_id,
        environment=connection.environment,
        authority=(endpoints.authority or cloud.authority).rstrip("/"),
        scope=resource.scope or cloud.scopes[resource.name],
        connection_uri=endpoints.connection_uri,
        federated_audience=endpoints.federated_audience or cloud.federated_audience,
    )
