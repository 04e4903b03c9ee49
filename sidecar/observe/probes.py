"""The small HTTP server: /metrics, and what the kubelet asks."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv6Address, ip_address
from socket import AF_INET6, SHUT_RDWR, socket
from threading import Lock, Thread

from sidecar.clock import steady

_MOST_CLIENTS = 32  # at once; a scrape and three probes are the usual load
PATIENCE = 10.0
"""Seconds that a client has for its whole request and answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer."""

    status: HTTPStatus
    content_type: str
    body: bytes


Route = Callable[[str], Page]
"""Makes the page, given the request's Accept header."""


def verdict(problems: list[str]) -> Page:
    """Return the page of a probe: 200 without problems, else 503 with a line for each."""
    status = HTTPStatus.SERVICE_UNAVAILABLE if problems else HTTPStatus.OK
    text = "\n".join(problems or ["ok"]) + "\n"
    return Page(status=status, content_type="text/plain; charset=utf-8", body=text.encode())


@contextmanager
def serving(
    address: str, port: int, routes: Mapping[str, Route], *, patience: float = PATIENCE
) -> Iterator[int]:
    """Serve *routes* while the block runs; yields the port, which matters where 0 was asked for.

    Raises:
        OSError: the address cannot be bound.
    """
    server = _Server(address, port, routes, patience)
    # Half a second is how long stopping may take, and costs next to nothing when idle.
    thread = Thread(target=server.serve_forever, args=(0.5,), name="probes", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a slow client must not hold up the end
    request_queue_size = 16

    def __init__(
        self, address: str, port: int, routes: Mapping[str, Route], patience: float
    ) -> None:
        if isinstance(ip_address(address), IPv6Address):
            self.address_family = AF_INET6
        self.routes = routes
        self._patience = patience
        self._lock = Lock()
        self._clients: dict[socket, float] = {}
        super().__init__((address, port), _Handler)

    def process_request(self, request: socket, client_address: object) -> None:  # type: ignore[override]  # typeshed knows UDP too
        with self._lock:
            crowded = len(self._clients) >= _MOST_CLIENTS
            if not crowded:
                self._clients[request] = steady() + self._patience
        if crowded:
            super().shutdown_request(request)
        else:
            super().process_request(request, client_address)

    def shutdown_request(self, request: socket) -> None:  # type: ignore[override]  # as above
        with self._lock:
            self._clients.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Cut off who takes too long: a timeout a read would let a drip go on for ever."""
        with self._lock:
            late = [client for client, until in self._clients.items() if until < steady()]
            for client in late:
                client.shutdown(SHUT_RDWR)
                del self._clients[client]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that went away is no event of ours."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "exo-token"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer with the route's page."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer as GET does, without the body."""
        self._answer(with_body=False)

    def _refuse_method(self) -> None:
        page = _plain(HTTPStatus.METHOD_NOT_ALLOWED, "only GET and HEAD here")
        self._send(page, with_body=True, headers={"Allow": "GET, HEAD"})

    # The base class finds its methods by these names.
    do_POST = do_PUT = do_PATCH = _refuse_method  # noqa: N815 - as above
    do_DELETE = do_OPTIONS = _refuse_method  # noqa: N815 - as above

    def _answer(self, *, with_body: bool) -> None:
        route = self.server.routes.get(self.path.split("?", 1)[0])
        if route is None:
            known = ", ".join(self.server.routes)
            self._send(_plain(HTTPStatus.NOT_FOUND, f"here are {known}"), with_body=with_body)
        else:
            self._send(route(self.headers.get("Accept", "")), with_body=with_body)

    def _send(
        self, page: Page, *, with_body: bool, headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(page.status)
        self.send_header("Content-Type", page.content_type)
        self.send_header("Content-Length", str(len(page.body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(page.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing: probes come every few seconds."""


def _plain(status: HTTPStatus, text: str) -> Page:
    return Page(status=status, content_type="text/plain; charset=utf-8", body=f"{text}\n".encode())
