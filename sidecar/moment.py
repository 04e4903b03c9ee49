"""What both clocks say at one moment.  Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Both clocks, read together."""

    wall: datetime
    """What a token's times are compared with; may be set, and so may jump."""
    steady: float
    """Seconds that only ever grow, also while the machine sleeps."""
