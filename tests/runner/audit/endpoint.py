"""An HTTPS endpoint for audits, on loopback, that can be told to misbehave."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme


class Endpoint(ThreadingHTTPServer):
    """Keeps every line that it takes."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.ca_file = folder / "endpoint-ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self.url = f"https://127.0.0.1:{self.server_port}/v1"
        self.lines: list[bytes] = []
        self.authorization: list[str | None] = []
        self.answers: list[int] = []
        """The statuses of the next requests; 204 when there are no more."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that do not trust us are a part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        """Take the lines, or answer what was asked for."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.answers.pop(0) if self.server.answers else 204
        if status == 204:
            self.server.authorization.append(self.headers.get("Authorization"))
            self.server.lines += body.splitlines()
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


@contextmanager
def listening(folder: Path) -> Iterator[Endpoint]:
    """Serve until the end of the block."""
    endpoint = Endpoint(folder)
    thread = threading.Thread(target=endpoint.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.shutdown()
        thread.join()
        endpoint.server_close()
