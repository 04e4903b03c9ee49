"""Where the examples are, and an emulator with a tenant to run them on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.testing import Emulator, running, sample_world
from tests.emulator_module.shell import Shell

MAILBOXES = 120


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """A tenant of 120 mailboxes."""
    with running(sample_world(mailboxes=MAILBOXES, retry_wait_scale=0.001)) as emulator:
        yield emulator


@pytest.fixture
def shell(emulator: Emulator, tmp_path: Path) -> Shell:
    """A shell in a folder of its own."""
    emulator.journal.clear()
    return Shell(emulator=emulator, folder=tmp_path)
