"""The whole spine, everything real: emulator, sidecar process, runner process, pwsh."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from emulator.testing import sample_world
from tests.together.stage import Stage, standing
from tests.together.work import Work

MAILBOXES = 60


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A tenant of 60 mailboxes, and a sidecar whose tokens live as long as Entra's."""
    world = sample_world(mailboxes=MAILBOXES, retry_wait_scale=0.001)
    with standing(world, tmp_path_factory.mktemp("stage")) as stage:
        yield stage


@pytest.fixture
def work(stage: Stage, tmp_path: Path) -> Work:
    """A folder in which jobs run on the tokens of `stage`."""
    stage.emulator.journal.clear()
    return Work(stage=stage, folder=tmp_path, shell=os.environ["PWSH"])


@pytest.fixture
def short_lived(tmp_path: Path) -> Iterator[Callable[..., Work]]:
    """Put up a world of its own, whose tokens live three seconds."""
    with ExitStack() as stack:

        def begin(*, mailboxes: int, latency: str = "0ms") -> Work:
            folder = tmp_path / "stage"
            folder.mkdir()
            made = sample_world(
                mailboxes=mailboxes, latency=latency, token_lifetime="3s", retry_wait_scale=0.001
            )
            stage = stack.enter_context(standing(made, folder))
            return Work(stage=stage, folder=tmp_path, shell=os.environ["PWSH"])

        yield begin
