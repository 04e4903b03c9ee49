"""When to ask for the next token."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.entra.failures import Failure, Reason
from sidecar.refresh.policy import (
    Life,
    Schedule,
    Setback,
    ceiling_of,
    first_attempt_after,
    pause_after_failure,
    renew_at,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
CHANCE = st.floats(0, 1, exclude_max=True)
LIFE = st.timedeltas(timedelta(0), timedelta(days=2))


def _life(seconds: float, refresh_in: timedelta | None = None) -> Life:
    return Life(
        acquired_at=NOON, expires_at=NOON + timedelta(seconds=seconds), refresh_in=refresh_in
    )


@pytest.mark.parametrize(
    ("life", "chance", "pause"),
    [
        pytest.param(_life(3600), 0, 30 * MINUTE, id="half of an hour"),
        pytest.param(_life(3600), 0.5, 28.5 * MINUTE, id="half the jitter takes a twentieth off"),
        pytest.param(_life(86400, 2 * HOUR), 0, 2 * HOUR, id="an earlier refresh_in wins"),
        pytest.param(_life(3600, HOUR), 0, 30 * MINUTE, id="a later refresh_in does not"),
        pytest.param(_life(15), 0, 7.5 * SECOND, id="a life shorter than any margin"),
        pytest.param(_life(1), 0.9, SECOND, id="a life of a second: the floor"),
        pytest.param(_life(0), 0, SECOND, id="no life at all: the floor"),
        pytest.param(_life(3600, -HOUR), 0, SECOND, id="a refresh_in in the past: the floor"),
    ],
)
def test_a_token_is_renewed_at_half_its_life_or_when_its_issuer_says(
    life: Life, chance: float, pause: timedelta
) -> None:
    """Half the life or `refresh_in`, less jitter, but not under the floor."""
    assert renew_at(life, chance=chance, schedule=Schedule()) == NOON + pause


@given(life=LIFE, chance=CHANCE, refresh_in=st.none() | LIFE)
def test_jitter_only_shortens_and_never_below_the_floor(
    life: timedelta, chance: float, refresh_in: timedelta | None
) -> None:
    """Whatever the chance, the renewal is between nine tenths of its pause and all of it."""
    held = Life(acquired_at=NOON, expires_at=NOON + life, refresh_in=refresh_in)
    schedule = Schedule()
    latest = renew_at(held, chance=0, schedule=schedule)
    at = renew_at(held, chance=chance, schedule=schedule)
    assert NOON + schedule.floor <= at <= latest
    assert at - NOON >= (latest - NOON) * 0.899 or at == NOON + schedule.floor


@given(life=st.timedeltas(2 * SECOND, timedelta(days=2)), chance=CHANCE)
def test_a_token_that_lives_two_seconds_is_renewed_before_it_expires(
    life: timedelta, chance: float
) -> None:
    """From twice the floor on, the renewal always comes before the expiry."""
    held = Life(acquired_at=NOON, expires_at=NOON + life)
    assert renew_at(held, chance=chance, schedule=Schedule()) < held.expires_at


def _setback(failure: Failure, attempts: int = 20, held: Life | None = None) -> Setback:
    return Setback(failure=failure, attempts=attempts, held=held)


@pytest.mark.parametrize(
    ("reason", "left", "ceiling"),
    [
        pytest.param(Reason.NETWORK, 29 * MINUTE, MINUTE, id="an outage, time left"),
        pytest.param(Reason.CONFIG, 29 * MINUTE, 5 * MINUTE, id="a person needed, time left"),
        pytest.param(Reason.CREDENTIAL_REJECTED, 16 * MINUTE, 5 * MINUTE, id="rejected, time left"),
        pytest.param(Reason.CONFIG, 14 * MINUTE, MINUTE, id="a person needed, under half is left"),
        pytest.param(Reason.CONFIG, 9 * MINUTE, 30 * SECOND, id="the last ten minutes"),
        pytest.param(Reason.THROTTLED, 10 * MINUTE, 30 * SECOND, id="ten minutes are urgent"),
        pytest.param(Reason.CONFIG, -MINUTE, MINUTE, id="expired"),
    ],
)
def test_the_ceiling_falls_as_the_held_token_nears_its_end(
    failure: Callable[..., Failure], reason: Reason, left: timedelta, ceiling: timedelta
) -> None:
    """What only a person can mend is asked seldom, but not when the token is about to die."""
    held = Life(acquired_at=NOON - HOUR + left, expires_at=NOON + left)
    assert (
        ceiling_of(_setback(failure(reason), held=held), now=NOON, schedule=Schedule()) == ceiling
    )


@pytest.mark.parametrize(
    ("attempts", "longest"),
    [(1, SECOND), (2, 2 * SECOND), (3, 4 * SECOND), (6, 32 * SECOND), (7, MINUTE), (5000, MINUTE)],
)
def test_pauses_double_up_to_the_ceiling(
    failure: Callable[..., Failure], attempts: int, longest: timedelta
) -> None:
    """With nothing held, pauses grow from a second to a minute."""
    pause = pause_after_failure(
        _setback(failure(), attempts), now=NOON, chance=0.999999, schedule=Schedule()
    )
    assert pause == pytest.approx(longest, abs=timedelta(milliseconds=1))


@given(
    reason=st.sampled_from(Reason),
    attempts=st.integers(1, 10**6),
    chance=CHANCE,
    left=st.none() | st.timedeltas(-HOUR, timedelta(days=1)),
    asked=st.none() | st.timedeltas(timedelta(0), timedelta(days=400)),
)
def test_a_pause_lies_between_the_floor_and_the_ceiling_unless_retry_after_asks_for_more(
    reason: Reason,
    attempts: int,
    chance: float,
    left: timedelta | None,
    asked: timedelta | None,
) -> None:
    """Retry-After is never shortened, up to an hour, and nothing else exceeds five minutes."""
    held = None if left is None else Life(acquired_at=NOON - HOUR, expires_at=NOON + left)
    setback = _setback(
        Failure(reason=reason, summary="", remedy="", retry_after=asked), attempts, held
    )
    pause = pause_after_failure(setback, now=NOON, chance=chance, schedule=Schedule())
    demanded = min(asked or timedelta(), HOUR)
    assert max(SECOND, demanded) <= pause <= max(5 * MINUTE, demanded)


@given(chance=CHANCE)
def test_the_start_is_spread_over_the_splay(chance: float) -> None:
    """The first attempt comes within the splay, and at once where there is none."""
    assert first_attempt_after(Schedule(), chance=chance) == timedelta()
    assert timedelta() <= first_attempt_after(Schedule(start_splay=MINUTE), chance=chance) <= MINUTE
