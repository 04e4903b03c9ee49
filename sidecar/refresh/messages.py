"""What reaches the loop: orders, and what came of work elsewhere."""

from dataclasses import dataclass
from signal import Signals

from sidecar.observe.events import Notified
from sidecar.refresh.renewal import Attempted


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Asked to end by a signal."""

    signal: Signals


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload:
    """Asked to read the configuration anew."""


Order = Stop | Reload
Message = Attempted | BaseException | Notified | Order
"""What reaches the loop; an exception is a defect in an attempt, and ends the loop."""
