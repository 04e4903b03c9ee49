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


@dataclass(frozen=True, slots=True)
class Clocks:
    """The emulated time: shifted as a whole, and further for either service."""

    whole: ShiftedClock
    entra: ShiftedClock
    exchange: ShiftedClock

    @classmethod
    def by(cls, clock: Clock) -> "Clocks":
        """Return clocks that show *clock* until they are shifted."""
        whole = ShiftedClock(clock)
        return cls(whole=whole, entra=ShiftedClock(whole), exchange=ShiftedClock(whole))

    def at(self, path: str) -> Clock:
        """Return the clock of the service that answers at *path*."""
        return self.exchange if "/adminapi/" in path.lower() else self.entra

    def reset(self) -> None:
        """Let all show the real time again."""
        for each in (self.whole, self.entra, self.exchange):
            each.shift = timedelta()
