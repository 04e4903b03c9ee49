"""What the loop that watches over a run can be told."""

from dataclasses import dataclass
from enum import StrEnum, auto
from queue import Empty, SimpleQueue


class Notice(StrEnum):
    """Something happened that the loop must know of."""

    READY = auto()  # pwsh has said hello, and will take a SIGINT as it should
    EXITED = auto()
    CLOSED = auto()  # one of the three pipes has no more to give
    TERMINATE = auto()  # SIGTERM came to the runner
    CANCEL = auto()  # SIGINT came to the runner


@dataclass(frozen=True, slots=True)
class Unwritten:
    """What the child said could not be kept; its output must not be lost in silence."""

    error: Exception


# A SimpleQueue, because its put() is safe inside a signal handler; an Event's set() is not.
Inbox = SimpleQueue[Notice | Unwritten]


def next_of(inbox: Inbox, *, within: float) -> Notice | Unwritten | None:
    """Return the next message, or nothing when none comes in *within* seconds."""
    try:
        return inbox.get(timeout=max(0.0, within))
    except Empty:
        return None
