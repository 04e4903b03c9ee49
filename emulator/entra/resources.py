"""Which resources a token can be asked for (worldwide cloud), and how a scope names one.  Pure."""

from dataclasses import dataclass

from contract.freshness import EXCHANGE_APP_ID

EXCHANGE = "https://outlook.office365.com"
COMPLIANCE = "https://ps.compliance.protection.outlook.com"
GRAPH = "https://graph.microsoft.com"
_GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"

_RESOURCES = {
    EXCHANGE: EXCHANGE,
    COMPLIANCE: COMPLIANCE,
    GRAPH: GRAPH,
    EXCHANGE_APP_ID: EXCHANGE_APP_ID,
    _GRAPH_APP_ID: _GRAPH_APP_ID,
}

_DEFAULT = "/.default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a scope parameter asks for."""

    resource: str
    is_default: bool
    count: int

    @property
    def audience(self) -> str | None:
        """The `aud` of a token for it, or `None` where no such resource is in any tenant."""
        return _RESOURCES.get(self.resource.rstrip("/"))


def scope_of(parameter: str) -> Scope:
    """Read *parameter*: `<resource>/.default`, where the resource is a URL or an app id."""
    parts = parameter.split()
    first = parts[0] if parts else ""
    return Scope(
        resource=first.removesuffix(_DEFAULT),
        is_default=first.endswith(_DEFAULT) and first != _DEFAULT,
        count=len(parts),
    )


def roles_for(audience: str, app_roles: tuple[str, ...]) -> list[str]:
    """Return which of an application's roles belong to the resource *audience*."""
    of_graph = audience in {GRAPH, _GRAPH_APP_ID}
    return [role for role in app_roles if role.startswith("Exchange.") != of_graph]
