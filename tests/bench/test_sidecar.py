"""What `exo-token` needs: memory, time to the first token, processor time for each renewal."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.volume import document_path
from sidecar.testing import Sidecar, running, until
from tests.bench.conftest import children_of, memory_of, ratio, spread
from tests.sidecar.conftest import configure, emulator, folder

__all__ = ["configure", "emulator", "folder"]

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

ROUNDS = 5
RENEWALS = 10
WAYS = {
    "workload identity": "{workloadIdentity: {tokenFile: projected}}",
    "certificate": "{certificate: {file: client.pem}}",
}
FLOOR = """
import http.client, http.server, json, logging, pathlib, queue, ssl, sys, threading
context = ssl.create_default_context()
print("up", flush=True)
sys.stdin.read()
"""
PARSERS = "import sidecar.config.file, runpy; runpy.run_module('sidecar', run_name='__main__')"
"""As if the sidecar read its configuration itself."""

Configure = Callable[..., Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One start of the sidecar, up to its first token."""

    first_token: float
    """Seconds."""
    resident: float
    private: float
    """MiB, once it has written the token."""
    peak: float
    """MiB, the most that it and the child that checks the configuration had of their own."""


def _start(argv: list[str], config: Path, token: Path) -> Start:
    token.unlink(missing_ok=True)
    began, peak = time.perf_counter(), 0.0
    with subprocess.Popen(
        [*argv, "run", "--config", str(config)], stdout=subprocess.DEVNULL
    ) as sidecar:
        while not token.exists():
            assert sidecar.poll() is None
            with suppress(OSError, KeyError):  # a child that ended meanwhile
                pids = (sidecar.pid, *children_of(sidecar.pid))
                peak = max(peak, sum(memory_of(pid)["Pss_Anon"] for pid in pids))
        first = time.perf_counter() - began
        until(lambda: _is_settled(sidecar.pid), "its memory")
        memory = memory_of(sidecar.pid)
        sidecar.kill()
    return Start(
        first_token=first, resident=memory["Rss"], private=memory["Private_Dirty"], peak=peak
    )


def _is_settled(pid: int) -> bool:
    """Tell whether the thread of the attempt has gone to sleep again."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    states = ((each / "stat").read_text(encoding="utf-8").rpartition(")")[2] for each in tasks)
    return all(state.split()[0] == "S" for state in states)


def _floor() -> dict[str, float]:
    with subprocess.Popen(
        [sys.executable, "-c", FLOOR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        memory = memory_of(child.pid)
        child.communicate()
    return memory


def test_it_gets_a_token_each_way(
    folder: Path, configure: Configure, show: Callable[..., None]
) -> None:
    """By workload identity and by certificate, the parsers in a child or on board: a token each."""
    programs = {
        "": [sys.executable, "-m", "sidecar"],
        ", parsers on board": [sys.executable, "-c", PARSERS],
    }
    names = [way + program for way in WAYS for program in programs]
    found: dict[str, list[Start]] = {name: [] for name in names}
    floor: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        floor.append(_floor())
        for way, credential in WAYS.items():
            config = configure(it=credential)
            for program, argv in programs.items():
                token = document_path(folder / "tokens", "it", "exchange")
                found[way + program].append(_start(argv, config, token))
    resident = [each["Rss"] for each in floor]
    show(
        f"exo-token after its first token, {ROUNDS} rounds in turn",
        (
            "",
            "resident MiB",
            "ratio",
            "private dirty MiB",
            "most of its own at start, MiB",
            "first token",
        ),
        (
            "standard library with TLS",
            spread(resident),
            "1",
            spread(each["Private_Dirty"] for each in floor),
            "",
            "",
        ),
        *(
            (
                name,
                spread(each.resident for each in starts),
                ratio([each.resident for each in starts], resident),
                spread(each.private for each in starts),
                spread(each.peak for each in starts),
                spread((each.first_token for each in starts), "s", digits=2),
            )
            for name, starts in found.items()
        ),
    )
    assert all(len(starts) == ROUNDS for starts in found.values())


@pytest.mark.parametrize("way", WAYS)
def test_it_renews_again_and_again(
    folder: Path, configure: Configure, show: Callable[..., None], way: str
) -> None:
    """The processor time of renewals, with TLS, a fresh msal, checks and the file."""
    config = configure(it=WAYS[way])
    with running(config, folder) as sidecar:
        until(lambda: _renewals(sidecar) > 0, "the first token")
        costs, memory = list(_costs(sidecar)), memory_of(sidecar.process.pid)
    assert len(costs) == RENEWALS
    show(
        f"A renewal by {way}, {RENEWALS} of them",
        ("processor time", "resident memory after them"),
        (spread(costs, "ms"), f"{memory['Rss']:.1f} MiB"),
    )


def _renewals(sidecar: Sidecar) -> int:
    return len(sidecar.events("token.published"))


def _costs(sidecar: Sidecar) -> Iterator[float]:
    for _ in range(RENEWALS):
        before, count = cpu_of(sidecar.process.pid), _renewals(sidecar)
        until(lambda n=count: _renewals(sidecar) > n, "a renewal")
        yield cpu_of(sidecar.process.pid) - before


def cpu_of(pid: int) -> float:
    """Return the milliseconds that the threads of a process have had a processor."""
    stats = (each / "schedstat" for each in Path(f"/proc/{pid}/task").iterdir())
    return sum(int(each.read_text(encoding="ascii").split()[0]) for each in stats) / 1e6
