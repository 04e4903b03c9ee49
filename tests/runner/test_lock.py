"""One run of a job at a time, where that is asked for."""

import signal
import subprocess
from pathlib import Path

import pytest

from runner.results.lock import HeldError, JobLock
from sidecar.testing import until
from tests.runner.conftest import Bench

FINISHED = "say('finished', ending='completed', script_exit_code=None, error=None)\n"


def test_the_second_is_told_of_the_first(tmp_path: Path) -> None:
    """Who finds the lock held reads which run holds it; when it is released, it can be had."""
    first = JobLock(tmp_path, "report")
    first.name("report-a-longer-name-before")
    first.name("report-1")

    with pytest.raises(HeldError) as refused:
        JobLock(tmp_path, "report")

    assert refused.value.by == "report-1"
    other = JobLock(tmp_path, "other")
    first.release()
    second = JobLock(tmp_path, "report")
    second.release()
    other.release()


def test_a_killed_run_holds_nothing_though_its_script_lives(bench: Bench) -> None:
    """After SIGKILL of the runner the next run begins, whatever pwsh still does."""
    beginning = bench.folder / "begun"
    bench.write(f"open({str(beginning)!r}, 'w')\nimport time; time.sleep(5)\n" + FINISHED)
    child = subprocess.Popen(
        bench.argv("--exclusive"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until(beginning.exists, "the script")
    refused = bench.start_and_wait(bench.argv("--exclusive"))
    child.send_signal(signal.SIGKILL)
    child.wait()

    done = bench.run(FINISHED, "--exclusive")

    assert refused.returncode == 85
    assert "runs already in" in refused.stderr
    assert done.returncode == 0, done.stderr
