"""What time it is, and how the loop waits."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

from sidecar.moment import Moment

Message = TypeVar("Message")
Message_co = TypeVar("Message_co", covariant=True)


class Clock(Protocol[Message_co]):
    """Time and waiting, as the loop needs them."""

    def read(self) -> Moment:
        """Return the present moment."""

    def wait(self, seconds: float) -> Message_co | None:
        """Return the next message, or `None` when *seconds* have passed without one."""


class SystemClock(Generic[Message]):
    """The machine's own clocks, and a queue as the inbox.

    A `SimpleQueue`, because its `put` may be called inside a signal handler.
    """

    def __init__(self, inbox: "SimpleQueue[Message]") -> None:
        self._inbox = inbox

    def read(self) -> Moment:
        """Return the present moment."""
        return Moment(wall=now(), steady=steady())

    def wait(self, seconds: float) -> Message | None:
        """Return the next message, or `None` when *seconds* have passed without one."""
        try:
            return self._inbox.get(timeout=max(0.0, seconds))
        except Empty:
            return None


def now() -> datetime:
    """Return the wall clock's time, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock module


def steady() -> float:
    """Return seconds since boot, those asleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


Now = Callable[[], datetime]
