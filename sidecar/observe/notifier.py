"""Tells others on this machine that a token was renewed, and tries again until they know.

It has a thread of its own, and renewal never waits for it.  A newer token takes the place of an
older one that could not be told: only the last matters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from queue import SimpleQueue
from threading import Thread

from sidecar.clock import Clock, SystemClock
from sidecar.moment import Moment
from sidecar.observe.events import (
    Event,
    NotificationFailed,
    NotificationSent,
    Notified,
    TokenPublished,
)

_FIRST, _SLOWEST = 1.0, 60.0  # seconds between two tries
_LONGEST_WAIT = 3600.0

Tell = Callable[[TokenPublished], None]
"""Tells one listener; raises `NotifyError`."""


class NotifyError(Exception):
    """A listener was not reached; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What is still to be told to one listener of one target."""

    notice: TokenPublished
    due: float
    """By the steady clock."""
    tries: int = 0

    def later(self, now: Moment, *, chance: float) -> "Pending":
        """Return it for another try: full jitter up to a pause that doubles."""
        ceiling = min(_SLOWEST, _FIRST * 2**self.tries)
        pause = max(_FIRST / 2, ceiling * chance)
        return replace(self, due=now.steady + pause, tries=min(self.tries + 1, 16))


class Notifier:
    """Listens for renewals, and passes them on."""

    def __init__(
        self,
        *,
        clock: Clock[TokenPublished],
        report: Callable[[Notified], None],
        chance: Callable[[], float],
    ) -> None:
        self.listeners: Mapping[str, Tell] = {}
        """Whom to tell, by the name that the configuration gives them."""
        self._clock = clock
        self._report = report
        self._chance = chance
        self._pending: dict[tuple[str, str], Pending] = {}

    def turn(self) -> None:
        """Wait for a renewal or for something due, and tell what is due."""
        self._take(self._clock.wait(self._seconds_until_next()))
        now = self._clock.read()
        for key, pending in list(self._pending.items()):
            if pending.due <= now.steady:
                self._try(key, pending)

    def _seconds_until_next(self) -> float:
        now = self._clock.read().steady
        return max(
            0.0, min((each.due - now for each in self._pending.values()), default=_LONGEST_WAIT)
        )

    def _take(self, notice: TokenPublished | None) -> None:
        if notice is not None:
            due = self._clock.read().steady
            for name in self.listeners:
                self._pending[notice.target, name] = Pending(notice=notice, due=due)

    def _try(self, key: tuple[str, str], pending: Pending) -> None:
        target, name = key
        listener = self.listeners.get(name)
        if listener is None:  # the configuration names it no more
            del self._pending[key]
            return
        try:
            listener(pending.notice)
        except NotifyError as error:
            self._report(NotificationFailed(target=target, listener=name, problem=str(error)))
            self._pending[key] = pending.later(self._clock.read(), chance=self._chance())
        else:
            self._report(NotificationSent(target=target, listener=name))
            del self._pending[key]


class Notifications:
    """A notifier with its thread, which starts with the first listener."""

    def __init__(self, *, report: Callable[[Notified], None], chance: Callable[[], float]) -> None:
        self._inbox: SimpleQueue[TokenPublished] = SimpleQueue()
        clock: SystemClock[TokenPublished] = SystemClock(self._inbox)
        self._notifier = Notifier(clock=clock, report=report, chance=chance)
        self._thread: Thread | None = None

    def watch(self, listeners: Mapping[str, Tell]) -> None:
        """Tell *listeners* from now on."""
        self._notifier.listeners = listeners
        if listeners and self._thread is None:
            self._thread = Thread(target=self._serve, name="notifier", daemon=True)
            self._thread.start()

    def __call__(self, event: Event) -> None:
        """Pass *event* on if it is a renewal and somebody wants to know."""
        if isinstance(event, TokenPublished) and self._notifier.listeners:
            self._inbox.put(event)

    def _serve(self) -> None:
        while True:
            self._notifier.turn()
