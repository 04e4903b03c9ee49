"""What `exo-job run` adds to a script, and what it needs itself."""

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sidecar.testing import until
from tests.bench.conftest import Cost, measure, ratio, spread
from tests.runner.conftest import Bench

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

MODULES = Path(__file__).parent.parent / "powershell" / "module"
ROUNDS = 3
OBJECTS = 100_000
JOB = """\
apiVersion: exo-jobs/v1
kind: Job
metadata: {name: sample}
spec: {connection: contoso, script: {path: script.ps1}, cmdlets: [Get-Mailbox]}
"""
SCRIPT = """\
foreach ($number in 1..%d) {
    [pscustomobject]@{
        Identity = "user$number@contoso.com"; Items = $number; Size = $number * 17; Shared = $false
    }
}
"""


def _rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def _environ(bench: Bench) -> dict[str, str]:
    # An installed program has its byte code beside it; so have those measured here.
    kept = {name: os.environ[name] for name in os.environ.keys() - {"PYTHONDONTWRITEBYTECODE"}}
    return {**kept, "PSModulePath": str(MODULES), "HOME": str(bench.folder)}


def _bare(bench: Bench, script: str) -> Cost:
    file = bench.folder / "bare.ps1"
    file.write_text(script)
    argv = [os.environ["PWSH"], "-NoLogo", "-NoProfile", "-NonInteractive", "-File", str(file)]
    return measure(argv, cwd=bench.folder, environ=_environ(bench))


def _run(bench: Bench, script: str, **options: str) -> tuple[Cost, Path]:
    """Run *script* as a job and return its cost and the run's folder."""
    bench.write(script, JOB)
    pwsh = options.get("pwsh", os.environ["PWSH"])
    before = set((bench.folder / "runs").glob("*"))
    cost = measure(bench.argv("--pwsh", pwsh), cwd=bench.folder, environ=_environ(bench))
    (folder,) = set((bench.folder / "runs").glob("*")) - before
    return cost, folder


def test_a_hundred_thousand_objects_come_out_the_same(
    job_bench: Bench, show: Callable[..., None]
) -> None:
    """Bare pwsh with Export-Csv, and the same script as a job: the same rows."""
    script = SCRIPT % OBJECTS
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(_bare(job_bench, f"& {{ {script} }} | Export-Csv bare.csv"))
        cost, folder = _run(job_bench, script)
        ours.append(cost)
        assert (bare[-1].code, cost.code) == (0, 0)
        assert _rows(folder / "output.csv") == _rows(job_bench.folder / "bare.csv")
    show(
        f"{OBJECTS:,} objects to CSV, {ROUNDS} rounds in turn",
        ("", "bare pwsh", "exo-job run", "ratio"),
        *(
            (name, spread(a, unit), spread(b, unit), ratio(b, a))
            for name, unit, a, b in (
                ("wall", "s", [x.wall for x in bare], [x.wall for x in ours]),
                ("CPU, all processes", "s", [x.cpu for x in bare], [x.cpu for x in ours]),
                (
                    "peak memory of pwsh",
                    "MiB",
                    [x.peaks["self"] for x in bare],
                    [x.peaks["pwsh"] for x in ours],
                ),
            )
        ),
        ("peak memory of exo-job", "", spread((x.peaks["self"] for x in ours), "MiB"), ""),
    )


def test_an_empty_script_ends_well_bare_and_as_a_job(
    job_bench: Bench, show: Callable[..., None]
) -> None:
    """What a run costs before it does anything: checks, token, connect, records, result."""
    bare, ours = [], []
    for _ in range(2 * ROUNDS):
        bare.append(_bare(job_bench, ""))
        ours.append(_run(job_bench, "")[0])
    assert {each.code for each in (*bare, *ours)} == {0}
    walls = [each.wall for each in bare], [each.wall for each in ours]
    cpus = [each.cpu for each in bare], [each.cpu for each in ours]
    show(
        f"An empty script, {2 * ROUNDS} rounds in turn",
        ("", "bare pwsh", "exo-job run", "ratio"),
        (
            "wall",
            spread(walls[0], "s", digits=2),
            spread(walls[1], "s", digits=2),
            ratio(*walls[::-1]),
        ),
        ("CPU", spread(cpus[0], "s", digits=2), spread(cpus[1], "s", digits=2), ratio(*cpus[::-1])),
    )


def test_a_flood_is_written_whole_in_flat_memory(
    job_bench: Bench, show: Callable[..., None]
) -> None:
    """A hundred times the records: every one of them is in the file."""
    rows = [("records", "wall", "records/s", "peak memory of exo-job")]
    fake = str(Path(__file__).parent.parent / "runner" / "fake_pwsh.py")
    for count in (10_000, 100_000, 1_000_000):
        script = (
            f"for start in range(0, {count}, 500):\n"
            "    say('output', records=[{'Identity': f'user{n}@contoso.com', 'Items': n}"
            " for n in range(start, start + 500)])\n"
            "say('finished', ending='completed', script_exit_code=None, error=None)\n"
        )
        cost, folder = _run(job_bench, script, pwsh=fake)
        assert cost.code == 0
        with (folder / "output.csv").open(encoding="utf-8") as lines:
            assert sum(1 for _ in lines) == count + 1
        rows.append(
            (
                f"{count:,}",
                f"{cost.wall:.1f} s",
                f"{count / cost.wall:,.0f}",
                f"{cost.peaks['self']:.1f} MiB",
            )
        )
    show("A flood of records, from a played pwsh", *rows)


def test_a_million_objects_pass_in_flat_memory(job_bench: Bench, show: Callable[..., None]) -> None:
    """Ten times the objects of a real pwsh: every one is in the file, and memory stays."""
    rows = [("objects", "wall", "peak memory of exo-job", "peak memory of pwsh")]
    peaks = []
    for count in (100_000, 1_000_000):
        cost, folder = _run(job_bench, SCRIPT % count)
        assert cost.code == 0
        with (folder / "output.csv").open(encoding="utf-8") as lines:
            assert sum(1 for _ in lines) == count + 1
        peaks.append(cost.peaks["self"])
        rows.append(
            (
                f"{count:,}",
                f"{cost.wall:.1f} s",
                *(f"{cost.peaks[name]:.1f} MiB" for name in ("self", "pwsh")),
            )
        )
    assert peaks[1] < peaks[0] + 5
    show("Objects of a real pwsh", *rows)


def test_a_sleeping_script_is_stopped(job_bench: Bench, show: Callable[..., None]) -> None:
    """From SIGTERM to the end of `exo-job`, its result written and the session gone."""
    job_bench.write("'asleep' | Set-Content asleep; Start-Sleep 300", JOB)
    took = []
    for _ in range(3 * ROUNDS):
        child = subprocess.Popen(
            job_bench.argv("--pwsh", os.environ["PWSH"]),
            env=_environ(job_bench),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: list(job_bench.folder.glob("runs/*/files/asleep")), "the script")
        time.sleep(0.3)
        began = time.perf_counter()
        child.send_signal(signal.SIGTERM)
        assert child.wait() == 143
        took.append(1000 * (time.perf_counter() - began))
        shutil.rmtree(job_bench.folder / "runs")
    show(
        f"From SIGTERM to the end of a sleeping job, {3 * ROUNDS} rounds",
        ("", "time"),
        ("exo-job run", spread(took, "ms", digits=0)),
    )


def test_pwsh_is_started_by_the_runner(job_bench: Bench, show: Callable[..., None]) -> None:
    """From the start of `exo-job` to that of pwsh, beside a Python that only starts it."""
    shell, mark = job_bench.folder / "stamp", job_bench.folder / "stamped"
    shell.write_text(f"#!/bin/sh\ndate +%s.%N > {mark}\n")
    shell.chmod(0o755)
    code = "import subprocess, sys; subprocess.run(sys.argv[1:], check=True)"
    job_bench.write("", JOB)
    floor, ours = [], []
    for _ in range(5 * ROUNDS):
        for argv, found in (
            ([sys.executable, "-c", code, str(shell)], floor),
            (job_bench.argv("--pwsh", str(shell)), ours),
        ):
            began = time.clock_gettime(time.CLOCK_REALTIME)
            subprocess.run(argv, capture_output=True, check=False, env=_environ(job_bench))
            found.append(1000 * (float(mark.read_text()) - began))
            mark.unlink()
    assert len(ours) == len(floor) == 5 * ROUNDS
    show(
        f"From the start of the program to that of pwsh, {5 * ROUNDS} rounds in turn",
        ("", "time", "ratio"),
        ("Python that starts it", spread(floor, "ms", digits=0), "1"),
        ("exo-job run", spread(ours, "ms", digits=0), ratio(ours, floor)),
    )
