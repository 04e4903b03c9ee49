"""The checkout as a newcomer has it, and a demo small enough to be run in a test."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.together.processes import alive

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A demo that keeps its output and its temporary files in one folder."""

    folder: Path

    @property
    def output(self) -> Path:
        """What it leaves for the user."""
        return self.folder / "output"

    @property
    def temporary(self) -> Path:
        """Where it and its programs make temporary folders."""
        return self.folder / "tmp"

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return (self.folder / "said").read_text("utf-8")

    def start(self) -> subprocess.Popen[bytes]:
        """Start it."""
        self.temporary.mkdir()
        size = ["--mailboxes", "250", "--token-seconds", "5", "--latency", "20", "--outlive", "1"]
        with (self.folder / "said").open("wb") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "demo", *size, "--output", str(self.output)],
                cwd=ROOT,
                env=os.environ | {"TMPDIR": str(self.temporary)},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo in a folder of its own; what a failed test leaves of it is ended."""
    yield Demo(folder=tmp_path)
    for left in alive(str(tmp_path)):
        os.kill(left.pid, signal.SIGKILL)


@pytest.fixture
def checkout() -> Path:
    """The folder of the Makefile."""
    return ROOT
