"""The admin API over HTTP: finds the handler for an address, and answers also when it refuses."""

import asyncio
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from starlette.convertors import PathConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.exchange import adminapi, batches, metadata, replies, resources
from emulator.exchange.access import PERMISSION, PERMISSION_V2
from emulator.exchange.endpoints import COMPLIANCE_PATH, Host, Service, host_of, service_at
from emulator.exchange.failures import (
    RefusedError,
    bad_request,
    method_not_allowed,
    no_such_address,
)
from emulator.exchange.invocation import Invocations
from emulator.exchange.modulefile import module_file
from emulator.exchange.packing import packed
from emulator.exchange.payloads import json_members
from emulator.exchange.routing import address_at, other_host
from emulator.exchange.service import Exchange, Session, exported
from emulator.exchange.subrequests import answer_member, subrequest
from emulator.exchange.throttling import Throttle
from emulator.exchange.transience import Transience
from emulator.notes import note_of
from emulator.world import World

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class _TextConvertor(PathConvertor):
    """Takes the rest of a path, also where an identity in it has line breaks."""

    regex = r"[\s\S]*"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRoutes:
    """The addresses below `/adminapi/`."""

    exchange: Exchange
    world: Callable[[], World]
    throttle: Throttle
    transience: Transience
    module_template: Callable[[], str]

    def routes(self) -> list[Route]:
        """Return the routes; what follows the tenant is looked up here, whatever its case."""
        register_url_convertor("text", _TextConvertor())
        path = "/adminapi/{version}/{tenant}/{rest:text}"
        return [
            Route(path, self.answer, methods=_METHODS),
            Route(COMPLIANCE_PATH + path, self.answer, methods=_METHODS),
        ]

    async def answer(self, request: Request) -> Response:
        """Answer a call, after the world's latency."""
        unique = str(uuid.uuid4())
        try:
            response = self._redirect(request) or await self._in_its_place(request)
        except RefusedError as error:
            response = self._refusal(request, error)
        response.headers.update(replies.standard_headers(request, note_of(request).cmdlet, unique))
        return packed(request, response)

    def _refusal(self, request: Request, error: RefusedError) -> Response:
        claims = self.world().exchange.claims_challenge
        authority = "" if _host(request) is None else str(request.base_url).rstrip("/")
        return replies.failure_response(error.failure, authority=authority, claims=claims)

    def _redirect(self, request: Request) -> Response | None:
        host, tenant = _host(request), self.world().tenant(request.path_params["tenant"])
        if host is None:
            raise bad_request("Bad Request - Invalid Hostname")
        if tenant is None:
            return None
        anchor = request.headers.get("x-anchormailbox", "")
        service = service_at(host.name, _path(request))
        elsewhere = other_host(host, service, tenant, anchor=anchor)
        if not elsewhere:
            return None
        # 307 keeps a POST a POST; which of the two the service sends then is a guess.
        status = 302 if request.method == "GET" else 307
        location = address_at(elsewhere, _path(request), request.url.query)
        return Response(status_code=status, headers={"Location": location})

    def _session(self, request: Request) -> Session:
        host, parts = _host(request) or Host(""), request.path_params
        is_v2 = adminapi.is_endpoint(request.method, parts["version"], _rest(request))
        return self.exchange.session(
            parts["tenant"],
            request.headers.get("authorization", ""),
            service=service_at(host.name, _path(request)),
            host=host.name,
            permission=PERMISSION_V2 if is_v2 else PERMISSION,
        )

    async def _in_its_place(self, request: Request) -> Response:
        """Answer while holding one of the tenant's places."""
        session = self._session(request)
        note_of(request).client_id = session.caller.client_id
        with self.throttle.place(session.tenant.id):
            await asyncio.sleep(self.world().latency.total_seconds())
            if _rest(request).lower() == "$batch" and request.method == "POST":
                return await self._batch(request)
            return await self._dispatch(request, session)

    async def _batch(self, request: Request) -> Response:
        sent = batches.raw_members(json_members(await request.body()))
        base = _path(request).rstrip("/")[: -len("/$batch")]
        responses = [await answer_member(each, base, request, self._member) for each in sent]
        return JSONResponse({"responses": responses})

    async def _member(self, request: Request, member: batches.Member) -> Response:
        """Answer a member of a batch as if it had come by itself."""
        inner = subrequest(request, member)
        if inner is None:
            raise no_such_address(member.path)
        try:
            response = await self._dispatch(inner, self._session(inner))
        except RefusedError as error:
            response = self._refusal(inner, error)
        note, unique = note_of(inner), str(uuid.uuid4())
        note_of(request).parameters[member.id] = {
            "cmdlet": note.cmdlet,
            "parameters": note.parameters,
            "status": response.status_code,
        }
        response.headers.update(replies.standard_headers(inner, note.cmdlet, unique))
        return response

    async def _dispatch(self, request: Request, session: Session) -> Response:
        spent = self.throttle.spend(session.tenant.id)
        response = await self._handled(request, session)
        for name, value in spent.items():
            response.headers.setdefault(name, value)  # a cmdlet's own budget is the narrower one
        return response

    async def _handled(self, request: Request, session: Session) -> Response:
        rest, parts = _rest(request), request.path_params
        if request.method not in {"GET", "POST"}:
            raise method_not_allowed(request.method)
        is_v2 = adminapi.is_endpoint(request.method, parts["version"], rest)
        if is_v2 or rest.lower() == "invokecommand":
            calls = Invocations(
                exchange=self.exchange, throttle=self.throttle, transience=self.transience
            )
            return await calls.answer(request, session, endpoint=rest if is_v2 else "")
        if rest.lower() == "exomodulefile":
            return self._module_file(request, session)
        return _described(request, rest) or _resource(request, session, rest)

    def _module_file(self, request: Request, session: Session) -> Response:
        wanted = request.headers.get("commandname", "*")
        version = request.query_params.get("Version", "")
        note_of(request).parameters = {"CommandName": wanted}
        file = module_file(
            self.module_template(),
            exported(wanted, session),
            version=version,
            retry_wait_scale=self.world().retry_wait_scale,
        )
        response = JSONResponse({"value": [file]})
        # Ties what follows to one machine of the service; there is but one here.
        response.set_cookie("exchangecookie", uuid.uuid4().hex, secure=True, httponly=True)
        return response


def _described(request: Request, rest: str) -> Response | None:
    """Answer what is asked of the API itself, or return `None`."""
    match rest.lower():
        case banner if re.match(r"exobanner\b", banner):
            return JSONResponse({"value": []})
        case "":
            return JSONResponse(metadata.service_root(replies.context(request, "")))
        case "$metadata":
            return Response(metadata.metadata(), media_type="application/xml")
        case _:
            return None


def _resource(request: Request, session: Session, rest: str) -> Response:
    if request.method != "GET" or session.service is not Service.EXCHANGE:
        raise no_such_address(rest)
    return resources.answer(request, session, rest)


def _rest(request: Request) -> str:
    return str(request.path_params["rest"]).rstrip("/")


def _path(request: Request) -> str:
    # NOTE: not `request.url.path`, which ends at a question mark that was sent as %3F.
    return str(request.scope["path"])


def _host(request: Request) -> Host | None:
    return host_of(request.headers.get("host", ""))
