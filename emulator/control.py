"""The control endpoint: faults and the journal over HTTP, below `/_emulator/`."""

from dataclasses import asdict, dataclass

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.faults import Fault, Faults
from emulator.issuer import PATH, LocalIssuer
from emulator.journal import Journal

PREFIX = "/_emulator/"
_FAULTS: TypeAdapter[list[Fault]] = TypeAdapter(list[Fault])


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRoutes:
    """What a test may ask of the emulator besides Microsoft's addresses."""

    faults: Faults
    journal: Journal
    issuer: LocalIssuer

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/_emulator/faults", self._faults, methods=["GET", "POST", "DELETE"]),
            Route("/_emulator/journal", self._journal, methods=["GET", "DELETE"]),
            Route(f"{PATH}/.well-known/openid-configuration", self._discovery),
            Route(f"{PATH}/openid/v1/jwks", self._jwks),
        ]

    async def _faults(self, request: Request) -> Response:
        match request.method:
            case "POST":
                return self._add(await request.body())
            case "DELETE":
                self.faults.clear()
        return JSONResponse([fault.model_dump() for fault in self.faults.waiting])

    def _add(self, body: bytes) -> Response:
        try:
            added = _FAULTS.validate_json(
                body if body.lstrip().startswith(b"[") else b"[%b]" % body
            )
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            return JSONResponse({"problems": problems}, status_code=400)
        for fault in added:
            self.faults.add(fault)
        return JSONResponse([fault.model_dump() for fault in added], status_code=201)

    async def _journal(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.journal.clear()
        return JSONResponse([asdict(entry) for entry in self.journal])

    async def _discovery(self, _: Request) -> Response:
        return JSONResponse(self.issuer.discovery)

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse(self.issuer.jwks)
