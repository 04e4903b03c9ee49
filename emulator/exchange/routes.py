"""The admin API over HTTP: finds the handler for an address, and answers also when it refuses."""

import asyncio
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.exchange import paging, replies, resources
from emulator.exchange.cmdlets import exported
from emulator.exchange.failures import RefusedError, resource_not_found
from emulator.exchange.modulefile import render
from emulator.exchange.service import Exchange, Session, first_command, run
from emulator.notes import note_of
from emulator.world import World

_ASKS = "Are you sure you want to perform this action?"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRoutes:
    """The addresses below `/adminapi/`."""

    exchange: Exchange
    world: Callable[[], World]
    module_template: Callable[[], str]

    def routes(self) -> list[Route]:
        """Return the one route; what follows the tenant is looked up here, whatever its case."""
        path = "/adminapi/{version}/{tenant}/{rest:path}"
        return [Route(path, self.answer, methods=["GET", "POST"])]

    async def answer(self, request: Request) -> Response:
        """Answer a call, after the world's latency."""
        await asyncio.sleep(self.world().latency.total_seconds())
        try:
            session = self.exchange.session(
                request.path_params["tenant"], request.headers.get("authorization", "")
            )
            note_of(request).client_id = session.caller.client_id
            response = await self._dispatch(request, session)
        except RefusedError as error:
            authority = str(request.base_url).rstrip("/")
            response = replies.failure_response(error.failure, authority=authority)
        unique = str(uuid.uuid4())
        response.headers.update(replies.standard_headers(request, note_of(request).cmdlet, unique))
        return response

    async def _dispatch(self, request: Request, session: Session) -> Response:
        rest = request.path_params["rest"].rstrip("/")
        match rest.lower():
            case "invokecommand":
                return await _invoke(request, session)
            case "exomodulefile":
                return self._module_file(request, session)
            case banner if re.match(r"exobanner\b", banner):
                return JSONResponse({"value": []})
            case _ if request.method == "GET":
                return resources.answer(request, session.estate, rest)
            case _:
                raise resource_not_found(f"No HTTP resource was found for '{rest}'.")

    def _module_file(self, request: Request, session: Session) -> Response:
        wanted = request.headers.get("commandname", "*")
        cmdlets = exported(wanted, session.caller.roles)
        note_of(request).parameters = {"CommandName": wanted}
        text = render(
            self.module_template(), cmdlets, retry_wait_scale=self.world().retry_wait_scale
        )
        file = {
            "fileName": "ExchangeOnline.psm1",
            "fileContent": text,
            "exportedCmdlets": ",".join(each.name for each in cmdlets),
        }
        return JSONResponse({"value": [file]})


async def _invoke(request: Request, session: Session) -> Response:
    token = request.query_params.get("$skiptoken")
    if token is None:
        command = first_command((await replies.body_members(request)).get("CmdletInput"))
    else:
        command = paging.continuation_of(token)
    note = note_of(request)
    note.cmdlet, note.parameters = command.cmdlet, dict(command.parameters)
    if _is_validation(command):
        members = {"@adminapi.confirmationmessage": _ASKS, "@adminapi.warnings": []}
        return JSONResponse(replies.collection(request, [], next_query=None, members=members))
    prefer = request.headers.get("prefer", "")
    size = paging.page_size(prefer, default=paging.LARGEST_PAGE)
    page = run(command, session, size=size, is_first=token is None)
    return JSONResponse(_document(request, command, page))


def _is_validation(command: paging.Continuation) -> bool:
    """Tell whether the client only asks what it should ask its user before a change."""
    changes = not command.cmdlet.lower().startswith("get-")
    return changes and command.parameters.get("Confirm") is True


def _document(
    request: Request, command: paging.Continuation, page: paging.Page
) -> dict[str, object]:
    names = replies.select_names(request)
    rows = [replies.typed(replies.selected(row, names)) for row in page.rows]
    warnings = [paging.MORE_RESULTS] if page.is_cut else []
    return replies.collection(
        request,
        rows,
        next_query=_next_query(request, command, page),
        members={"@adminapi.warnings": warnings, "@adminapi.errors": []},
    )


def _next_query(request: Request, command: paging.Continuation, page: paging.Page) -> str | None:
    if page.next_start is None:
        return None
    going_on = paging.Continuation(
        cmdlet=command.cmdlet,
        parameters=command.parameters,
        start=page.next_start,
        left=page.left,
    )
    query = {"$skiptoken": going_on.skip_token()}
    if select := request.query_params.get("$select"):
        query["$select"] = select
    return urlencode(query)
