"""Serves an application over TLS on loopback, in a thread, from a socket that is bound first."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme
import uvicorn
from starlette.types import ASGIApp

from emulator.errors import StartError
from emulator.wire import WireProtocol

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
_BACKLOG = 512
_SECONDS_TO_START = 20.0


def bound_socket(port: int) -> socket.socket:
    """Return a listening socket on loopback; port 0 takes a free one.

    Raises:
        StartError: the port is in use, or not ours to take.
    """
    try:
        bound = socket.create_server((HOST, port), backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        raise StartError(f"cannot listen on {HOST} port {port}: {error}") from None
    # Small answers must not wait for a full packet.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound


@contextmanager
def serving(app: ASGIApp, bound: socket.socket, ca: trustme.CA, folder: Path) -> Iterator[None]:
    """Serve *app* on *bound* until the block ends; the key lies in *folder*.

    Raises:
        StartError: the server ended before it was ready.
    """
    server = _Server(_config(app, ca, folder))
    started = threading.Thread(target=server.run, args=([bound],), name="emulator", daemon=True)
    started.start()
    try:
        _wait_until_ready(server, started)
        yield
    finally:
        server.should_exit = True
        started.join()
        bound.close()


class _Server(uvicorn.Server):
    """Ends without waiting for clients that keep a connection open but ask nothing.

    A polite TLS close waits up to half a minute for the client to answer it.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            cycle = getattr(connection, "cycle", None)
            if cycle is None or cycle.response_complete:
                connection.transport.abort()
        await super().shutdown(sockets)


def _config(app: ASGIApp, ca: trustme.CA, folder: Path) -> uvicorn.Config:
    certificate = ca.issue_cert(*NAMES)
    chain = folder / "server.pem"
    chain.touch(mode=0o600)
    certificate.private_key_and_cert_chain_pem.write_to_path(str(chain))
    return uvicorn.Config(
        app,
        http=WireProtocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,  # the front door writes it, by the emulated clock
        ssl_certfile=str(chain),
        ssl_version=ssl.PROTOCOL_TLS_SERVER,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )


def _wait_until_ready(server: uvicorn.Server, thread: threading.Thread) -> None:
    pause = threading.Event()
    left = _SECONDS_TO_START
    while not server.started:
        if not thread.is_alive() or left <= 0:
            raise StartError("the server did not start")
        pause.wait(0.005)
        left -= 0.005
