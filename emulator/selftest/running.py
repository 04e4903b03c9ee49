"""Runs a self-test against an emulator that serves, or against one of its own."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from emulator.clock import Clock
from emulator.selftest.checks import outcomes
from emulator.selftest.outcome import Outcome, Result, as_json, as_text, count
from emulator.selftest.target import Target
from emulator.serve import Order, sample_world, serving_order
from emulator.sockets import Ports


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a self-test."""

    outcomes: tuple[Outcome, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing failed."""
        return not count(self.outcomes, Result.FAILED)

    @property
    def text(self) -> str:
        """A line a check."""
        return as_text(self.outcomes)

    @property
    def json(self) -> str:
        """A JSON object."""
        return as_json(self.outcomes)


def selftest(folder: Path | None, url: str | None, *, clock: Clock) -> Report:
    """Test the emulator that serves from *folder*, reached by *url* if given; else a new one.

    Raises:
        StateError: no emulator serves from *folder*.
        StartError: a new one does not start.
    """
    with ExitStack() as stack:
        if folder is None:
            world = sample_world(mailboxes=20, seed=7, settings={})
            order = Order(
                world=world, ports=Ports(), folder=None, projected_token_life=timedelta(hours=1)
            )
            served = stack.enter_context(serving_order(order, clock=clock))
            folder = served.folder.path
        target = Target.in_folder(folder)
        return Report(tuple(outcomes(target.at(url) if url else target, clock=clock)))
