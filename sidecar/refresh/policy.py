"""When to ask for the next token.  Pure: *now* and *chance* are the caller's.

The numbers are those that other token sidecars proved or lacked: half the life, because a token
renewed in its last minutes leaves no time for an outage; full jitter, because pods start together.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sidecar.entra.failures import CLASSES, Failure, Reason

_MAX_DOUBLINGS = 16  # beyond any ceiling, and keeps timedelta from overflowing


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The numbers of the policy."""

    share: float = 0.5
    """Which share of a token's life to spend before asking anew."""
    spread: float = 0.1
    """Jitter makes a pause at most this share shorter, never longer."""
    start_splay: timedelta = timedelta()
    """The first attempt comes within this time of the start, at random."""
    floor: timedelta = timedelta(seconds=1)
    """No two attempts for one target are nearer than this."""
    first_retry: timedelta = timedelta(seconds=1)
    slowest_retry: timedelta = timedelta(seconds=60)
    slowest_for_people: timedelta = timedelta(minutes=5)
    """The ceiling where only a person can help, while the held token has time left."""
    propagation: timedelta = timedelta(minutes=10)
    """How long Entra may take to know a new federated credential; unknown for longer, it is as
    good as not there.  One that has given a token before is believed in for ever: Entra was seen
    to forget and remember those (keda#8152)."""
    urgent: timedelta = timedelta(minutes=10)
    """From this much life left on, `slowest_when_urgent` is the ceiling."""
    slowest_when_urgent: timedelta = timedelta(seconds=30)
    longest_retry_after: timedelta = timedelta(hours=1)
    """Entra never means more; obeying a proxy's nonsense would let the token die."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """When a token began and ends, and how early its issuer wants it renewed."""

    acquired_at: datetime
    expires_at: datetime
    refresh_in: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """A failure, and how bad it is."""

    failure: Failure
    attempts: int
    """Failures in a row, this one included: from 1."""
    held: Life | None
    """The life of the token that is in the file meanwhile."""
    failing_for: timedelta = timedelta()
    """Since the first failure in this row."""


def renew_at(life: Life, *, chance: float, schedule: Schedule) -> datetime:
    """Return when to ask for the successor of the token of *life*.

    *chance* is in [0, 1).  It only makes the time earlier, and never earlier than the floor.
    """
    pause = (life.expires_at - life.acquired_at) * schedule.share
    if life.refresh_in is not None:
        pause = min(pause, life.refresh_in)
    pause *= 1 - schedule.spread * chance
    return life.acquired_at + max(schedule.floor, pause)


def pause_after_failure(
    setback: Setback, *, now: datetime, chance: float, schedule: Schedule
) -> timedelta:
    """Return how long to wait after *setback*.

    Full jitter: anything between the floor and the doubled pause.  What Retry-After
    asks for is never shortened, up to `longest_retry_after`.
    """
    doubled = schedule.first_retry * (1 << min(setback.attempts - 1, _MAX_DOUBLINGS))
    ceiling = min(doubled, ceiling_of(setback, now=now, schedule=schedule))
    asked = min(setback.failure.retry_after or timedelta(), schedule.longest_retry_after)
    return max(schedule.floor, ceiling * chance, asked)


def ceiling_of(setback: Setback, *, now: datetime, schedule: Schedule) -> timedelta:
    """Return the longest pause after *setback* that the life of the held token allows."""
    held = setback.held
    if held is None and _is_no_propagation(setback, schedule):
        return schedule.slowest_for_people
    if held is None or held.expires_at <= now:
        return schedule.slowest_retry
    left = held.expires_at - now
    if left <= schedule.urgent:
        return schedule.slowest_when_urgent
    # More than half of what was left when the renewal fell due: nothing burns yet.
    at_renewal = (held.expires_at - held.acquired_at) * (1 - schedule.share)
    if CLASSES[setback.failure.reason].permanent and left > at_renewal / 2:
        return schedule.slowest_for_people
    return schedule.slowest_retry


def _is_no_propagation(setback: Setback, schedule: Schedule) -> bool:
    """Tell whether a federated credential that never worked has had its time to become known."""
    propagating = setback.failure.reason is Reason.FEDERATION_PROPAGATING
    return propagating and setback.failing_for > schedule.propagation


def first_attempt_after(schedule: Schedule, *, chance: float) -> timedelta:
    """Return how long to wait after the start with no token held."""
    return schedule.start_splay * chance
