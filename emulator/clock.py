"""What time it is: the only reading of the clock in the emulator, and how it is set off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Returns an aware time in UTC."""


def system_clock() -> datetime:
    """Return the machine's time in UTC."""
    return datetime.now(UTC)  # noqa: TID251  # this is the clock module


@dataclass(slots=True)
class ShiftedClock:
    """Another clock, so much later (or earlier); `shift` may be changed at any time."""

    clock: Clock
    shift: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Return the shifted time."""
        return self.clock() + self.shift
