"""Many targets, thousands of renewals, and an idle hour: what `exo-token` needs then."""

import re
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import pytest

from emulator.testing import CLIENT_ID, ORGANIZATION, TENANT_ID, Emulator
from sidecar.testing import Sidecar, running, until
from tests.bench.conftest import memory_of
from tests.bench.test_sidecar import cpu_of
from tests.sidecar.conftest import configure, emulator, folder

__all__ = ["configure", "emulator", "folder"]

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

FEDERATED = "{workloadIdentity: {tokenFile: projected}}"
IDLE = 60.0  # seconds
STOPS = (200, 1000, 2500, 5000, 10_000)
SAMPLES = 500


def _many(folder: Path, emulator: Emulator, count: int) -> Path:
    """Write a configuration with *count* targets: connections of ten resources each."""
    scope = "https://graph.microsoft.com/.default"
    resources = ", ".join(f"{{name: r{number}, scope: '{scope}'}}" for number in range(10))
    lines = ["connections:"]
    for number in range(count // 10):
        lines += [
            f"  c{number}:",
            f"    tenantId: {TENANT_ID}",
            f"    organization: {ORGANIZATION}",
            f"    clientId: {CLIENT_ID}",
            f"    endpoints: {{authority: {emulator.url}}}",
            f"    resources: [{resources}]",
            f"    credential: {FEDERATED}",
        ]
    lines += [
        "output: {directory: tokens}",
        "server: {port: 0}",
        f"tls: {{caFile: {emulator.ca_file}}}",
    ]
    file = folder / "many.yaml"
    file.write_text("\n".join(lines))
    return file


def _written(sidecar: Sidecar) -> int:
    text = sidecar.get("/metrics")[1]
    counts = re.findall(r"^exo_token_file_writes_total\{[^}]*\} (\S+)$", text, re.MULTILINE)
    return int(sum(map(float, counts)))


def test_memory_is_flat_over_ten_thousand_renewals(
    folder: Path, emulator: Emulator, show: Callable[..., None], tmp_path: Path
) -> None:
    """A hundred targets whose tokens live ten seconds, until ten thousand were written."""
    emulator.set_token_lifetime(10)
    rows = []
    with running(_many(folder, emulator, 100), tmp_path) as sidecar:
        for stop in STOPS:
            while _written(sidecar) < stop:
                assert sidecar.process.poll() is None
                time.sleep(0.2)
            memory = memory_of(sidecar.process.pid)
            rows.append((f"{stop:,}", f"{memory['Rss']:.1f}", f"{memory['Private_Dirty']:.1f}"))
        expired = sidecar.events("token.expired")
    show("A hundred targets", ("renewals", "resident MiB", "private dirty MiB"), *rows)
    assert expired == []


def test_readiness_is_answered_while_two_hundred_targets_renew(
    folder: Path, emulator: Emulator, show: Callable[..., None], tmp_path: Path
) -> None:
    """The kubelet's question, on a connection of its own each time."""
    emulator.set_token_lifetime(20)
    took = []
    with running(_many(folder, emulator, 200), tmp_path) as sidecar:
        until(lambda: sidecar.get("/readyz")[0] == 200, "every token")
        (started,) = sidecar.events("sidecar.started")
        before = _written(sidecar)
        for _ in range(SAMPLES):
            began = time.perf_counter()
            connection = HTTPConnection("127.0.0.1", int(str(started["port"])), timeout=10)
            connection.request("GET", "/readyz")
            assert connection.getresponse().status == 200
            connection.close()
            took.append((time.perf_counter() - began) * 1000)
            time.sleep(0.02)
        renewed = _written(sidecar) - before
    took.sort()
    figures = (took[SAMPLES // 2], took[SAMPLES * 95 // 100], took[SAMPLES * 99 // 100], took[-1])
    show(
        f"/readyz, {SAMPLES} times, while {renewed} tokens were renewed",
        ("median ms", "95 %", "99 %", "most"),
        tuple(f"{each:.1f}" for each in figures),
    )
    assert renewed > 0


def test_an_idle_sidecar_costs_next_to_nothing(
    configure: Callable[..., Path],
    folder: Path,
    emulator: Emulator,
    show: Callable[..., None],
    tmp_path: Path,
) -> None:
    """One target whose token lives a day, for a minute in which nothing is due."""
    emulator.set_token_lifetime(86400)
    with running(configure(it=FEDERATED), tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"), "the first token")
        time.sleep(2)
        before = cpu_of(sidecar.process.pid)
        time.sleep(IDLE)
        spent = cpu_of(sidecar.process.pid) - before
    share = spent / 1000 / IDLE * 100
    show("Idle", ("CPU ms a minute", "share"), (f"{spent:.1f}", f"{share:.3f} %"))
    assert spent > 0
