"""Which resource a scope, or the older `resource` parameter, names.  Pure."""

from dataclasses import dataclass

from emulator.clouds import GRAPH_APP_ID, Cloud

_OF_OPENID = {"openid", "offline_access", "profile", "email"}
_OF_OPENID = {"openid", "offline_access", "profile", "email"}
_GRAPH_URLS = ("https://graph.", "https://dod-graph.", "https://microsoftgraph.")
_PERMISSIONS = {
    # Application permissions of the two resources, as far as Exchange automation meets them.
    "exchange": {
        *("Exchange.ManageAsApp", "Exchange.ManageAsAppV2", "full_access_as_app", "Mail.Read"),
        *("Mail.ReadWrite", "Mail.Send", "MailboxSettings.Read", "Calendars.Read", "User.Read.All"),
    },
    "graph": {
        *("Application.Read.All", "AuditLog.Read.All", "Directory.Read.All", "Group.Read.All"),
        *("Mail.Read", "Mail.ReadWrite", "Mail.Send", "MailboxSettings.Read", "Reports.Read.All"),
        *("Sites.Read.All", "User.Read.All", "User.ReadWrite.All"),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One part of a scope parameter: a resource, and a permission of it."""

    resource: str
    permission: str
    """`.default` is all that was granted; for anything else, a client cannot ask."""

    @property
    def is_default(self) -> bool:
        """Whether this is what the client credentials grant may ask for."""
        return self.permission == ".default"

    @property
    def exists(self) -> bool:
        """Whether the resource has such a permission at all."""
        kind = "graph" if is_graph(self.resource) else "exchange"
        return self.is_default or self.permission in _PERMISSIONS[kind]


def scopes_of(parameter: str) -> list[Scope]:
    """Read a scope parameter: `<resource>/<permission>` each; a resource is a URL or an app id.

    The scopes of OpenID Connect ask for no resource: MSAL for Go sends them with every request.
    """
    return [_scope(part) for part in parameter.split() if part not in _OF_OPENID]


def _scope(part: str) -> Scope:
    resource, slash, permission = part.rpartition("/")
    # `https://host//.default` asks for a resource that itself ends in a slash.
    return Scope(resource=resource if slash else part, permission=permission if slash else "")


def audience_of(resource: str, cloud: Cloud) -> str | None:
    """Return the `aud` of a token for *resource*; `None` where *cloud* has no such resource."""
    return cloud.resources.get(resource.rstrip("/"))


def is_graph(resource: str) -> bool:
    """Tell whether the resource, or audience, is Microsoft Graph's."""
    return resource == GRAPH_APP_ID or resource.startswith(_GRAPH_URLS)


def roles_for(audience: str, app_roles: tuple[str, ...]) -> list[str]:
    """Return which of an application's roles belong to the resource *audience*."""
    return [role for role in app_roles if role.startswith("Exchange.") != is_graph(audience)]
