"""`exo-token` beside minimal sidecars of the same work: Go's azidentity, and bare msal."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.volume import document_path
from emulator.testing import CLIENT_ID, TENANT_ID, Emulator
from sidecar.testing import until
from tests.bench.conftest import memory_of, ratio, spread
from tests.bench.test_sidecar import cpu_of
from tests.sidecar.conftest import configure, emulator, folder

__all__ = ["configure", "emulator", "folder"]

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

ROUNDS = 5
RENEWALS = 8
YARDSTICKS = Path(__file__).parent / "yardsticks"
WAYS = {
    "workload identity": "{workloadIdentity: {tokenFile: projected}}",
    "certificate": "{certificate: {file: client.pem}}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one process came to."""

    first_token: float
    """Milliseconds from its start."""
    resident: float
    private: float
    """MiB, after the renewals."""
    renewal: float
    """Milliseconds of processor for each renewal."""


@pytest.fixture(scope="session")
def azidentity(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The yardstick in Go, built."""
    if shutil.which("go") is None:
        pytest.skip("needs Go")
    program = tmp_path_factory.mktemp("go") / "azidentity-sidecar"
    argv = ["go", "build", "-o", str(program), "."]
    subprocess.run(argv, cwd=YARDSTICKS / "azidentity", check=True, timeout=600)
    return program


@contextmanager
def _process(argv: list[str], environ: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        argv, env=os.environ | dict(environ), stdout=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _measured(argv: list[str], environ: Mapping[str, str], token: Path) -> Cost:
    token.unlink(missing_ok=True)
    began = time.perf_counter()
    with _process(argv, environ) as process:
        while not token.exists():
            assert process.poll() is None
            time.sleep(0.001)
        first = time.perf_counter() - began
        _see_replaced(token, 1)
        cpu = cpu_of(process.pid)
        _see_replaced(token, RENEWALS)
        spent = cpu_of(process.pid) - cpu
        memory = memory_of(process.pid)
    return Cost(
        first_token=first * 1000,
        resident=memory["Rss"],
        private=memory["Private_Dirty"],
        renewal=spent / RENEWALS,
    )


def _see_replaced(token: Path, times: int) -> None:
    """Wait until *token* was replaced so often; nothing is asked of the program meanwhile."""
    for _ in range(times):
        before = token.stat().st_ino, token.stat().st_mtime_ns
        until(
            lambda old=before: (token.stat().st_ino, token.stat().st_mtime_ns) != old, "a renewal"
        )


def _environ(emulator: Emulator, folder: Path, way: str, token: Path) -> dict[str, str]:
    credential = (
        {"CERTIFICATE": str(folder / "client.pem")}
        if way == "certificate"
        else {"ASSERTION": str(folder / "projected")}
    )
    return credential | {
        "AUTHORITY": emulator.url,
        "TENANT": TENANT_ID,
        "CLIENT": CLIENT_ID,
        "SCOPE": "https://outlook.office365.com/.default",
        "CA": str(emulator.ca_file),
        "OUT": str(token),
    }


def test_beside_minimal_sidecars_of_the_same_work(
    folder: Path,
    configure: Callable[..., Path],
    emulator: Emulator,
    azidentity: Path,
    show: Callable[..., None],
) -> None:
    """Each writes the first token and renews it; memory, start and processor, in turn."""
    emulator.set_token_lifetime(2)
    found: dict[str, list[Cost]] = {}
    ours, theirs = document_path(folder / "tokens", "it", "exchange"), folder / "token"
    msal = [sys.executable, str(YARDSTICKS / "msal_sidecar.py")]
    for _ in range(ROUNDS):
        for way, credential in WAYS.items():
            config = configure(it=credential)
            own = [sys.executable, "-m", "sidecar", "run", "--config", str(config)]
            environ = _environ(emulator, folder, way, theirs)
            for name, cost in (
                ("exo-token", _measured(own, {}, ours)),
                ("msal", _measured(msal, environ, theirs)),
                ("Go azidentity", _measured([str(azidentity)], environ, theirs)),
            ):
                found.setdefault(f"{name}, {way}", []).append(cost)
    rows = [_row(name, costs, found) for name, costs in found.items()]
    head = (
        "",
        "resident MiB",
        "to msal",
        "private dirty MiB",
        "first token, ms",
        "a renewal, CPU ms",
    )
    show(f"One token, renewed {RENEWALS} times and more, {ROUNDS} rounds in turn", head, *rows)
    assert all(len(costs) == ROUNDS for costs in found.values())


def _row(name: str, costs: list[Cost], found: Mapping[str, list[Cost]]) -> tuple[str, ...]:
    yardstick = found[f"msal, {name.partition(', ')[2]}"]
    resident = [each.resident for each in costs]
    return (
        name,
        spread(resident),
        ratio(resident, [each.resident for each in yardstick]),
        spread(each.private for each in costs),
        spread((each.first_token for each in costs), digits=0),
        spread(each.renewal for each in costs),
    )
