"""How a fault goes wrong on the wire: delays, drips, cuts and hanging."""

import asyncio
from asyncio import FIRST_COMPLETED
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emulator.faults import Fault
from emulator.peeking import replayed, whole
from emulator.wire import wire_of

_CHUNK = 1 << 16
_GARBLE = bytes(byte ^ 0x80 for byte in range(256))
_EXTRA = "nothing that anybody needs"

Holding = Callable[[Callable[[], object]], AbstractContextManager[None]]
"""Calls what it is given when the fault is removed while the block runs."""


class _GoneError(Exception):
    """The client has given up."""


@dataclass(slots=True, kw_only=True)
class Spoiled:
    """One request that a fault strikes.

    Whatever it waits for ends when the client gives up, and when the fault is removed: a delayed
    answer then comes at once, a hanging connection closes.
    """

    fault: Fault
    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    holding: Holding
    _started: Message = field(default_factory=dict, init=False)
    _body: bytearray = field(default_factory=bytearray, init=False)
    _removed: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _gone: "asyncio.Task[None]" = field(init=False)

    async def serve(self) -> None:
        """Answer as the fault says."""
        asked = await whole(self.receive)
        self._gone = asyncio.create_task(self._until_gone())
        loop = asyncio.get_running_loop()
        try:
            with self.holding(lambda: loop.call_soon_threadsafe(self._removed.set)):
                await self._spoil(asked)
        except _GoneError:
            pass  # nobody is left to answer to
        finally:
            self._gone.cancel()

    async def _spoil(self, asked: bytes) -> None:
        fault = self.fault
        await self._wait(fault.delay)
        if fault.hang:
            await self._wait(None)
            await self._end(reset=False)
            return
        if fault.status is None or fault.executes:
            await self.app(_unpacked(self.scope), replayed(asked, self._disconnected), self._keep)
        status, headers, body = self._answer()
        await self._say(status, headers, body)

    async def _wait(self, seconds: float | None) -> None:
        """Wait so long, or for ever.

        Raises:
            _GoneError: the client gave up meanwhile.
        """
        if seconds == 0 or self._removed.is_set():
            return
        removed = asyncio.create_task(self._removed.wait())
        try:
            await asyncio.wait({removed, self._gone}, timeout=seconds, return_when=FIRST_COMPLETED)
        finally:
            removed.cancel()
        if self._gone.done():
            raise _GoneError

    async def _disconnected(self) -> Message:
        await asyncio.shield(self._gone)
        return {"type": "http.disconnect"}

    async def _keep(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = message
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    def _answer(self) -> tuple[int, MutableHeaders, bytes]:
        """Return the real answer, if there is one, with what the fault replaces."""
        fault, real = self.fault, self._started
        plain = [(b"content-type", b"text/plain; charset=utf-8")]
        kept = [h for h in real.get("headers", plain) if h[0] != b"content-length"]
        headers = MutableHeaders(raw=kept)
        for name, value in fault.headers.items():
            del headers[name]
            if value is not None:
                headers[name] = value
        for number in range(fault.more_headers):
            headers.append(f"x-more-{number}", _EXTRA)
        status = real["status"] if fault.status is None else fault.status
        body = bytes(self._body) if fault.body is None else fault.body.encode()
        return int(status), headers, body.translate(_GARBLE) if fault.garbled else body

    async def _say(self, status: int, headers: MutableHeaders, body: bytes) -> None:
        fault, cut = self.fault, self.fault.cut
        if cut and cut.after == "nothing":
            await self._end(reset=cut.reset)
            return
        size = len(body) if fault.body_size is None else fault.body_size
        if not fault.chunked:
            headers.setdefault("content-length", str(size))
        await self.send({"type": "http.response.start", "status": status, "headers": headers.raw})
        if fault.body_delay:
            await self._wait(fault.body_delay)
        until = size
        if cut:
            until = 0 if cut.after == "headers" else min(size, int(cut.after))
        await self._pour(body, until)
        if cut:
            await self._end(reset=cut.reset)
        else:
            await self._part(b"", more=False)

    async def _pour(self, body: bytes, until: int) -> None:
        """Send the first *until* bytes of *body*, repeated as far as they do not suffice."""
        drip = self.fault.drip
        step, pause = (drip.bytes, drip.every.total_seconds()) if drip else (_CHUNK, 0.0)
        source = body if until <= len(body) else body * (2 + step // len(body))
        for at in range(0, until, step):
            begin = at % len(body)
            await self._part(source[begin : begin + min(step, until - at)], more=True)
            await self._wait(pause if at + step < until else 0)

    async def _part(self, part: bytes, *, more: bool) -> None:
        await self.send({"type": "http.response.body", "body": part, "more_body": more})

    async def _end(self, *, reset: bool) -> None:
        await wire_of(self.scope).cut(reset=reset)
        await self._gone

    async def _until_gone(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


def _unpacked(scope: Scope) -> Scope:
    """Return the request without its wish for a compressed answer, which could not be changed."""
    headers = [each for each in scope["headers"] if each[0] != b"accept-encoding"]
    return {**scope, "headers": headers}
