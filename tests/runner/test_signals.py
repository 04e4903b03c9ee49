"""SIGTERM at any moment of a run on real pwsh: the verdict is right, and nothing survives."""

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runner.conftest import Bench
from tests.runner.test_scripts import MODULES

SCRIPT = """
param($Days)
try { 1..20 | ForEach-Object { $_; Write-Host "at $_"; Start-Sleep -Milliseconds 15 } }
finally { Set-Content ended yes }
"""
STEP, MOMENTS = 0.02, 75  # seconds from the start: 0 to 1.48


def alive_in(folder: Path) -> Iterator[str]:
    """Yield the command line of each process that has *folder* in it."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                line = (process / "cmdline").read_bytes()
            except OSError:
                continue  # it ended meanwhile
            if str(folder).encode() in line:
                yield line.decode("utf-8", "replace")


@pytest.mark.parametrize("start", range(5))
def test_a_signal_at_any_moment_is_told_as_what_it_was(
    tmp_path: Path, bench: Bench, start: int
) -> None:
    """Terminated, or whole and succeeded because it was over; never anything in between."""
    seen: Counter[int] = Counter()
    bench.write(SCRIPT)
    argv = bench.argv()
    argv[argv.index("--pwsh") + 1] = os.environ["PWSH"]
    for moment in range(start, MOMENTS, 5):
        runs = tmp_path / f"runs-{moment}"
        argv[argv.index("--runs-dir") + 1] = str(runs)
        with subprocess.Popen(
            argv,
            env=os.environ | {"PSModulePath": str(MODULES)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as child:
            time.sleep(moment * STEP)
            child.send_signal(signal.SIGTERM)
            code = child.wait(timeout=60)
        seen[code] += 1
        assert list(alive_in(runs)) == [], moment
        for folder in runs.iterdir() if runs.exists() else ():
            _is_right(folder, code, moment)
    # Before Python listens, the signal ends it and nothing was started.
    assert set(seen) <= {143, 0, -signal.SIGTERM}
    assert seen[143] > 0


def _is_right(folder: Path, code: int, moment: int) -> None:
    result = json.loads((folder / "result.json").read_text())
    status = {143: "terminated", 0: "succeeded"}[code]
    assert (result["exit_code"], result["status"]) == (code, status), moment
    whole = (folder / "output.jsonl").exists()
    assert whole == (code == 0), moment
    if code == 0:
        assert (folder / "output.jsonl").read_text().split() == [str(n) for n in range(1, 21)]
    if result["counts"].get("output"):
        assert (folder / "files" / "ended").exists(), moment  # finally has run
