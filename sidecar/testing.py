"""The sidecar as a process of its own, for tests and the demo."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

PATIENCE = 20.0  # seconds for anything that is waited for


def until(condition: Callable[[], object], what: str = "the condition") -> None:
    """Wait until *condition* holds.

    Raises:
        TimeoutError: it did not hold within `PATIENCE`; *what* names it.
    """
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not hold within {PATIENCE:g} s")
        time.sleep(0.02)


@dataclass(slots=True)
class Sidecar:
    """A running `exo-token run`, with its output in two files."""

    process: subprocess.Popen[bytes]
    out: Path
    err: Path

    def lines(self) -> list[dict[str, object]]:
        """Return the log so far."""
        whole = self.out.read_text(encoding="utf-8").rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def events(self, name: str, **fields: object) -> list[dict[str, object]]:
        """Return the log's lines of one event that have these fields."""
        wanted = {"event": name, **fields}
        return [line for line in self.lines() if wanted.items() <= line.items()]

    def get(self, path: str, *, method: str = "GET") -> tuple[int, str]:
        """Return status and body of a page of its server."""
        (started,) = self.events("sidecar.started")
        connection = HTTPConnection("127.0.0.1", int(str(started["port"])), timeout=PATIENCE)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def sample(self, series: str) -> float | None:
        """Return a metric's value, by its name and labels as they are exposed."""
        _, text = self.get("/metrics")
        found = (line for line in text.splitlines() if line.startswith(f"{series} "))
        return next((float(line.rpartition(" ")[2]) for line in found), None)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Stop it as the kubelet does, and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def running(
    config: Path,
    logs: Path,
    environ: Mapping[str, str] | None = None,
    *,
    within: Sequence[str] = (),
) -> Iterator[Sidecar]:
    """Run the sidecar until the block ends; its output goes to files in *logs*.

    *within* is a command that ends by becoming the one that follows it.
    """
    out, err = logs / "stdout", logs / "stderr"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*within, sys.executable, "-m", "sidecar", "run", "--config", str(config)],
            stdout=stdout,
            stderr=stderr,
            env=os.environ | dict(environ or {}),
        )
    sidecar = Sidecar(process, out, err)
    try:
        until(lambda: process.poll() is not None or sidecar.events("sidecar.started"), "the start")
        yield sidecar
    finally:
        process.kill()
        process.wait()


def once(
    config: Path, *options: str, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `exo-token once` to its end."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "sidecar", "once", "--config", str(config), *options],
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
        check=False,
        env=os.environ | dict(environ or {}),
    )
