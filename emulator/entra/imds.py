"""The instance metadata service, as far as it hands out tokens of managed identities.

Shapes and texts follow Azure's "How to use managed identities … to acquire an access token".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.applications import Application
from emulator.entra.request import Asked
from emulator.entra.resources import audience_of
from emulator.entra.service import Entra, Granted
from emulator.notes import note_of
from emulator.world import Tenant

PATH = "/metadata/identity/oauth2/token"
_OLDEST = "2018-02-01"
_SELECTORS = ("client_id", "object_id", "msi_res_id", "mi_res_id")


@dataclass(frozen=True, slots=True)
class Unmet:
    """A request that the metadata service refuses."""

    error: str
    text: str
    status: int = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataRoutes:
    """The one address that matters here."""

    entra: Entra

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route(PATH, self.answer, methods=["GET"])]

    async def answer(self, request: Request) -> Response:
        """Return a token of a managed identity, or why there is none."""
        query = dict(request.query_params)
        note_of(request).parameters = {
            name: query[name] for name in (*_SELECTORS, "resource", "api-version") if name in query
        }
        asked = self._asked(query, request.headers.get("metadata", ""))
        if isinstance(asked, Unmet):
            body = {"error": asked.error, "error_description": asked.text}
            return JSONResponse(body, status_code=asked.status)
        granted = self.entra.grant(asked)
        return JSONResponse(_body(granted, asked.application.client_id))

    def _asked(self, query: Mapping[str, str], metadata: str) -> Asked | Unmet:
        if metadata.lower() != "true":
            return Unmet("invalid_request", "Required metadata header not specified")
        if query.get("api-version", "") < _OLDEST:
            text = f"The api-version must be {_OLDEST} or later"
            return Unmet("invalid_request", text)
        resource = query.get("resource", "")
        if not resource:
            return Unmet("invalid_request", "Required query variable 'resource' is missing")
        found = self._identity(query)
        if isinstance(found, Unmet):
            return found
        tenant, application = found
        audience = audience_of(resource, tenant.in_cloud)
        if audience is None:
            text = f"AADSTS500011: The resource principal named {resource} was not found"
            return Unmet("invalid_resource", text)
        return Asked(
            tenant=tenant,
            application=application,
            audience=audience,
            resource=resource,
            proof=None,
        )

    def _identity(self, query: Mapping[str, str]) -> tuple[Tenant, Application] | Unmet:
        there = self.entra.world().managed_identities
        given = [(name, query[name]) for name in _SELECTORS if name in query]
        if len(given) > 1:
            return Unmet("invalid_request", f"Only one of {', '.join(_SELECTORS)} may be sent")
        if given:
            found = [each for each in there if _is(each[1], *given[0])]
        else:
            # Without a name, the machine's own identity is meant, or the only one there is.
            system = [each for each in there if each[1].managed_identity == "system"]
            found = system or (list(there) if len(there) == 1 else [])
        return found[0] if found else Unmet("invalid_request", "Identity not found")


def _is(application: Application, selector: str, value: str) -> bool:
    names = {"client_id": application.client_id, "object_id": application.object_id}
    wanted = names.get(selector, application.resource_id)
    return wanted is not None and wanted.lower() == value.lower()


def _body(granted: Granted, client_id: str) -> dict[str, str]:
    return {
        "access_token": granted.access_token,
        "client_id": client_id,
        "expires_in": str(granted.expires_in),
        "expires_on": str(granted.expires_on),
        "ext_expires_in": str(granted.expires_in),
        "not_before": str(granted.not_before),
        "resource": granted.resource,
        "token_type": "Bearer",
    }
