"""The sockets that an emulator listens on, bound before anything else is made."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from emulator.errors import StartError
from emulator.servernames import LOOPBACK

_BACKLOG = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Which ports are wanted; 0 takes a free one."""

    tls: int = 0
    proxy: int = 0
    metadata: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sockets:
    """Listening sockets, all of one address."""

    tls: socket.socket
    proxy: socket.socket
    metadata: socket.socket

    @property
    def port(self) -> int:
        """Where TLS is spoken."""
        return _port(self.tls)

    @property
    def proxy_url(self) -> str:
        """What `HTTPS_PROXY` is set to."""
        return f"http://{_reached(self.proxy)}"

    @property
    def metadata_url(self) -> str:
        """What `AZURE_POD_IDENTITY_AUTHORITY_HOST` is set to."""
        return f"http://{_reached(self.metadata)}"


@contextmanager
def bound_sockets(ports: Ports = Ports(), address: str = LOOPBACK) -> Iterator[Sockets]:
    """Listen on *address*; the sockets are closed when the block ends.

    Raises:
        StartError: a port is in use, or not ours to take; with every such port.
    """
    wanted = {
        "--port": ports.tls,
        "--proxy-port": ports.proxy,
        "--imds-port": ports.metadata,
    }
    found: dict[str, socket.socket] = {}
    problems = []
    with ExitStack() as stack:
        for option, port in wanted.items():
            try:
                found[option] = stack.enter_context(_bound(address, port))
            except OSError as error:
                reason = error.strerror or str(error)
                problems.append(f"{option}: cannot listen on {address} port {port}: {reason}")
        if problems:
            raise StartError(problems)
        yield Sockets(
            tls=found["--port"], proxy=found["--proxy-port"], metadata=found["--imds-port"]
        )


def _bound(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # `::` means every address, of either kind.
    both = address == "::" and socket.has_dualstack_ipv6()
    bound = socket.create_server(
        (address, port), family=family, backlog=_BACKLOG, dualstack_ipv6=both
    )
    # Small answers must not wait for a full packet.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound


def _port(bound: socket.socket) -> int:
    return int(bound.getsockname()[1])


def _reached(bound: socket.socket) -> str:
    host = {"0.0.0.0": LOOPBACK, "::": LOOPBACK}.get(name := bound.getsockname()[0], name)  # noqa: S104
    return f"[{host}]:{_port(bound)}" if ":" in host else f"{host}:{_port(bound)}"
