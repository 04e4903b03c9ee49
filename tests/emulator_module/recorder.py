"""A small Exchange that writes down what it is sent, headers and all, and answers as it is told."""

import json
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import trustme

from emulator.exchange.cmdlets import CMDLETS
from emulator.exchange.modulefile import render
from emulator.testing import MODULE_FOLDER

NOTHING = {"value": []}


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request; the names of its headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any

    @property
    def parameters(self) -> dict[str, Any]:
        """What the cmdlet of the body is called with."""
        return dict(self.body["CmdletInput"]["Parameters"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to answer one request with; the body is JSON, or a text as it is.

    Status 0 answers nothing: the connection breaks.
    """

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Recorder:
    """The server's address, its answers still to come, and what it got."""

    url: str
    ca_file: Path
    answers: deque[Answer] = field(default_factory=deque)
    """For every request that is not for the module; where there is none, an empty collection."""
    connecting: deque[Answer] = field(default_factory=deque)
    """For requests of banner and module, before the module itself."""
    received: list[Received] = field(default_factory=list)

    def calls(self) -> list[Received]:
        """Return what came after connecting."""
        return [each for each in self.received if "/EXO" not in each.path]

    def answer_to(self, request: Received) -> Answer:
        """Return the next answer of its kind."""
        if "/EXO" not in request.path:
            return self.answers.popleft() if self.answers else Answer(body=NOTHING)
        if self.connecting:
            return self.connecting.popleft()
        return Answer(body=NOTHING if "EXOBanner" in request.path else module_answer())


def module_answer() -> dict[str, Any]:
    """Return what a client downloads at connect, with every cmdlet."""
    template = (MODULE_FOLDER / "rest-cmdlets.psm1.template").read_text(encoding="utf-8")
    text = render(template, CMDLETS.values(), retry_wait_scale=0.001)
    names = ",".join(each.name for each in CMDLETS.values())
    return {"value": [{"fileContent": text, "exportedCmdlets": names}]}


@contextmanager
def recording(folder: Path) -> Iterator[Recorder]:
    """Serve on loopback over TLS until the block ends; the CA's file lies in *folder*."""
    authority, ca_file = trustme.CA(), folder / "recorder-ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        recorder = Recorder(url=f"https://127.0.0.1:{server.server_port}", ca_file=ca_file)
        server.RequestHandlerClass = _handler(recorder)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield recorder
        finally:
            server.shutdown()
            thread.join()


def _handler(recorder: Recorder) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self._answer(json.loads(self.rfile.read(length)))

        def _answer(self, body: object) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Received(
                method=self.command, path=unquote(self.path), headers=headers, body=body
            )
            recorder.received.append(request)
            answer = recorder.answer_to(request)
            if not answer.status:
                self.close_connection = True
                return
            text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Keep silent: the tests look at what was recorded."""

    return Handler
