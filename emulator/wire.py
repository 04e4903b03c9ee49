"""The connection under a request: what HTTP hides, and a fault needs to break it."""

import asyncio
import fcntl
import socket
import struct
import termios
from typing import cast

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_LINGER_NOT = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time: closing sends a reset
_KEY = "wire"
_LOOK, _LOOKS = 0.001, 1_000  # a client that does not read for a second has had its time


class Wire:
    """One connection, which may be cut."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.is_cut = False

    async def cut(self, *, reset: bool) -> None:
        """End the connection once all is sent: by a TCP reset, or as if all were said."""
        self.is_cut = True
        await self._sent()
        if self._transport.is_closing():
            return  # the client was quicker
        if reset:
            raw = self._transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            self._transport.abort()
        else:
            self._transport.close()

    async def _sent(self) -> None:
        # A reset throws away what the client's machine has not acknowledged yet.
        for _ in range(_LOOKS):
            if self._transport.is_closing() or not self._left():
                return
            await asyncio.sleep(_LOOK)

    def _left(self) -> int:
        """Return how many bytes are in our buffers or the kernel's."""
        raw = self._transport.get_extra_info("socket")
        kernels = fcntl.ioctl(raw.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
        return self._transport.get_write_buffer_size() + int(struct.unpack("i", kernels)[0])


class WatchedProtocol(H11Protocol):
    """Serves HTTP as ever, and hands each request the connection it came by."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the connection where each request's scope is made from."""
        super().connection_made(transport)
        self.wire = Wire(transport)
        self.app_state = {**self.app_state, _KEY: self.wire}

    def shutdown(self) -> None:
        """Leave at once where a fault has cut the connection: politeness would wait."""
        if self.wire.is_cut:
            self.transport.abort()
        else:
            super().shutdown()


def wire_of(scope: Scope) -> Wire:
    """Return the connection that the request in *scope* came by."""
    return cast("Wire", scope["state"][_KEY])
