"""Entra ID over HTTP."""

import uuid
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.entra.certificates import Endpoint
from emulator.entra.refusals import Refusal
from emulator.entra.request import unknown_tenant
from emulator.entra.service import Entra, Granted
from emulator.notes import note_of

_PUBLIC = ("client_id", "grant_type", "scope", "client_assertion_type")
"""What of a token request may stand in the journal."""
_ANY_TENANT = {"common", "organizations", "consumers"}
_UNCACHED = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntraRoutes:
    """The addresses of an authority host."""

    entra: Entra

    def routes(self) -> list[Route]:
        """Return the routes; the tenant is a GUID or a domain."""
        discovery = "/.well-known/openid-configuration"
        return [
            Route("/common/discovery/instance", _instance_discovery),
            Route("/{tenant}" + discovery, self._configuration),
            Route("/{tenant}/v2.0" + discovery, self._configuration),
            Route("/{tenant}/discovery/keys", self._keys),
            Route("/{tenant}/discovery/v2.0/keys", self._keys),
            Route("/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
        ]

    async def _configuration(self, request: Request) -> Response:
        name = request.path_params["tenant"]
        tenant = self.entra.world().tenant(name)
        if tenant is None and name.lower() not in _ANY_TENANT:
            return _refused(request, unknown_tenant(name), self.entra)
        realm = f"{_authority(request)}/{name}"
        issuer = f"{_authority(request)}/{tenant.id if tenant else '{tenantid}'}/v2.0"
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{realm}/oauth2/v2.0/authorize",
                "token_endpoint": f"{realm}/oauth2/v2.0/token",
                "jwks_uri": f"{realm}/discovery/v2.0/keys",
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["token"],
                "subject_types_supported": ["pairwise"],
                "tenant_region_scope": "EU",
                "cloud_instance_name": "microsoftonline.com",
            }
        )

    async def _keys(self, _: Request) -> Response:
        return JSONResponse(self.entra.key.jwks)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        note_of(request).parameters = {n: form[n] for n in _PUBLIC if n in form}
        name = request.path_params["tenant"]
        asked = self.entra.read(name, form)
        if isinstance(asked, Refusal):
            return _refused(request, asked, self.entra)
        endpoint = Endpoint(authority=_authority(request), tenant_name=name)
        if self.entra.must_fetch(asked):
            decision = await run_in_threadpool(self.entra.decide, asked, endpoint)
        else:
            decision = self.entra.decide(asked, endpoint)
        if isinstance(decision, Refusal):
            return _refused(request, decision, self.entra)
        return JSONResponse(_body(decision), headers=_UNCACHED)


async def _instance_discovery(request: Request) -> Response:
    tenant = f"{_authority(request)}/common/.well-known/openid-configuration"
    host = request.url.netloc
    return JSONResponse(
        {
            "tenant_discovery_endpoint": tenant,
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }
    )


def _authority(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _body(granted: Granted) -> dict[str, object]:
    return {
        "token_type": "Bearer",
        "expires_in": granted.expires_in,
        "ext_expires_in": granted.expires_in,
        "access_token": granted.access_token,
    }


def _refused(request: Request, refusal: Refusal, entra: Entra) -> Response:
    trace = str(uuid.uuid4())
    body = refusal.body(
        now=entra.clock(),
        trace_id=trace,
        correlation_id=_correlation(request),
        authority=_authority(request),
    )
    headers = {**_UNCACHED, "x-ms-request-id": trace}
    return JSONResponse(body, status_code=refusal.status, headers=headers)


def _correlation(request: Request) -> str:
    """Return the client's own id where it sent one, as Entra does."""
    try:
        return str(uuid.UUID(request.headers.get("client-request-id", "")))
    except ValueError:
        return str(uuid.uuid4())
