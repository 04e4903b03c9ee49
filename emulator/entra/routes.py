"""Entra ID over HTTP."""

import uuid
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.entra.discovery import configuration, instances
from emulator.entra.endpoint import Endpoint, elsewhere
from emulator.entra.imds import MetadataRoutes
from emulator.entra.refusals import Refusal
from emulator.entra.request import unknown_tenant
from emulator.entra.service import Entra, Granted
from emulator.notes import note_of

_PUBLIC = ("client_id", "grant_type", "scope", "resource", "client_assertion_type")
"""What of a token request may stand in the journal."""
_ANY_TENANT = {"common", "organizations", "consumers"}
_UNCACHED = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntraRoutes:
    """The addresses of an authority host, and of the metadata service."""

    entra: Entra

    def routes(self) -> list[Route]:
        """Return the routes; the tenant is a GUID or a domain."""
        discovery = "/.well-known/openid-configuration"
        return [
            *MetadataRoutes(entra=self.entra).routes(),
            Route("/common/discovery/instance", self._instances),
            Route("/{tenant}" + discovery, self._configuration),
            Route("/{tenant}/v2.0" + discovery, self._configuration),
            Route("/{tenant}/discovery/keys", self._keys),
            Route("/{tenant}/discovery/v2.0/keys", self._keys),
            Route("/{tenant}/oauth2/token", self._token, methods=["POST"]),
            Route("/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
        ]

    async def _instances(self, request: Request) -> Response:
        asked_for = request.query_params.get("authorization_endpoint", "")
        authority = _endpoint(request).authority
        found = instances(asked_for, netloc=request.url.netloc, authority=authority)
        return self._refused(request, found) if isinstance(found, Refusal) else JSONResponse(found)

    async def _configuration(self, request: Request) -> Response:
        endpoint = _endpoint(request)
        tenant = self.entra.world().tenant(endpoint.tenant_name)
        if tenant is None and endpoint.tenant_name.lower() not in _ANY_TENANT:
            return self._refused(request, unknown_tenant(endpoint.tenant_name))
        abroad = elsewhere(endpoint, tenant, is_confidential=False) if tenant else None
        if abroad:
            return self._refused(request, abroad)
        is_v1 = "/v2.0/" not in request.url.path
        name, authority = endpoint.tenant_name, endpoint.authority
        return JSONResponse(configuration(tenant, name, authority=authority, is_v1=is_v1))

    async def _keys(self, _: Request) -> Response:
        return JSONResponse(self.entra.key.jwks)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        note = note_of(request)
        note.client_id = form.get("client_id", "")
        note.parameters = {n: form[n] for n in _PUBLIC if n in form}
        endpoint = _endpoint(request)
        asked = self.entra.read(endpoint, form)
        if isinstance(asked, Refusal):
            return self._refused(request, asked)
        if self.entra.must_fetch(asked):
            decision = await run_in_threadpool(self.entra.decide, asked, endpoint)
        else:
            decision = self.entra.decide(asked, endpoint)
        if isinstance(decision, Refusal):
            return self._refused(request, decision)
        body = _v1_body(decision) if endpoint.is_v1 else _body(decision)
        return JSONResponse(body, headers=_UNCACHED)

    def _refused(self, request: Request, refusal: Refusal) -> Response:
        trace = str(uuid.uuid4())
        body = refusal.body(
            now=self.entra.clock(),
            trace_id=trace,
            correlation_id=_correlation(request),
            authority=_endpoint(request).authority,
        )
        wait = refusal.retry_after
        headers = {
            **_UNCACHED,
            "x-ms-request-id": trace,
            **({} if wait is None else {"Retry-After": str(wait)}),
        }
        return JSONResponse(body, status_code=refusal.status, headers=headers)


def _endpoint(request: Request) -> Endpoint:
    return Endpoint(
        authority=str(request.base_url).rstrip("/"),
        tenant_name=request.path_params.get("tenant", ""),
        host=request.url.hostname or "",
        is_v1=not request.url.path.endswith("/oauth2/v2.0/token"),
        client_address=request.client.host if request.client else "",
    )


def _body(granted: Granted) -> dict[str, object]:
    return {
        "token_type": "Bearer",
        "expires_in": granted.expires_in,
        "ext_expires_in": granted.expires_in,
        "access_token": granted.access_token,
    }


def _v1_body(granted: Granted) -> dict[str, object]:
    """Return the older endpoint's body, whose numbers are texts."""
    return {
        "token_type": "Bearer",
        "expires_in": str(granted.expires_in),
        "ext_expires_in": str(granted.expires_in),
        "expires_on": str(granted.expires_on),
        "not_before": str(granted.not_before),
        "resource": granted.resource,
        "access_token": granted.access_token,
    }


def _correlation(request: Request) -> str:
    """Return the client's own id where it sent one, as Entra does."""
    try:
        return str(uuid.UUID(request.headers.get("client-request-id", "")))
    except ValueError:
        return str(uuid.uuid4())
