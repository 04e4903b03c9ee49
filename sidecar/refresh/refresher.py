"""The loop: start what is due, take in what came back, wait.

One thread decides and tells; attempts run on a few others and come back as messages.  There is
never more than one attempt for a target, and none waits for another target's pause.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Protocol, assert_never

from sidecar.clock import Clock
from sidecar.entra.failures import Failure
from sidecar.moment import Moment
from sidecar.observe.events import (
    Beat,
    ClockJumped,
    CredentialReloaded,
    CredentialUsed,
    Listener,
    NextRefresh,
    NotificationFailed,
    NotificationSent,
    Notified,
    RefreshFailed,
    RefreshStarted,
    TokenExpired,
    TokenPublished,
)
from sidecar.refresh.agenda import Due, Standing, seconds_until_next
from sidecar.refresh.messages import Message, Order, Reload, Stop
from sidecar.refresh.policy import Schedule, Setback, pause_after_failure
from sidecar.refresh.renewal import Attempted, CredentialReport, Renewed

_LONGEST_WAIT = 30.0  # seconds; a clock that jumped is noticed after that at the latest
_JUMP = 5.0  # seconds; less is the clock being slewed, or a slow turn of the loop


class Attempt(Protocol):
    """Makes one attempt."""

    def __call__(self, *, sequence: int, chance: float) -> Attempted:
        """Write a token as number *sequence*; *chance* is the jitter of its renewal."""


@dataclass(slots=True, kw_only=True)
class Refresher:
    """Keeps every target's token fresh."""

    attempts: Mapping[str, Attempt]
    standings: dict[str, Standing]
    clock: Clock[Message]
    start: Callable[[Callable[[], Attempted]], None]
    """Runs an attempt elsewhere and puts what it returns or raises in the inbox."""
    chance: Callable[[], float]
    tell: Listener
    schedule: Schedule
    withdraw: Callable[[str], str | None]
    """Treats the file of an expired target as configured; returns why that could not be done."""
    _offset: float | None = field(default=None, init=False)

    def run(
        self, is_over: Callable[[Mapping[str, Standing]], bool] = lambda _: False
    ) -> Order | None:
        """Go on until an order comes, which is returned, or *is_over* says so."""
        while not is_over(self.standings):
            now = self.clock.read()
            self._beat(now)
            self._tell_expired(now)
            self._start_due(now)
            wait = seconds_until_next(self.standings.values(), now, at_most=_LONGEST_WAIT)
            message = self.clock.wait(wait)
            if isinstance(message, Order):
                return message
            self._take(message)
        return None

    def renew_what_ends(self, *, within: timedelta) -> bool:
        """Start an attempt for each token that ends *within* that time; tell whether one does."""
        now = self.clock.read()
        ending = [
            n for n, each in self.standings.items() if each.ends_before(now.wall + within, now)
        ]
        for name in ending:
            self._launch(name, now)
        return bool(ending)

    def settle(self, *, seconds: float) -> Stop | None:
        """Give attempts under way *seconds* to come back; a `Stop` ends the wait, and is returned.

        To read the configuration anew can wait: it is read after this anyway, or not needed.
        """
        until = self.clock.read().steady + seconds
        while any(each.in_flight for each in self.standings.values()):
            left = until - self.clock.read().steady
            message = self.clock.wait(left) if left > 0 else None
            if message is None:
                return None
            if isinstance(message, Stop):
                return message
            if not isinstance(message, Reload):
                self._take(message)
        return None

    def _beat(self, now: Moment) -> None:
        offset = now.wall.timestamp() - now.steady
        if self._offset is not None and abs(offset - self._offset) > _JUMP:
            self.tell(ClockJumped(seconds=offset - self._offset))
        self._offset = offset
        self.tell(Beat(steady=now.steady))

    def _tell_expired(self, now: Moment) -> None:
        for name, standing in self.standings.items():
            if standing.held is None or not standing.has_just_expired(now):
                continue
            self.standings[name] = replace(standing, expired=True)
            end, problem = standing.held.expires_at, self.withdraw(name)
            self.tell(TokenExpired(target=name, expires_at=end, problem=problem))

    def _start_due(self, now: Moment) -> None:
        for name, standing in self.standings.items():
            if standing.in_flight or standing.due.seconds_from(now) > 0:
                continue
            self._launch(name, now)

    def _launch(self, name: str, now: Moment) -> None:
        standing = self.standings[name]
        self.standings[name] = standing.launched(now)
        self.tell(RefreshStarted(target=name, at=now.wall))
        attempt = self.attempts[name]
        self.start(partial(attempt, sequence=standing.sequence + 1, chance=self.chance()))

    def _take(self, message: Attempted | BaseException | Notified | None) -> None:
        match message:
            case None:
                return
            case BaseException():
                raise message
            case Attempted():
                if self._awaits(message.target):
                    self._land(message, self.clock.read())
            case NotificationFailed() | NotificationSent():
                self.tell(message)
            case _:
                assert_never(message)

    def _awaits(self, name: str) -> bool:
        """Tell whether an attempt is under way; one of an earlier configuration may come late."""
        standing = self.standings.get(name)
        return standing is not None and standing.in_flight

    def _land(self, attempted: Attempted, now: Moment) -> None:
        if attempted.credential is not None:
            self._tell_credential(attempted.target, attempted.credential)
        match attempted.outcome:
            case Renewed():
                self._land_renewed(attempted.target, attempted.outcome, now)
            case Failure():
                self._land_failed(attempted.target, attempted.outcome, now)
            case _:
                assert_never(attempted.outcome)

    def _land_renewed(self, name: str, renewed: Renewed, now: Moment) -> None:
        before = self.standings[name]
        # A slow attempt may have eaten the whole pause: the floor counts from now.
        due_at = max(renewed.refresh_at, now.wall + self.schedule.floor)
        due = Due.at(due_at, now=now, floor=self.schedule.floor)
        self.standings[name] = before.renewed(renewed.life, sequence=renewed.sequence, due=due)
        self.tell(
            TokenPublished(
                target=name,
                acquired_at=renewed.life.acquired_at,
                expires_at=renewed.life.expires_at,
                sequence=renewed.sequence,
                seconds=now.steady - before.started,
            )
        )
        self.tell(NextRefresh(target=name, at=due_at))

    def _land_failed(self, name: str, failure: Failure, now: Moment) -> None:
        before = self.standings[name]
        setback = Setback(
            failure=failure,
            attempts=before.failures + 1,
            held=before.held,
            failing_for=before.failing_for(now),
        )
        pause = pause_after_failure(
            setback, now=now.wall, chance=self.chance(), schedule=self.schedule
        )
        self.standings[name] = before.failed(failure, due=Due.after(pause, now=now), now=now)
        self.tell(
            RefreshFailed(
                target=name,
                at=now.wall,
                failure=failure,
                attempts=setback.attempts,
                seconds=now.steady - before.started,
            )
        )
        self.tell(NextRefresh(target=name, at=now.wall + pause))

    def _tell_credential(self, name: str, report: CredentialReport) -> None:
        if report.reloaded or report.problem is not None:
            self.tell(CredentialReloaded(target=name, kind=report.kind, problem=report.problem))
        self.tell(CredentialUsed(target=name, kind=report.kind, expires_at=report.expires_at))
