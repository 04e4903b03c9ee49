"""A writer killed at any system call of a write leaves the old document or the new one."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from contract.token import TokenDocument
from contract.volume import document_path, publish, read, sweep

WRITER = """
import os, signal, sys
from pathlib import Path
from contract.token import TokenDocument
from contract.volume import Manner, publish
folder, first, second = (Path(each) for each in sys.argv[1:])
manner = Manner(raw_token=True)
publish(folder, TokenDocument.from_json(first.read_bytes()), manner)  # all that is lazy is loaded
document = TokenDocument.from_json(second.read_bytes())
os.kill(os.getpid(), signal.SIGSTOP)  # what attaches now misses no call
publish(folder, document, manner)
os._exit(0)  # no call of a tidy end is a step of the write
"""
CALL = re.compile(r"^(?:\[pid +\d+\] )?(\w+)\(", re.MULTILINE)
OLD, NEW = 1, 2
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def strace() -> str:
    """Where strace is, if it may look into another process here."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("needs strace")
    probe = subprocess.run([found, "-qq", "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("strace may not attach to a process here")
    return found


@contextmanager
def _writer(folder: Path, document: TokenDocument) -> Iterator[subprocess.Popen[bytes]]:
    """Start a writer that has published the old document and stops before it publishes the new."""
    files = [folder.parent / "first", folder.parent / "second"]
    for file, sequence in zip(files, (OLD, NEW), strict=True):
        file.write_text(replace(document, sequence=sequence).to_json())
    # Without site packages: what measures coverage would add hundreds of system calls of its own.
    argv = [sys.executable, "-S", "-c", WRITER, str(folder), *map(str, files)]
    with subprocess.Popen(argv, cwd=ROOT) as child:
        _, status = os.waitpid(child.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), status
        yield child


def _traced(strace: str, child: subprocess.Popen[bytes], *options: str) -> str:
    """Let the writer go on under strace, and return what strace saw."""
    with subprocess.Popen(
        [strace, "-f", *options, "-p", str(child.pid)], stderr=subprocess.PIPE, text=True
    ) as tracer:
        assert tracer.stderr is not None
        while "stopped by SIGSTOP" not in (line := tracer.stderr.readline()):
            assert line, "strace ended before it held the writer"
        child.send_signal(signal.SIGCONT)
        seen = tracer.stderr.read()
        child.wait()
    return seen


def _calls(strace: str, folder: Path, document: TokenDocument) -> list[tuple[str, int]]:
    """Return each system call of a whole write, with its number among those of its name."""
    with _writer(folder, document) as child:
        seen = _traced(strace, child)
    count: Counter[str] = Counter()
    calls = []
    for name in CALL.findall(seen):
        count[name] += 1
        calls.append((name, count[name]))
    return [each for each in calls if each[0] != "exit_group"]


def test_a_writer_killed_at_any_system_call_leaves_a_whole_document(
    strace: str, tmp_path: Path, document: TokenDocument
) -> None:
    """SIGKILL before each call in turn: old or new, never neither; the next write is as ever."""
    calls = _calls(strace, _empty(tmp_path, "whole"), document)
    names = {name for name, _ in calls}
    assert {"openat", "write", "fsync", "rename", "fchmod"} <= names
    seen = Counter[int]()
    for name, number in calls:
        folder = _empty(tmp_path, f"{name}-{number}")
        with _writer(folder, document) as child:
            _traced(strace, child, "-e", f"inject={name}:signal=KILL:when={number}")
        assert child.returncode == -9, (name, number)
        found = read(document_path(folder, document.connection, document.resource))
        seen[found.sequence] += 1
        sweep(folder, document.connection, document.resource)
        publish(folder, replace(document, sequence=3))
        left = sorted(each.name for each in (folder / document.connection).iterdir())
        assert left == ["exchange.json", "exchange.token"], (name, number)
    assert seen.keys() == {OLD, NEW}


def _empty(parent: Path, name: str) -> Path:
    folder = parent / name / "tokens"
    folder.mkdir(parents=True)
    return folder
