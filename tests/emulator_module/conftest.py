"""An emulator for each test file, and a shell for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.testing import Emulator, running, sample_world
from tests.emulator_module.recorder import Recorder, recording
from tests.emulator_module.shell import Shell

MAILBOXES = 2_345


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """A tenant of 2,345 mailboxes, whose module waits a thousandth of the time between tries."""
    with running(sample_world(mailboxes=MAILBOXES, retry_wait_scale=0.001)) as emulator:
        yield emulator


@pytest.fixture
def shell(emulator: Emulator, tmp_path: Path) -> Iterator[Shell]:
    """A shell in a folder of its own; the emulator has no faults and an empty journal."""
    emulator.journal.clear()
    yield Shell(emulator=emulator, folder=tmp_path)
    emulator.faults.clear()


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    """An Exchange that writes down the whole of each request."""
    with recording(tmp_path) as recorder:
        yield recorder


@pytest.fixture
def recorded(emulator: Emulator, recorder: Recorder, tmp_path: Path) -> Shell:
    """A shell whose Exchange is the recorder; its token is a real one of the emulator."""
    return Shell(emulator=emulator, folder=tmp_path, recorder=recorder)
