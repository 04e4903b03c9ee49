"""Sends lines to an HTTPS endpoint while a run goes on; what stays behind lies in the file."""

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.error import HTTPError
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

LARGEST = 256
"""Lines in one request."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0  # seconds


class NotDeliveredError(OSError):
    """The endpoint did not take the lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where lines go."""

    url: str
    timeout: float
    """Seconds for one request."""
    token_file: Path | None = None
    """Holds a bearer token; read for each request."""
    ca_file: Path | None = None

    def send(self, lines: bytes) -> None:
        """Send *lines* once, as NDJSON.

        Raises:
            NotDeliveredError: they were not taken; the sentence says why and quotes no secret.
        """
        headers = {"Content-Type": "application/x-ndjson"}
        try:
            if self.token_file is not None:
                token = self.token_file.read_text(encoding="ascii").strip()
                headers["Authorization"] = f"Bearer {token}"
            context = ssl.create_default_context(cafile=self.ca_file)
            opener = build_opener(HTTPSHandler(context=context), ProxyHandler())
            request = Request(self.url, data=lines, headers=headers, method="POST")  # noqa: S310 - https, checked in the spec
            with opener.open(request, timeout=self.timeout):
                pass
        except HTTPError as error:
            raise NotDeliveredError(f"{self.url} answers {error.code}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise NotDeliveredError(f"{self.url}: {type(error).__name__}: {error}") from None


class Delivery:
    """Sends in the background what `add` takes, again and again until it is taken."""

    def __init__(
        self, endpoint: Endpoint, *, chance: Callable[[], float], seconds_to_end: float
    ) -> None:
        """*chance* spreads the pauses; `finish` waits at most *seconds_to_end*."""
        self._endpoint, self._chance, self._seconds = endpoint, chance, seconds_to_end
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._hurry = threading.Event()
        self._added = self._taken = 0
        self.problem: str | None = None
        """Why the last request failed."""
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    def add(self, line: bytes) -> None:
        """Take one line, with its line feed."""
        self._added += 1
        self._lines.put(line)

    def prove(self, line: bytes) -> None:
        """Send *line* at once and once.

        Raises:
            NotDeliveredError: it was not taken.
        """
        self._endpoint.send(line)

    def finish(self) -> int:
        """Wait for what is left, and return how many lines were not taken."""
        self._lines.put(None)
        self._thread.join(self._seconds)
        self._hurry.set()
        return self._added - self._taken

    def _run(self) -> None:
        last = False
        while not last and not self._hurry.is_set():
            batch, last = self._batch()
            if batch and self._sent(b"".join(batch)):
                self._taken += len(batch)

    def _batch(self) -> tuple[list[bytes], bool]:
        batch: list[bytes] = []
        line = self._lines.get()
        while line is not None:
            batch.append(line)
            if len(batch) == LARGEST:
                return batch, False
            try:
                line = self._lines.get_nowait()
            except Empty:
                return batch, False
        return batch, True

    def _sent(self, lines: bytes) -> bool:
        pause = _FIRST_PAUSE
        while not self._hurry.is_set():
            try:
                self._endpoint.send(lines)
            except NotDeliveredError as error:
                self.problem = str(error)
                self._hurry.wait(pause * (0.5 + self._chance() / 2))
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                self.problem = None
                return True
        return False
