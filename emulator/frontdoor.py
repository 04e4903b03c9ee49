"""What every request passes: its fault, if one is scripted, and the journal."""

import asyncio
import re

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emulator.control import PREFIX
from emulator.faults import Fault, Faults
from emulator.journal import Entry, Journal
from emulator.notes import open_note

_EXCHANGE = re.compile(r"(/compliance)?/adminapi/", re.IGNORECASE)


class FrontDoor:
    """Stands before an application; control requests go straight through."""

    def __init__(self, app: ASGIApp, *, faults: Faults, journal: Journal) -> None:
        self._app = app
        self._faults = faults
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        note = open_note(scope)
        if scope["type"] != "http" or scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        method, path, noted = scope["method"], scope["path"], False

        def note_answer(status: int) -> None:
            nonlocal noted
            if not noted:
                entry = Entry(
                    method=method,
                    path=path,
                    cmdlet=note.cmdlet,
                    parameters=note.parameters,
                    status=status,
                )
                self._journal.append(entry)
            noted = True

        async def noting(message: Message) -> None:
            # Before it is sent: whoever has the answer must find it in the journal.
            if message["type"] == "http.response.start":
                note_answer(message["status"])
            await send(message)

        fault = self._fault(scope)
        if fault:
            await asyncio.sleep(fault.delay)
        try:
            await self._answer(fault, scope, receive, noting)
        finally:
            note_answer(500)  # no answer was begun

    def _fault(self, scope: Scope) -> Fault | None:
        cmdlet = Headers(scope=scope).get("x-cmdletname", "")
        return self._faults.take(method=scope["method"], path=scope["path"], cmdlet=cmdlet)

    async def _answer(
        self, fault: Fault | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if fault is None or fault.status is None:
            await self._app(_with_known_case(scope), receive, send)
            return
        response = Response(fault.body, status_code=fault.status, headers=fault.headers)
        await response(scope, receive, send)


def _with_known_case(scope: Scope) -> Scope:
    """Return *scope* with `/AdminApi/` in lower case: Exchange does not care how it is written."""
    if match := _EXCHANGE.match(scope["path"]):
        scope["path"] = match.group().lower() + scope["path"][match.end() :]
    return scope
