"""The control endpoint, below `/_emulator/`: faults, journal, clocks, world and reset over HTTP.

| address | method | |
|---|---|---|
| `faults` | GET POST DELETE | those to come with their hits; add one or a list; remove all |
| `faults/{id}` | DELETE | remove one |
| `journal` | GET DELETE | `?since=&cmdlet=&path=&status=&limit=`; forget all |
| `clock` | GET PUT | `{"shift": "1h", "entra": "-10m", "exchange": "0s"}` |
| `settings` | GET PATCH | what is set for the whole world, such as `{"tokenLifetime": "5s"}` |
| `world` | GET PUT | the whole world; secrets are not shown |
| `tenants/{tenant}/applications/{client_id}/federated-credentials` | GET POST DELETE | |
| `issuer/tokens` | POST | `{"subject": "…", "audience": "…", "lifetime": "1h", "claims": {…}}` |
| `issuer/rotate` | POST | sign with a new key |
| `reset` | POST | back to the beginning |

A server that listens on more than loopback answers these to clients on its own machine (or pod)
alone, unless it is told otherwise: whoever may set faults and mint tokens owns the tenant.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.controlbodies import (
    FAULTS,
    ClockShift,
    TokenOrder,
    as_problems,
    federated_credential_of,
    members_of,
    whole_world,
)
from emulator.issuer import PATH
from emulator.worldchanges import NotThereError, patched, with_credential, without_credentials

if TYPE_CHECKING:
    from emulator.emulation import Emulation

PREFIX = "/_emulator/"

Handler = Callable[[Request, bytes], Response]
"""Answers a request with this body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRoutes:
    """What a test may ask of the emulator besides Microsoft's addresses."""

    emulation: "Callable[[], Emulation]"
    is_remote: bool
    """Whether clients elsewhere may control the emulator."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        credentials = "tenants/{tenant}/applications/{client_id}/federated-credentials"
        return [
            self._route("faults", self._faults, "GET", "POST", "DELETE"),
            self._route("faults/{id:int}", self._fault, "DELETE"),
            self._route("journal", self._journal, "GET", "DELETE"),
            self._route("clock", self._clock, "GET", "PUT"),
            self._route("settings", self._settings, "GET", "PATCH"),
            self._route("world", self._world, "GET", "PUT"),
            self._route(credentials, self._credentials, "GET", "POST", "DELETE"),
            self._route("issuer/tokens", self._mint, "POST"),
            self._route("issuer/rotate", self._rotate, "POST"),
            self._route("reset", self._reset, "POST"),
            # Whoever verifies the issuer's tokens must find its keys, from wherever.
            Route(f"{PATH}/.well-known/openid-configuration", self._discovery),
            Route(f"{PATH}/openid/v1/jwks", self._jwks),
        ]

    def _route(self, path: str, handle: Handler, *methods: str) -> Route:
        async def guarded(request: Request) -> Response:
            if not (self.is_remote or _is_near(request)):
                text = "control is for clients on the emulator's own machine; see --remote-control"
                return JSONResponse({"problems": [text]}, status_code=403)
            try:
                return handle(request, await request.body())
            except ValidationError as error:
                return JSONResponse({"problems": as_problems(error)}, status_code=400)
            except ValueError as error:
                return JSONResponse({"problems": [str(error)]}, status_code=400)
            except NotThereError as error:
                return JSONResponse({"problems": [str(error)]}, status_code=404)

        return Route(PREFIX + path, guarded, methods=list(methods))

    def _faults(self, request: Request, body: bytes) -> Response:
        faults = self.emulation().faults
        match request.method:
            case "POST":
                listed = body if body.lstrip().startswith(b"[") else b"[%b]" % body
                added = [(faults.add(each), each) for each in FAULTS.validate_json(listed)]
                shown = [{"id": number, **_dumped(each)} for number, each in added]
                return JSONResponse(shown, status_code=201)
            case "DELETE":
                faults.clear()
        return JSONResponse(
            [{"id": s.id, "hits": s.hits, **_dumped(s.fault)} for s in faults.states]
        )

    def _fault(self, request: Request, _: bytes) -> Response:
        if not self.emulation().faults.remove(request.path_params["id"]):
            raise NotThereError(f"there is no fault {request.path_params['id']}")
        return JSONResponse({})

    def _journal(self, request: Request, _: bytes) -> Response:
        journal, query = self.emulation().journal, request.query_params
        if request.method == "DELETE":
            journal.clear()
        since = journal.since(int(query.get("since", 0)))
        found = [each for each in since if each.fits(query)]
        limit = int(query.get("limit", len(found)))
        entries = [{**asdict(each), "at": each.at.isoformat()} for each in found[:limit]]
        return JSONResponse(entries, headers={"X-Journal-Count": str(journal.count)})

    def _clock(self, request: Request, body: bytes) -> Response:
        clocks = self.emulation().clocks
        if request.method == "PUT":
            wanted = ClockShift.model_validate_json(body)
            clocks.whole.shift = wanted.shift
            clocks.entra.shift, clocks.exchange.shift = wanted.entra, wanted.exchange
        shown = {
            "now": clocks.whole().isoformat(),
            "entra": clocks.entra().isoformat(),
            "exchange": clocks.exchange().isoformat(),
        }
        return JSONResponse(shown)

    def _settings(self, request: Request, body: bytes) -> Response:
        emulation = self.emulation()
        if request.method == "PATCH":
            emulation.world = patched(emulation.world, members_of(body))
        return JSONResponse(
            emulation.world.model_dump(mode="json", by_alias=True, exclude={"tenants"})
        )

    def _world(self, request: Request, body: bytes) -> Response:
        emulation = self.emulation()
        if request.method == "PUT":
            emulation.world = whole_world(body)
            emulation.exchange.reset()  # its mailboxes are others now
        return JSONResponse(emulation.world.model_dump(mode="json", by_alias=True))

    def _credentials(self, request: Request, body: bytes) -> Response:
        emulation, place = self.emulation(), request.path_params
        tenant, client_id = place["tenant"], place["client_id"]
        match request.method:
            case "POST":
                added = federated_credential_of(body)
                emulation.world = with_credential(emulation.world, tenant, client_id, added)
            case "DELETE":
                emulation.world = without_credentials(emulation.world, tenant, client_id)
        found = emulation.world.tenant(tenant)
        application = found.application(client_id) if found else None
        if application is None:
            raise NotThereError(f"there is no application {client_id} in {tenant}")
        return JSONResponse([_dumped(each) for each in application.federated_credentials])

    def _mint(self, _: Request, body: bytes) -> Response:
        order = TokenOrder.model_validate_json(body or b"{}")
        issuer = self.emulation().issuer
        token = issuer.mint(
            subject=order.subject,
            audience=order.audience,
            lifetime=order.lifetime,
            **order.claims,
        )
        return JSONResponse({"token": token, "issuer": issuer.url}, status_code=201)

    def _rotate(self, _: Request, __: bytes) -> Response:
        self.emulation().issuer.rotate()
        return JSONResponse(self.emulation().issuer.jwks)

    def _reset(self, _: Request, __: bytes) -> Response:
        self.emulation().reset()
        return JSONResponse({})

    async def _discovery(self, _: Request) -> Response:
        return JSONResponse(self.emulation().issuer.discovery)

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse(self.emulation().issuer.jwks)


def _is_near(request: Request) -> bool:
    try:
        return request.client is None or ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _dumped(model: BaseModel) -> dict[str, object]:
    return model.model_dump(mode="json", by_alias=True)
