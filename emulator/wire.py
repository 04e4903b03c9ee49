"""The connection under a request: what HTTP hides, and a fault needs to break it."""

import asyncio
import socket
import struct

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_LINGER_NOT = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time: closing sends a reset

Ends = tuple[object, object]
"""Addresses and ports of client and server."""
_open: dict[Ends, asyncio.Transport] = {}


class WatchedProtocol(H11Protocol):
    """Serves HTTP as ever, and can be found by the two ends of its connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Note the connection."""
        super().connection_made(transport)
        _open[(self.client, self.server)] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        _open.pop((self.client, self.server), None)
        super().connection_lost(exc)


def cut(scope: Scope, *, reset: bool) -> None:
    """End the connection of the request in *scope*: by a TCP reset, or as if all were said."""
    transport = _open.get((_end(scope, "client"), _end(scope, "server")))
    if transport is None:
        return  # the client was quicker
    if reset:
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        transport.abort()
    else:
        transport.close()


def _end(scope: Scope, name: str) -> tuple[str, int] | None:
    found = scope.get(name)
    return (found[0], found[1]) if found else None
