"""Is the sidecar alive, and are its tokens good?  From the last events and the time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sidecar.observe.events import Beat, Event, RefreshFailed, TokenKept, TokenPublished

_STUCK_AFTER = 120.0  # seconds without a turn of the loop, which turns at least every 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of one target."""

    expires_at: datetime | None = None
    last_failure: str | None = None


class Health:
    """Listens, and answers the probes."""

    def __init__(self, *, steady: float) -> None:
        self._seen: dict[str, Seen] = {}
        self._beat = steady

    def watch(self, targets: Iterable[str]) -> None:
        """Answer for *targets* from now on; what is known of those that stay is kept."""
        self._seen = {name: self._seen.get(name, Seen()) for name in targets}

    def __call__(self, event: Event) -> None:
        """Keep what *event* says.  Each change is one assignment, so a reader needs no lock."""
        match event:
            case TokenKept() | TokenPublished():
                self._seen[event.target] = Seen(expires_at=event.expires_at)
            case RefreshFailed():
                before = self._seen[event.target]
                said = f"{event.failure.reason}: {event.failure.summary}"
                self._seen[event.target] = Seen(expires_at=before.expires_at, last_failure=said)
            case Beat():
                self._beat = event.steady
            case _:
                pass  # nothing else changes an answer

    def unready(self, *, now: datetime) -> list[str]:
        """Return why the pod is not ready, a line for each target; nothing when it is."""
        return unready(self._seen, now=now)

    def unstarted(self) -> list[str]:
        """Return which targets have never been in their file."""
        return [
            f"{name}: {_unwritten(seen)}"
            for name, seen in self._seen.items()
            if not seen.expires_at
        ]

    def stuck(self, *, steady: float) -> list[str]:
        """Return why the loop seems to be stuck; nothing while it turns."""
        idle = steady - self._beat
        return [f"the loop has not turned for {idle:.0f} s"] if idle > _STUCK_AFTER else []


def unready(seen: dict[str, Seen], *, now: datetime) -> list[str]:
    """Return which targets have no token that is good *now*, and what stands in the way."""
    found = []
    for name, each in seen.items():
        if each.expires_at is None:
            found.append(f"{name}: {_unwritten(each)}")
        elif each.expires_at <= now:
            why = f"; last failure {each.last_failure}" if each.last_failure else ""
            found.append(f"{name}: expired at {each.expires_at.isoformat()}{why}")
    return found


def _unwritten(seen: Seen) -> str:
    return "not yet written" + (f"; last failure {seen.last_failure}" if seen.last_failure else "")
