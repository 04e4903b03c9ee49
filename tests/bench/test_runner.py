"""What `exo-job run` adds to a script, and what it needs itself."""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

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
    return {**os.environ, "PSModulePath": str(MODULES), "HOME": str(bench.folder)}


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
            subprocess.run(argv, capture_output=True, check=False)
            found.append(1000 * (float(mark.read_text()) - began))
            mark.unlink()
    assert len(ours) == len(floor) == 5 * ROUNDS
    show(
        f"From the start of the program to that of pwsh, {5 * ROUNDS} rounds in turn",
        ("", "time", "ratio"),
        ("Python that starts it", spread(floor, "ms", digits=0), "1"),
        ("exo-job run", spread(ours, "ms", digits=0), ratio(ours, floor)),
    )
