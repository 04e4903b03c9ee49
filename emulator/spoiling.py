"""How a fault goes wrong on the wire: delays, drips, cuts and hanging."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emulator import wire
from emulator.faults import Fault

_LOOK = 0.02  # seconds between two looks whether a hanging request was let go
_CHUNK = 1 << 16


@dataclass(slots=True, kw_only=True)
class Spoiled:
    """One request that a fault strikes."""

    fault: Fault
    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    removals: Callable[[], int]
    """Counts removals of faults; a hanging request ends when that changes."""
    _started: Message = field(default_factory=dict, init=False)
    _body: bytearray = field(default_factory=bytearray, init=False)

    async def serve(self) -> None:
        """Answer as the fault says."""
        before = self.removals()
        await asyncio.sleep(self.fault.delay)
        if self.fault.hang:
            await self._hang(before)
            return
        if self.fault.status is None or self.fault.executes:
            await self.app(self.scope, self.receive, self._keep)
        status, headers, body = self._answer()
        await self._say(status, headers, body)

    async def _keep(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = message
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    def _answer(self) -> tuple[int, MutableHeaders, bytes]:
        """Return the real answer with what the fault replaces."""
        fault, real = self.fault, self._started
        is_whole = fault.status is not None
        status = fault.status if fault.status is not None else int(real["status"])
        kept = [] if is_whole else [h for h in real["headers"] if h[0] != b"content-length"]
        headers = MutableHeaders(raw=list(kept))
        if is_whole:
            headers["content-type"] = "text/plain; charset=utf-8"
        for name, value in fault.headers.items():
            headers[name] = value
        body = bytes(self._body) if fault.body is None and not is_whole else _text(fault)
        return status, headers, body

    async def _say(self, status: int, headers: MutableHeaders, body: bytes) -> None:
        fault, cut = self.fault, self.fault.cut
        if cut and cut.after == "nothing":
            await self._end(reset=cut.reset)
            return
        size = fault.body_size if fault.body_size is not None else len(body)
        headers.setdefault("content-length", str(size))
        start = {"type": "http.response.start", "status": status, "headers": headers.raw}
        await self.send(start)
        if cut and cut.after == "headers":
            await self._body_part(b"", more=True)  # the headers wait for it
            await self._end(reset=cut.reset)
            return
        await asyncio.sleep(fault.body_delay)
        until = size if cut is None else min(size, int(cut.after))
        await self._pour(body, until, is_cut=cut is not None)
        if cut:
            await self._end(reset=cut.reset)

    async def _pour(self, body: bytes, until: int, *, is_cut: bool) -> None:
        """Send the first *until* bytes of *body*, repeated as far as they do not suffice."""
        step = self.fault.drip.bytes if self.fault.drip else _CHUNK
        pause = self.fault.drip.every.total_seconds() if self.fault.drip else 0.0
        source = body * (1 + _CHUNK // max(1, len(body))) if until > len(body) else body
        at = 0
        while at < until:
            begin = at % max(1, len(body)) if until > len(body) else at
            part = source[begin : begin + min(step, until - at)]
            at += len(part)
            await self._body_part(part, more=True)
            await asyncio.sleep(pause)
        if not is_cut:
            await self._body_part(b"", more=False)

    async def _body_part(self, part: bytes, *, more: bool) -> None:
        await self.send({"type": "http.response.body", "body": part, "more_body": more})

    async def _end(self, *, reset: bool) -> None:
        await asyncio.sleep(0)  # what was sent is with the kernel first
        wire.cut(self.scope, reset=reset)
        await self._until_gone()

    async def _until_gone(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def _hang(self, before: int) -> None:
        gone = asyncio.ensure_future(self._until_gone())
        try:
            # Looked at, not waited for: faults are removed from other threads.
            while not gone.done() and self.removals() == before:  # noqa: ASYNC110
                await asyncio.sleep(_LOOK)
            if not gone.done():
                wire.cut(self.scope, reset=False)
                await gone
        finally:
            gone.cancel()


def _text(fault: Fault) -> bytes:
    return (fault.body or "").encode()
