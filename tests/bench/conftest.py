"""How the benchmarks measure: whole processes by what the kernel says of them, and medians."""

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import pytest

from tests.runner.conftest import bench as job_bench

__all__ = ["job_bench"]

_SAMPLING = 0.02  # seconds between two looks at /proc; peaks are kept by the kernel itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one process with all its children came to."""

    code: int
    wall: float
    """Seconds."""
    cpu: float
    """Seconds on processors, of it and of all that it waited for."""
    peaks: Mapping[str, float] = field(repr=False)
    """The largest resident memory in MiB by process name."""


def measure(argv: Sequence[str], *, cwd: Path, environ: Mapping[str, str] | None = None) -> Cost:
    """Run *argv* to its end."""
    began = time.perf_counter()
    child = subprocess.Popen(
        argv, cwd=cwd, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peaks: dict[str, float] = {}
    while True:
        for pid in (child.pid, *children_of(child.pid)):
            with suppress(OSError, KeyError):  # it ended meanwhile, or is only just being made
                name = "self" if pid == child.pid else _name(pid)
                peaks[name] = max(peaks.get(name, 0), status_of(pid)["VmHWM"])
        ended, status, usage = os.wait4(child.pid, os.WNOHANG)
        if ended:
            child.returncode = os.waitstatus_to_exitcode(status)
            return Cost(
                code=child.returncode,
                wall=time.perf_counter() - began,
                cpu=usage.ru_utime + usage.ru_stime,
                peaks=peaks,
            )
        time.sleep(_SAMPLING)


def children_of(pid: int) -> list[int]:
    """Return the child processes of *pid*, none once it has ended."""
    with suppress(OSError):
        return [
            int(each)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for each in (task / "children").read_text(encoding="ascii").split()
        ]
    return []


def status_of(pid: int | str) -> dict[str, float]:
    """Return the sizes in /proc/<pid>/status, in MiB."""
    return _sizes(Path(f"/proc/{pid}/status"))


def memory_of(pid: int | str) -> dict[str, float]:
    """Return the sums over all mappings of a process, in MiB, by name: Rss, Pss."""
    return _sizes(Path(f"/proc/{pid}/smaps_rollup"))


def _sizes(file: Path) -> dict[str, float]:
    lines = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    return {
        words[0].rstrip(":"): int(words[1]) / 1024
        for words in lines
        if len(words) == 3 and words[2] == "kB"
    }


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()


def seconds_of(action: Callable[[], object]) -> float:
    """Return how long *action* took."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def spread(values: Iterable[float], unit: str = "", *, digits: int = 1) -> str:
    """Write values as `median (min to max)`."""
    found = list(values)
    low, middle, high = min(found), median(found), max(found)
    return f"{middle:,.{digits}f} ({low:,.{digits}f} to {high:,.{digits}f}) {unit}".rstrip()


def ratio(ours: Iterable[float], theirs: Iterable[float]) -> str:
    """Write how many times *theirs* *ours* are, median to median."""
    return f"{median(ours) / median(theirs):.2f}"


@pytest.fixture
def show() -> Callable[..., None]:
    """Print a table; `pytest -s` lets it be seen."""

    def table(title: str, *rows: Sequence[str]) -> None:
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        print(f"\n\n{title}  [{os.cpu_count()} processors]")  # noqa: T201 - it is what a benchmark is for
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            print("  " + "   ".join(cells).rstrip())  # noqa: T201 - as above

    return table
