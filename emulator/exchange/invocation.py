"""InvokeCommand: from a request that names a cmdlet to the answer that carries its rows."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from emulator.exchange import adminapi, paging, replies
from emulator.exchange.calls import SERVER
from emulator.exchange.changes import is_change, is_question
from emulator.exchange.clixml import clixml
from emulator.exchange.failures import RefusedError, as_json_message
from emulator.exchange.payloads import json_members
from emulator.exchange.routing import leads_to_writable
from emulator.exchange.service import Exchange, Ran, Session, check, first_command, run
from emulator.exchange.settings import ExchangeSettings
from emulator.exchange.taskfailures import write_denied
from emulator.exchange.throttling import Throttle
from emulator.exchange.transience import Transience
from emulator.notes import note_of

_ASKS = "Are you sure you want to perform this action?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocations:
    """Runs cmdlets for requests, within the limits of the world."""

    exchange: Exchange
    throttle: Throttle
    transience: Transience

    async def answer(self, request: Request, session: Session, *, endpoint: str = "") -> Response:
        """Answer a command or the request for its next page.

        *endpoint* is the one of the Admin API that takes only some cmdlets.

        Raises:
            RefusedError: it is none, is not allowed now, or fails.
        """
        command, is_first = await _command(request)
        note = note_of(request)
        note.cmdlet, note.parameters = command.cmdlet, dict(command.parameters)
        if endpoint:
            adminapi.check_cmdlet(endpoint, command.cmdlet)
        spent = self.throttle.spend(session.tenant.id, command.cmdlet)
        self.transience.strike(session.tenant.id)
        try:
            response = self._outcome(request, session, command, is_first=is_first)
        except RefusedError as error:
            raise self._in_the_right_form(error) from None
        response.headers.update(spent)
        return response

    def _outcome(
        self, request: Request, session: Session, command: paging.Continuation, *, is_first: bool
    ) -> Response:
        if is_change(command.cmdlet):
            _refuse_by_guid(request, session)
        if is_question(command.cmdlet, command.parameters):
            check(command, session)
            members = {"@adminapi.confirmationmessage": _ASKS, "@adminapi.warnings": []}
            return replies.json(replies.collection(request, [], next_query=None, members=members))
        prefer = request.headers.get("prefer", "")
        size = paging.page_size(prefer, default=paging.LARGEST_PAGE)
        ran = run(command, session, size=size, is_first=is_first)
        if self._settings.empty_answers == "no-content" and _is_empty(ran):
            return Response(status_code=204)
        return replies.json(_document(request, command, ran))

    def _in_the_right_form(self, error: RefusedError) -> RefusedError:
        is_json = self._settings.error_details == "json"
        return as_json_message(error) if is_json and error.failure.has_details else error

    @property
    def _settings(self) -> ExchangeSettings:
        return self.exchange.world().exchange


async def _command(request: Request) -> tuple[paging.Continuation, bool]:
    """Return the command, and whether this is its first page."""
    token = request.query_params.get("$skiptoken")
    following = None if token is None else paging.continuation_of(token)
    if following and not following.lacks_parameters:
        return following, False
    sent = first_command(json_members(await request.body()).get("CmdletInput"))
    return (replace(following, parameters=sent.parameters), False) if following else (sent, True)


def _refuse_by_guid(request: Request, session: Session) -> None:
    """Let a change pass unless the address names the organization by its GUID alone."""
    if request.path_params["tenant"].lower() != session.tenant.id:
        return
    if not leads_to_writable(request.headers.get("x-anchormailbox", ""), session.tenant):
        raise write_denied(SERVER)


def _is_empty(ran: Ran) -> bool:
    return not (ran.page.rows or ran.warnings or ran.errors or ran.page.is_cut)


def _document(request: Request, command: paging.Continuation, ran: Ran) -> dict[str, object]:
    names = replies.select_names(request)
    rows = [replies.selected(row, names) for row in ran.page.rows]
    if request.headers.get("x-responseformat", "").strip().lower() == "clixml":
        shown = [replies.typed({"_clixml": clixml(row)}) for row in rows]
    else:
        shown = [replies.typed(row) for row in rows]
    more = [paging.MORE_RESULTS] if ran.page.is_cut else []
    return replies.collection(
        request,
        shown,
        next_query=_next_query(request, command, ran.page),
        members={"@adminapi.warnings": [*ran.warnings, *more], "@adminapi.errors": ran.errors},
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
