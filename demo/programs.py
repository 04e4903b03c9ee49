"""Start a program, follow what it says, and end it by its id."""

import json
import queue
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

Line = dict[str, object]
_GONE = object()


class DemoError(Exception):
    """The demo cannot go on; the text says what happened and where to look."""


class Program:
    """A child in a session of its own: Ctrl-C reaches the demo alone, which ends all in order.

    What it says is kept in *log*, its JSON lines come by `lines()`; leaving the `with` block
    ends it.
    """

    def __init__(self, name: str, argv: Sequence[str], *, log: Path, env: dict[str, str]) -> None:
        self.name, self.log = name, log
        self._lines: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._child = subprocess.Popen(  # noqa: S603 - the demo's own commands
            argv,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._follow, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._child.pid

    def lives(self) -> bool:
        """Tell whether it still runs."""
        return self._child.poll() is None

    def lines(self, *, patience: float) -> Iterator[Line]:
        """Yield each JSON line until the program is gone.

        Raises:
            DemoError: it was silent for *patience* seconds.
        """
        while (line := self._next(patience)) is not _GONE:
            if isinstance(line, dict):
                yield line

    def pending(self) -> Iterator[Line]:
        """Yield the lines that wait already."""
        while not self._lines.empty():
            if isinstance(line := self._lines.get(), dict):
                yield line

    def wait(self) -> int:
        """Return the exit code."""
        self._reader.join()
        return self._child.wait()

    def end(self) -> None:
        """Ask it to stop, and insist after 20 seconds."""
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)
            try:
                self._child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        self._reader.join()

    def _next(self, patience: float) -> object:
        try:
            return self._lines.get(timeout=patience)
        except queue.Empty:
            raise DemoError(f"{self.name} said nothing for {patience:.0f} s: {self.log}") from None

    def _follow(self) -> None:
        output = self._child.stdout
        with self.log.open("wb") as kept:
            for text in output or ():
                kept.write(text)
                kept.flush()
                self._lines.put(_parsed(text))
        if output:
            output.close()
        self._lines.put(_GONE)


def _parsed(text: bytes) -> Line | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None
