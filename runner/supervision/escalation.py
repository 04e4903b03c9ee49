"""How to end a child that should be gone, and what to call the ending.  Pure.

SIGINT lets PowerShell run its `finally` blocks, SIGTERM ends it at once, SIGKILL ends anything.
A pwsh that is still starting swallows a SIGINT or dies of it by chance (measured), so until it
has said hello the first signal is SIGTERM.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum, auto
from signal import Signals
from typing import Self


class Ending(StrEnum):
    """Why a child ended."""

    EXITED = auto()  # of its own accord, whatever the code
    RUN_TIMEOUT = auto()
    IDLE_TIMEOUT = auto()
    TERMINATED = auto()
    CANCELLED = auto()
    UNWRITTEN = auto()  # what it said could not be kept


_READY = ((Signals.SIGINT, 0.7), (Signals.SIGTERM, 0.2), (Signals.SIGKILL, 0.1))
_STARTING = ((Signals.SIGTERM, 0.8), (Signals.SIGKILL, 0.2))
"""Each signal, with the share of the stopping time that it is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """How far a child has been pushed.  `due` is when patience runs out, on the caller's clock."""

    ending: Ending = Ending.EXITED
    left: tuple[tuple[Signals, float], ...] = ()
    due: float = math.inf

    @property
    def is_spent(self) -> bool:
        """Tell whether even the last signal has had its time: nothing more can be done."""
        return self.has_begun and math.isinf(self.due)

    @property
    def has_begun(self) -> bool:
        """Tell whether the child has been signalled, so that the verdict is the runner's."""
        return self.ending is not Ending.EXITED

    def begin(
        self, why: Ending, *, ready: bool, now: float, stop: float
    ) -> tuple[Self, Signals | None]:
        """Send the first signal; the first reason is the one that is reported."""
        state = replace(self, ending=why, left=_READY if ready else _STARTING)
        return state.insist(now=now, stop=stop)

    def insist(self, *, now: float, stop: float) -> tuple[Self, Signals | None]:
        """Send the next signal, or none when the last has been sent; *stop* is in seconds."""
        if not self.left:
            return replace(self, due=math.inf), None
        (signal, share), *rest = self.left
        return replace(self, left=tuple(rest), due=now + share * stop), signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a child may run, be silent, and take to stop; in seconds."""

    run: float
    idle: float
    stop: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a child ended."""

    ending: Ending
    code: int
    """As waitpid gives it: negative for a signal."""
    is_complete: bool
    """Whether every pipe was read to its end."""
    unwritten: Exception | None
    """Why its output could not be kept, if so."""
    survivors: frozenset[int] = frozenset()
    """Processes that not even SIGKILL ended."""
