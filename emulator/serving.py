"""Serves an application in a thread: over TLS, through the proxy, and IMDS without TLS."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import trustme
import uvicorn
from starlette.types import ASGIApp

from emulator.errors import StartError
from emulator.metadatadoor import MetadataDoor
from emulator.proxy import Backends, ProxyProtocol
from emulator.servernames import LOCAL_NAMES, certificate_names
from emulator.sockets import Sockets
from emulator.wire import WatchedProtocol

_SECONDS_TO_START = 20.0


@contextmanager
def serving(
    app: ASGIApp,
    sockets: Sockets,
    ca: trustme.CA,
    folder: Path,
    *,
    own_names: Sequence[str] = LOCAL_NAMES,
) -> Iterator[None]:
    """Serve *app* on *sockets* until the block ends; the server's key lies in *folder*.

    Raises:
        StartError: the server ended before it was ready.
    """
    server = _Server(app, sockets, _chain(ca, certificate_names(own_names), folder), own_names)
    thread = threading.Thread(
        target=server.run, args=([sockets.tls],), name="emulator", daemon=True
    )
    thread.start()
    try:
        _wait_until_ready(server, thread)
        yield
    finally:
        server.should_exit = True
        thread.join()


class _Server(uvicorn.Server):
    """Listens at all three, and ends without waiting for clients that ask nothing.

    A polite TLS close waits up to half a minute for the client to answer it.
    """

    def __init__(
        self, app: ASGIApp, sockets: Sockets, chain: Path, own_names: Sequence[str]
    ) -> None:
        super().__init__(_config(app, chain))
        self._plain = _config(MetadataDoor(app))
        self._sockets = sockets
        self._own = frozenset(own_names)
        self._undecided: set[asyncio.BaseTransport] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._plain.load()
        backends = Backends(
            secure=lambda: self._protocol(self.config),
            plain=lambda: self._protocol(self._plain),
            tls=_loaded(self.config),
            own=self._own,
            port=self._sockets.port,
            undecided=self._undecided,
        )
        loop = asyncio.get_running_loop()
        more = [
            await loop.create_server(backends.plain, sock=self._sockets.metadata),
            await loop.create_server(lambda: ProxyProtocol(backends), sock=self._sockets.proxy),
        ]
        await super().startup(sockets)
        self.servers += more

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for transport in list(self._undecided):
            if isinstance(transport, asyncio.Transport):
                transport.abort()
        for connection in list(self.server_state.connections):
            cycle = getattr(connection, "cycle", None)
            if cycle is None or cycle.response_complete:
                connection.transport.abort()
        await super().shutdown(sockets)

    def _protocol(self, config: uvicorn.Config) -> asyncio.Protocol:
        return WatchedProtocol(config, self.server_state, self.lifespan.state)


def _config(app: ASGIApp, chain: Path | None = None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=WatchedProtocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,  # the front door writes it, by the emulated clock
        ssl_certfile=str(chain) if chain else None,
        ssl_version=ssl.PROTOCOL_TLS_SERVER,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )


def _loaded(config: uvicorn.Config) -> ssl.SSLContext:
    if not isinstance(config.ssl, ssl.SSLContext):
        raise TypeError("a server with a certificate has a TLS context")
    return config.ssl


def _chain(ca: trustme.CA, names: Sequence[str], folder: Path) -> Path:
    certificate = ca.issue_cert(*names)
    chain = folder / "server.pem"
    chain.touch(mode=0o600)
    certificate.private_key_and_cert_chain_pem.write_to_path(str(chain))
    return chain


def _wait_until_ready(server: uvicorn.Server, thread: threading.Thread) -> None:
    pause = threading.Event()
    left = _SECONDS_TO_START
    while not server.started:
        if not thread.is_alive() or left <= 0:
            raise StartError(["the server did not start"])
        pause.wait(0.005)
        left -= 0.005
