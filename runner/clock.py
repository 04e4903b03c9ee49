"""The one place where the runner asks what time it is."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock module

    def monotonic(self) -> float:
        """Return seconds that only grow, for measuring and for limits."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Return after *seconds*."""
        time.sleep(seconds)
