"""What a start of `exo-emulator` costs: time until it answers, and memory."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.bench.conftest import memory_of, spread, status_of

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

ROUNDS = 7
MAILBOXES = 1_000_000
_LOOK = 0.002  # seconds between two looks for the word of readiness


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One start, up to the first answer."""

    ready: float
    """Seconds from the start of the process until the file of readiness is there."""
    cpu: float
    """Seconds on a processor until then."""
    answered: float
    """Seconds until the first answer over TLS was read."""
    resident: float
    """MiB then."""
    peak: float
    """MiB at most."""


def _start(folder: Path) -> Start:
    argv = [sys.executable, "-m", "emulator", "serve", "--mailboxes", str(MAILBOXES)]
    # An installed package is compiled once; here it is compiled by the first start.
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    with subprocess.Popen(
        [*argv, "--state-dir", str(folder)], env=environ, stdout=subprocess.DEVNULL
    ) as emulator:
        try:
            while not (folder / "emulator.json").exists():
                assert emulator.poll() is None
                time.sleep(_LOOK)
            ready, cpu = time.perf_counter() - began, _cpu_of(emulator.pid)
            _ask(folder)
            return Start(
                ready=ready,
                cpu=cpu,
                answered=time.perf_counter() - began,
                resident=memory_of(emulator.pid)["Rss"],
                peak=status_of(emulator.pid)["VmHWM"],
            )
        finally:
            emulator.send_signal(signal.SIGTERM)
            emulator.wait()


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ask(folder: Path) -> None:
    said = json.loads((folder / "emulator.json").read_text())
    with requests.Session() as session:
        session.trust_env = False
        url = f"{said['url']}/{said['tenantId']}/v2.0/.well-known/openid-configuration"
        assert session.get(url, verify=said["caFile"]).status_code == 200


def _row(name: str, starts: list[Start]) -> tuple[str, ...]:
    return (
        name,
        spread((each.ready for each in starts), "s", digits=2),
        spread((each.cpu for each in starts), "s", digits=2),
        spread((each.answered for each in starts), "s", digits=2),
        spread((each.resident for each in starts), "MiB", digits=0),
        spread((each.peak for each in starts), "MiB", digits=0),
    )


def test_start(tmp_path: Path, show: Callable[..., None]):
    """From the start of the process, with keys that are new and with keys that are kept."""
    _start(tmp_path / "compiles")
    fresh = [_start(tmp_path / f"fresh-{number}") for number in range(ROUNDS)]
    kept = [_start(tmp_path / "compiles") for _ in range(ROUNDS)]
    show(
        f"exo-emulator serve, {MAILBOXES:,} mailboxes, median of {ROUNDS}",
        ("state folder", "ready", "processor", "first answer", "resident", "peak"),
        _row("new", fresh),
        _row("used before", kept),
    )
