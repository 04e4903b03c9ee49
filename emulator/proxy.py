"""A small HTTP proxy before the emulator: clients keep Microsoft's own addresses.

A CONNECT is answered, and then the emulator itself speaks TLS on that same connection; it sees
who the client is, and whatever it does to a connection it does to the client's.
"""

import asyncio
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from emulator.proxytargets import LONGEST_HEAD, Metadata, Refused, Tunnel, destination

_SECONDS_FOR_A_HEAD = 30.0
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backends:
    """Who answers, and what only they know."""

    secure: Callable[[], asyncio.Protocol]
    """Speaks HTTP inside TLS."""
    plain: Callable[[], asyncio.Protocol]
    """Speaks HTTP for the metadata service."""
    tls: ssl.SSLContext
    own: Collection[str]
    port: int
    undecided: set[asyncio.BaseTransport] = field(default_factory=set)
    """Connections that nobody answers yet; whoever stops the server ends them."""


class ProxyProtocol(asyncio.Protocol):
    """Reads the head of one request and hands the connection to who answers it."""

    def __init__(self, backends: Backends) -> None:
        self._backends = backends
        self._head = b""
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the client half a minute to say what it wants."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a proxy's connections are streams")
        self._transport = transport
        self._backends.undecided.add(transport)
        self._limit = self._loop.call_later(_SECONDS_FOR_A_HEAD, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's
        """Forget the connection."""
        self._limit.cancel()
        self._backends.undecided.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        """Collect the head; then decide."""
        self._head += data
        if _END not in self._head:
            if len(self._head) > LONGEST_HEAD:
                self._refuse(Refused(431, "the head of the request is too long"))
            return
        self._limit.cancel()
        backends = self._backends
        match destination(self._head, own=backends.own, port=backends.port):
            case Tunnel() if not self._head.endswith(_END):
                self._refuse(Refused(400, "a client waits for the answer to its CONNECT"))
            case Tunnel():
                self._transport.pause_reading()  # what comes now is TLS
                self._task = self._loop.create_task(self._tunnel())
            case Metadata():
                self._hand_to(backends.plain(), self._transport, self._head)
            case Refused() as refused:
                self._refuse(refused)

    async def _tunnel(self) -> None:
        self._transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        early = _Early()
        try:
            secured = await self._loop.start_tls(
                self._transport, early, self._backends.tls, server_side=True
            )
        except OSError:  # the client does not trust the CA, or went away; TLS errors are such
            secured = None
        self._backends.undecided.discard(self._transport)
        if secured is None:
            self._transport.abort()
        else:
            self._hand_to(self._backends.secure(), secured, bytes(early.data))

    def _hand_to(self, other: asyncio.Protocol, transport: asyncio.Transport, said: bytes) -> None:
        self._backends.undecided.discard(self._transport)
        transport.set_protocol(other)
        other.connection_made(transport)
        if said:
            other.data_received(said)

    def _refuse(self, refused: Refused) -> None:
        body = f"{refused.reason}\n".encode()
        head = (
            f"HTTP/1.1 {refused.status} {refused.reason}\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self._transport.write(head.encode() + body)
        self._transport.close()


class _Early(asyncio.Protocol):
    """Keeps what a client says between the end of the handshake and the handing over."""

    def __init__(self) -> None:
        self.data = bytearray()

    def data_received(self, data: bytes) -> None:
        self.data += data
