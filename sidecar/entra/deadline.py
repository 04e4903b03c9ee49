"""How an exchange ends when its time is up, whatever the other side drips.

A timeout on a socket is for each read, and a header of a byte a second outlives it.
"""

import socket
from collections.abc import Mapping
from contextlib import suppress

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool


class CuttableAdapter(HTTPAdapter):
    """Remembers every connection it opens, so that another thread can cut them; never retries."""

    def __init__(self) -> None:
        super().__init__(max_retries=0)
        self._opened: list[socket.socket] = []

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
