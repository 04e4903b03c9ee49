"""What every request passes: the journal, and its fault if one is scripted."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from functools import partial

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emulator.clock import Clock
from emulator.concealing import shown, shown_text
from emulator.control import PREFIX
from emulator.faults import Endpoint, Faults, Hit, Traits
from emulator.journal import Entry, Journal
from emulator.notes import Note, open_note
from emulator.peeking import peeked, traits_of
from emulator.spoiling import Spoiled

_EXCHANGE = re.compile(r"(/compliance)?/adminapi/", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontDoor:
    """Stands before an application; control requests go straight through."""

    app: ASGIApp
    faults: Faults
    journal: Journal
    clock: Clock
    """The time that the journal notes."""
    date: Callable[[str], Clock]
    """Tells the clock whose time is the `Date` of an answer to a path."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        note = open_note(scope)
        clock = self.date(scope["path"])
        dated = _Dated(send=send, clock=clock)
        if scope["path"].startswith(PREFIX):
            await self._control(scope, receive, dated)
            return
        body = b""
        if self.faults.asks_for_bodies:
            body, receive = await peeked(receive)
        traits = traits_of(scope, body)
        hit = self.faults.take(traits)
        record = _Record(self.journal, _entry(scope, traits, note, self.clock, hit), note, dated)
        try:
            await self._answer(hit, scope, receive, record)
        finally:
            record.close()

    async def _control(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the control endpoint, which no fault hits, but for what the issuer publishes."""
        traits = traits_of(scope, b"")
        is_public = traits.endpoint is Endpoint.ISSUER
        hit = self.faults.take(traits) if is_public else None
        await self._answer(hit, scope, receive, send)

    async def _answer(self, hit: Hit | None, scope: Scope, receive: Receive, send: Send) -> None:
        known = _with_known_case(scope)
        if hit is None:
            await self.app(known, receive, send)
            return
        spoiled = Spoiled(
            fault=hit.fault,
            app=self.app,
            scope=known,
            receive=receive,
            send=send,
            holding=partial(self.faults.holding, hit.id),
        )
        await spoiled.serve()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dated:
    """Puts the emulated time into the `Date` header."""

    send: Send
    clock: Clock

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", [])))
            headers.setdefault("date", format_datetime(self.clock(), usegmt=True))
            message = {**message, "headers": headers.raw}
        await self.send(message)


class _Record:
    """Notes an answer in the journal as it goes by."""

    def __init__(self, journal: Journal, entry: Entry, note: Note, send: Send) -> None:
        self._journal, self._entry, self._note, self._send = journal, entry, note, send
        self._began = asyncio.get_running_loop().time()
        self._is_noted = False

    async def __call__(self, message: Message) -> None:
        # Before it is sent: whoever has the answer must find it in the journal.
        if message["type"] == "http.response.start":
            self._entry.status = message["status"]
            self._write()
        else:
            self._entry.bytes += len(message.get("body", b""))
            self._entry.seconds = asyncio.get_running_loop().time() - self._began
        await self._send(message)

    def close(self) -> None:
        """Note the request though no answer was begun."""
        self._entry.seconds = asyncio.get_running_loop().time() - self._began
        self._write()

    def _write(self) -> None:
        if self._is_noted:
            return
        self._is_noted = True
        note, entry = self._note, self._entry
        entry.cmdlet = note.cmdlet or entry.cmdlet
        entry.client_id = note.client_id or entry.client_id
        entry.parameters = shown(note.parameters)
        self._journal.append(entry)


def _entry(scope: Scope, traits: Traits, note: Note, clock: Clock, hit: Hit | None) -> Entry:
    asked = Headers(scope=scope).get("client-request-id", "")
    return Entry(
        method=traits.method,
        path=shown_text(traits.path),
        host=traits.host,
        tenant=traits.tenant,
        client_id=note.client_id or traits.client_id,
        request_id=shown_text(asked) if asked.isascii() and len(asked) <= 64 else "",
        status=0,
        at=clock(),
        fault=hit.id if hit else None,
    )


def _with_known_case(scope: Scope) -> Scope:
    """Return *scope* with `/AdminApi/` in lower case: Exchange does not care how it is written."""
    if match := _EXCHANGE.match(scope["path"]):
        scope["path"] = match.group().lower() + scope["path"][match.end() :]
    return scope
