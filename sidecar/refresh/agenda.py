"""Where each target stands, and what is due.  Pure.

Two clocks tell that a renewal is due, whichever comes first: the wall clock, because the token
expires by it, also after the machine slept or was set forward; and the steady one, because a wall
clock that is set back must not put the renewal off.  A pause after a failure goes by the steady
clock alone: a jump must not shorten what Retry-After asked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf
from typing import Self

from sidecar.entra.failures import Failure
from sidecar.moment import Moment
from sidecar.refresh.policy import Life

_FLOOR = 1.0  # seconds between two attempts for one target, whatever is reloaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When an attempt is due: by the steady clock, and by the wall clock where that counts too."""

    steady: float
    wall: datetime | None = None
    earliest: float = 0.0
    """By the steady clock: not even a jump of the wall clock brings it nearer than this."""

    @classmethod
    def at(cls, wall: datetime, *, now: Moment, floor: timedelta = timedelta()) -> Self:
        """Return a due time that both clocks can bring, but not before *floor* has passed."""
        return cls(
            steady=now.steady + (wall - now.wall).total_seconds(),
            wall=wall,
            earliest=now.steady + floor.total_seconds(),
        )

    @classmethod
    def after(cls, pause: timedelta, *, now: Moment) -> Self:
        """Return a due time that no jump of the wall clock brings nearer."""
        return cls(steady=now.steady + pause.total_seconds())

    def seconds_from(self, now: Moment) -> float:
        """Return how long it is until then; 0 or less when it is due."""
        wait = self.steady - now.steady
        if self.wall is not None:
            wait = min(wait, (self.wall - now.wall).total_seconds())
        return max(wait, self.earliest - now.steady)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one target stands."""

    due: Due
    held: Life | None = None
    """The life of the token in the file, if it is the target's."""
    sequence: int = 0
    failures: int = 0
    """In a row, since the last token."""
    last_failure: Failure | None = None
    in_flight: bool = False
    failing_since: float | None = None
    """When the first of them came back, by the steady clock."""
    started: float = 0.0
    """When the last attempt began, by the steady clock."""
    written: bool = False
    """Whether this process has written the file."""
    expired: bool = False
    """Whether the end of the held token has been told."""

    def launched(self, now: Moment) -> Self:
        """Return the standing while an attempt is under way."""
        return replace(self, in_flight=True, started=now.steady)

    def renewed(self, life: Life, *, sequence: int, due: Due) -> Self:
        """Return the standing after a token was written."""
        return replace(
            self,
            due=due,
            held=life,
            sequence=sequence,
            failures=0,
            failing_since=None,
            last_failure=None,
            in_flight=False,
            written=True,
            expired=False,
        )

    def failed(self, failure: Failure, *, due: Due, now: Moment) -> Self:
        """Return the standing after an attempt without a token."""
        return replace(
            self,
            due=due,
            failures=self.failures + 1,
            failing_since=now.steady if self.failing_since is None else self.failing_since,
            last_failure=failure,
            in_flight=False,
        )

    def failing_for(self, now: Moment) -> timedelta:
        """Return how long there have been failures in a row."""
        return timedelta(
            seconds=0 if self.failing_since is None else now.steady - self.failing_since
        )

    def ends_before(self, end: datetime, now: Moment) -> bool:
        """Tell whether the held token should be renewed once more because it ends before *end*.

        Not while the other side asks to be left alone.
        """
        if self.held is None or self.in_flight or self.held.expires_at >= end:
            return False
        asked = self.last_failure is not None and self.last_failure.retry_after is not None
        return not (asked and self.due.seconds_from(now) > 0)

    def carried_from(self, before: Self) -> Self:
        """Return this standing, found under a new configuration, with what must outlive it.

        A pause that the other side asked for is kept, and so are the number of the document and
        the floor between two attempts.
        """
        failure = before.last_failure
        asked = failure is not None and failure.retry_after is not None
        due = self.due if not asked else before.due
        earliest = max(due.earliest, before.started + _FLOOR)
        return replace(
            self,
            due=replace(due, earliest=earliest),
            sequence=max(self.sequence, before.sequence),
            failures=before.failures,
            failing_since=before.failing_since,
            last_failure=failure,
            started=before.started,
        )

    def has_just_expired(self, now: Moment) -> bool:
        """Tell whether the held token is over and nobody has been told.

        Not while an attempt is under way: it may be putting the next token into the same file.
        """
        return self.seconds_to_expiry(now) == 0

    def seconds_to_expiry(self, now: Moment) -> float:
        """Return how long until the end of the held token must be told; `inf` if not at all."""
        if self.held is None or self.expired or self.in_flight:
            return inf
        return max(0.0, (self.held.expires_at - now.wall).total_seconds())


def seconds_until_next(standings: Iterable[Standing], now: Moment, *, at_most: float) -> float:
    """Return how long nothing is due; never more than *at_most*, so that jumps are noticed."""
    listed = tuple(standings)
    waits = (each.due.seconds_from(now) for each in listed if not each.in_flight)
    ends = (each.seconds_to_expiry(now) for each in listed)
    return max(0.0, min((at_most, *waits, *ends)))
