"""How an exchange ends when its time is up, whatever the other side drips.

A timeout on a socket is for each read, and a header of a byte a second outlives it.
"""

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, ProxyManager


class CuttableAdapter(HTTPAdapter):
    """Remembers every connection it opens, so that another thread can cut them; never retries."""

    def __init__(self, context: ssl.SSLContext) -> None:
        """Take the *context* that says whom to trust."""
        self._context = context
        self._opened: list[socket.socket] = []
        super().__init__(max_retries=0)

    def init_poolmanager(
        self,
        connections: int,
        maxsize: int,
        block: bool = False,  # noqa: FBT001, FBT002 - the signature of the base
        **options: object,
    ) -> None:
        """Make the pools with the context."""
        options["ssl_context"] = self._context
        super().init_poolmanager(connections, maxsize, block, **options)

    def proxy_manager_for(self, proxy: str, **options: object) -> ProxyManager:
        """Return the manager of the pools behind *proxy*, with the context too."""
        options["ssl_context"] = self._context
        manager: ProxyManager = super().proxy_manager_for(proxy, **options)
        return manager

    def cert_verify(self, *_: object) -> None:
        """Do nothing: the context has the authorities, and they would be loaded again."""

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: bool | str | None,  # noqa: FBT001 - the signature of the base
        proxies: Mapping[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> HTTPConnectionPool:
        """Return the pool for *request*; its new connections are remembered."""
        pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
        if not isinstance(pool, HTTPConnectionPool):
            raise TypeError(f"requests gave a {type(pool).__name__} for a connection pool")
        opened, kind = self._opened, type(pool).ConnectionCls

        class Remembered(kind):  # type: ignore[misc, valid-type]  # the class that this pool uses
            def connect(self) -> None:
                super().connect()
                opened.append(self.sock)

        pool.ConnectionCls = Remembered
        return pool

    def cut(self) -> None:
        """End every connection: whoever reads from one sees its end."""
        for each in self._opened:
            with suppress(OSError):  # closed already
                # Not the TLS socket's own method, which would drop its state under the reader.
                socket.socket.shutdown(each, socket.SHUT_RDWR)
