"""The loop, on a clock that only moves when it waits, with an Entra that follows a rule."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle, pairwise
from signal import Signals

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sidecar.credentials.kinds import CredentialKind
from sidecar.entra.failures import Failure, Reason
from sidecar.moment import Moment
from sidecar.observe.events import (
    ClockJumped,
    CredentialReloaded,
    CredentialUsed,
    Event,
    NextRefresh,
    RefreshFailed,
    RefreshStarted,
    TokenPublished,
)
from sidecar.refresh.agenda import Due, Standing, seconds_until_next
from sidecar.refresh.messages import Message, Stop
from sidecar.refresh.policy import Life, Schedule, renew_at
from sidecar.refresh.refresher import Refresher
from sidecar.refresh.renewal import Attempted, CredentialReport, Renewed

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(slots=True)
class FakeClock:
    """Time passes only in `wait`; messages arrive at the moments they were posted for."""

    wall: datetime = NOON
    steady: float = 1000.0
    _posted: list[tuple[float, int, Message]] = field(default_factory=list)
    _count: int = 0

    def read(self) -> Moment:
        """Return the present moment."""
        return Moment(wall=self.wall, steady=self.steady)

    def post(self, message: Message, *, after: float = 0.0) -> None:
        """Let *message* arrive in *after* seconds."""
        self._count += 1
        self._posted.append((self.steady + after, self._count, message))
        self._posted.sort(key=lambda each: each[:2])

    def wait(self, seconds: float) -> Message | None:
        """Advance to the next message, or by *seconds*."""
        if self._posted and self._posted[0][0] <= self.steady + seconds:
            at, _, message = self._posted.pop(0)
            self.pass_time(max(0.0, at - self.steady))
            return message
        self.pass_time(seconds)
        return None

    def pass_time(self, seconds: float) -> None:
        """Let both clocks advance."""
        self.steady += seconds
        self.wall += timedelta(seconds=seconds)


Answer = timedelta | Failure
"""What Entra does: grants a token of this life, or fails."""


@dataclass(slots=True)
class ScriptedEntra:
    """Answers each attempt by a rule, after a while, and remembers when it was asked."""

    clock: FakeClock
    answer: Callable[[str, float], Answer]
    """Given the target and the steady time."""
    seconds: float = 0.2
    schedule: Schedule = field(default_factory=Schedule)
    asked: dict[str, list[float]] = field(default_factory=dict)
    under_way: set[str] = field(default_factory=set)
    written: dict[str, list[tuple[int, Life]]] = field(default_factory=dict)
    credential: CredentialReport | None = None

    def attempt(self, target: str) -> Callable[..., Attempted]:
        """Return the attempt of *target*."""

        def go(*, sequence: int, chance: float) -> Attempted:
            if target in self.under_way:
                raise AssertionError(f"two attempts for {target} at once")
            self.under_way.add(target)
            self.asked.setdefault(target, []).append(self.clock.steady)
            return Attempted(
                target=target,
                outcome=self._outcome(target, sequence, chance),
                credential=self.credential,
            )

        return go

    def start(self, work: Callable[[], Attempted]) -> None:
        """Run *work* now and deliver what it gives after the seconds that an attempt takes."""
        self.clock.post(work(), after=self.seconds)

    def landed(self, target: str) -> None:
        """Be told that an attempt came back."""
        self.under_way.discard(target)

    def _outcome(self, target: str, sequence: int, chance: float) -> Renewed | Failure:
        answer = self.answer(target, self.clock.steady)
        if isinstance(answer, Failure):
            return answer
        life = Life(acquired_at=self.clock.wall, expires_at=self.clock.wall + answer)
        self.written.setdefault(target, []).append((sequence, life))
        at = renew_at(life, chance=chance, schedule=self.schedule)
        return Renewed(life=life, sequence=sequence, refresh_at=at)


OUTAGE = Failure(reason=Reason.IDP_UNAVAILABLE, summary="s", remedy="r")
THROTTLED = Failure(
    reason=Reason.THROTTLED, summary="s", remedy="r", retry_after=timedelta(minutes=20)
)
REJECTED = Failure(reason=Reason.CREDENTIAL_REJECTED, summary="s", remedy="r")


@dataclass(slots=True)
class Stage:
    """A refresher with its clock, its Entra, and what was told."""

    clock: FakeClock
    entra: ScriptedEntra
    told: list[Event]
    refresher: Refresher
    withdrawn: list[tuple[str, datetime]]
    """Which target's file was withdrawn, and when."""

    def run(self, seconds: float) -> Stop | None:
        """Let it run for *seconds* of its own time."""
        self.clock.post(Stop(signal=Signals.SIGTERM), after=seconds)
        return self.refresher.run()

    def kinds(self) -> list[str]:
        """Return what was told, by name, without the beats."""
        return [type(each).__name__ for each in self.told if type(each).__name__ != "Beat"]


def staged(
    answer: Callable[[str, float], Answer],
    *,
    targets: tuple[str, ...] = ("a/x",),
    held: Life | None = None,
    seed: int = 1,
) -> Stage:
    """Return a stage on which Entra follows *answer*."""
    clock, told, withdrawn = FakeClock(), [], []
    entra = ScriptedEntra(clock, answer)
    now = clock.read()

    def tell(event: Event) -> None:
        told.append(event)
        if isinstance(event, TokenPublished | RefreshFailed):
            entra.landed(event.target)

    due = Due.after(timedelta(), now=now)
    if held is not None:
        due = Due.at(renew_at(held, chance=0, schedule=Schedule()), now=now)
    refresher = Refresher(
        attempts={each: entra.attempt(each) for each in targets},
        standings={each: Standing(due=due, held=held, sequence=5) for each in targets},
        clock=clock,
        start=entra.start,
        chance=random.Random(seed).random,  # noqa: S311 - jitter
        tell=tell,
        schedule=entra.schedule,
        withdraw=lambda name: withdrawn.append((name, clock.wall)),
    )
    return Stage(clock, entra, told, refresher, withdrawn)


def test_the_end_of_a_token_is_told_once_and_at_its_time() -> None:
    """An outage outlasts the token: its file is withdrawn at that moment, and never again."""
    life = Life(acquired_at=NOON, expires_at=NOON + HOUR)
    stage = staged(lambda _target, _steady: OUTAGE, held=life)
    stage.run(DAY.total_seconds())
    ((name, when),) = stage.withdrawn
    assert name == "a/x"
    assert NOON + HOUR <= when < NOON + HOUR + timedelta(seconds=35)  # an attempt may be under way
    assert stage.kinds().count("TokenExpired") == 1


def test_a_token_renewed_in_time_is_never_told_as_expired() -> None:
    """A day of renewals withdraws nothing."""
    stage = staged(lambda _target, _steady: HOUR)
    stage.run(DAY.total_seconds())
    assert stage.withdrawn == []


def test_each_outage_withdraws_anew() -> None:
    """After a recovery, the next token's end counts again."""
    stage = staged(lambda _target, steady: HOUR if (steady - 1000) % 14400 < 60 else OUTAGE)
    stage.run(DAY.total_seconds())
    assert len(stage.withdrawn) == len([k for k in stage.kinds() if k == "TokenPublished"]) > 3


def test_nothing_is_withdrawn_while_an_attempt_may_write() -> None:
    """The file of a target with an attempt under way is left alone until it is back."""
    flying = Standing(
        due=Due(steady=0.0),
        held=Life(acquired_at=NOON, expires_at=NOON + HOUR),
        in_flight=True,
    )
    late = Moment(wall=NOON + 2 * HOUR, steady=9000.0)
    assert not flying.has_just_expired(late)
    assert seconds_until_next([flying], late, at_most=30) == 30
    landed = flying.failed(OUTAGE, due=Due(steady=9999.0), now=late)
    assert landed.has_just_expired(late)
    assert seconds_until_next([landed], late, at_most=30) == 0


def gaps(life: list[float]) -> list[float]:
    """Return the times between moments."""
    return [late - early for early, late in pairwise(life)]


def test_a_day_of_hourly_tokens_takes_some_fifty_requests() -> None:
    """Each is renewed between 45 and 50 percent of its life, and numbered one by one."""
    stage = staged(lambda _target, _steady: HOUR)
    assert stage.run(DAY.total_seconds()) == Stop(signal=Signals.SIGTERM)
    asked = gaps(stage.entra.asked["a/x"])
    assert 48 <= len(asked) <= 54
    assert all(0.45 * 3600 <= gap <= 0.5 * 3600 + 1 for gap in asked)
    numbers = [number for number, _ in stage.entra.written["a/x"]]
    assert numbers == list(range(6, 6 + len(numbers)))


def test_an_attempt_is_told_from_start_to_next_due() -> None:
    """What listeners hear of one success, in order."""
    stage = staged(lambda _target, _steady: HOUR)
    stage.run(1)
    assert stage.kinds() == ["RefreshStarted", "TokenPublished", "NextRefresh"]
    _, published, upcoming = (each for each in stage.told if type(each).__name__ != "Beat")
    assert isinstance(published, TokenPublished)
    assert published.seconds == pytest.approx(0.2)
    assert isinstance(upcoming, NextRefresh)
    assert NOON + 0.45 * HOUR <= upcoming.at <= NOON + HOUR / 2


def test_an_outage_is_met_with_growing_pauses_and_the_first_token_ends_it() -> None:
    """Nothing held: from one second to a minute, for ever, then back to half a life."""
    stage = staged(lambda _target, steady: OUTAGE if steady < 4600 else HOUR)
    stage.run(4000)
    failures = [each for each in stage.told if isinstance(each, RefreshFailed)]
    assert [each.attempts for each in failures] == list(range(1, len(failures) + 1))
    assert 60 <= len(failures) <= 260
    assert max(gaps(stage.entra.asked["a/x"])) <= 61
    standing = stage.refresher.standings["a/x"]
    assert (standing.failures, standing.last_failure, standing.written) == (0, None, True)


def test_an_unknown_federation_is_asked_for_often_only_while_it_may_be_new() -> None:
    """At most a minute apart for ten minutes; after that up to five, and never not at all."""
    unknown = Failure(reason=Reason.FEDERATION_PROPAGATING, summary="s", remedy="r")
    stage = staged(lambda _target, _steady: unknown)
    stage.run(7200)
    asked = stage.entra.asked["a/x"]
    early = [late - before for before, late in pairwise(asked) if late < 1600]
    late = [after - before for before, after in pairwise(asked) if before > 1700]
    assert max(early) <= 61
    assert 61 < max(late) <= 301
    assert len(late) > 20


def test_a_federation_that_has_worked_is_believed_in() -> None:
    """Entra forgets it for an hour: asked every minute at most all the time, and again at last."""
    unknown = Failure(reason=Reason.FEDERATION_PROPAGATING, summary="s", remedy="r")
    stage = staged(lambda _, at: unknown if 1500 < at < 9000 else timedelta(minutes=10))
    stage.run(10000)
    assert max(gaps(stage.entra.asked["a/x"])) <= 301
    assert stage.refresher.standings["a/x"].failures == 0


def test_a_rejected_credential_is_asked_seldom_while_the_token_lives() -> None:
    """Up to five minutes between attempts at first, half a minute at the end."""
    held = Life(acquired_at=NOON, expires_at=NOON + 10 * HOUR)
    stage = staged(lambda _target, _steady: REJECTED, held=held)
    stage.run(10 * 3600)
    asked = stage.entra.asked["a/x"]
    early = [at for at in asked if at < 1000 + 7 * 3600]
    late = [at for at in asked if at > 1000 + 10 * 3600 - 600]
    assert max(gaps(early)) > 61
    assert max(gaps(early)) <= 301
    assert max(gaps(late)) <= 31


def test_retry_after_is_waited_for_even_if_the_wall_clock_jumps() -> None:
    """A clock set forward by an hour brings a renewal near, but no forbidden request."""
    answers: Iterator[Answer] = iter([THROTTLED, HOUR])
    stage = staged(lambda _target, _steady: next(answers))
    stage.clock.post(Stop(signal=Signals.SIGTERM), after=60)
    stage.refresher.run()
    stage.clock.wall += HOUR
    stage.run(1300)
    assert gaps(stage.entra.asked["a/x"]) == [pytest.approx(1200.2)]


@pytest.mark.parametrize(
    ("jump", "within"),
    [
        pytest.param(2 * HOUR, 31, id="forward: the token has expired meanwhile"),
        pytest.param(-2 * HOUR, 1801, id="backward: the steady clock still counts"),
    ],
)
def test_a_jump_of_the_wall_clock_does_not_make_a_renewal_late(
    jump: timedelta, within: float
) -> None:
    """A machine that slept renews within half a minute; a clock set back delays nothing."""
    stage = staged(lambda _target, _steady: HOUR)
    stage.run(10)
    stage.clock.wall += jump
    at = stage.clock.steady
    stage.run(3000)
    assert stage.entra.asked["a/x"][1] - at <= within
    (told,) = (each for each in stage.told if isinstance(each, ClockJumped))
    assert told.seconds == pytest.approx(jump.total_seconds())


def test_a_token_found_at_the_start_is_kept_until_its_renewal() -> None:
    """A restarted sidecar does not ask for what it has."""
    held = Life(acquired_at=NOON - 0.25 * HOUR, expires_at=NOON + 0.75 * HOUR)
    stage = staged(lambda _target, _steady: HOUR, held=held)
    stage.run(3600)
    assert stage.entra.asked["a/x"][0] == pytest.approx(1000 + 900, abs=1)


def test_a_target_that_fails_delays_no_other() -> None:
    """Two hundred targets, one of them hopeless: the others never notice."""
    names = tuple(f"c/{number}" for number in range(200))
    stage = staged(lambda target, _: OUTAGE if target == "c/7" else HOUR, targets=names)
    stage.run(2 * 3600)
    for name in names:
        if name != "c/7":
            assert max(gaps(stage.entra.asked[name])) <= 1801
    assert "c/7" not in stage.entra.written


def test_a_life_of_a_second_does_not_spin() -> None:
    """One request a second at most, whatever the other side grants."""
    stage = staged(lambda _target, _steady: timedelta(seconds=1))
    stage.run(600)
    assert min(gaps(stage.entra.asked["a/x"])) >= 1.0


LIVES = st.sampled_from([timedelta(seconds=3), timedelta(minutes=5), HOUR, DAY])
FAILURES = st.sampled_from([OUTAGE, THROTTLED, REJECTED])


@settings(max_examples=15, deadline=None)
@given(
    answers=st.lists(LIVES | FAILURES, min_size=1, max_size=30),
    jumps=st.lists(st.floats(-7200, 7200), max_size=5),
    seed=st.integers(0, 1000),
)
def test_hours_of_bad_weather_breaks_no_promise(
    answers: list[Answer], jumps: list[float], seed: int
) -> None:
    """Never two attempts at once, never faster than one a second, numbers grow one by one."""
    endless = cycle(answers)
    stage = staged(lambda _target, _steady: next(endless), seed=seed)
    for jump in [*jumps, 0.0]:
        stage.run(900)
        stage.clock.wall += timedelta(seconds=jump)
    for asked in stage.entra.asked.values():
        assert min(gaps(asked), default=1) >= 1.0 - 1e-6
    numbers = [number for number, _ in stage.entra.written.get("a/x", [])]
    assert numbers == list(range(6, 6 + len(numbers)))


@settings(max_examples=15, deadline=None)
@given(
    life=st.timedeltas(timedelta(seconds=3), DAY),
    outage=st.floats(0, 1),
    seed=st.integers(0, 1000),
)
def test_while_entra_answers_no_token_expires(life: timedelta, outage: float, seed: int) -> None:
    """An outage shorter than two fifths of a life is not noticed by a reader."""
    starts = 1000 + 3 * life.total_seconds()
    ends = starts + outage * max(0.0, 0.4 * life.total_seconds() - 62)
    stage = staged(lambda _, at: OUTAGE if starts < at < ends else life, seed=seed)
    stage.run(8 * life.total_seconds())
    lives = [held for _, held in stage.entra.written["a/x"]]
    assert all(new.acquired_at < old.expires_at for old, new in pairwise(lives))


def test_what_an_attempt_learned_of_its_credential_is_told() -> None:
    """A certificate that could not be reloaded is heard of before the outcome."""
    stage = staged(lambda _target, _steady: HOUR)
    stage.entra.credential = CredentialReport(
        kind=CredentialKind.CERTIFICATE, expires_at=NOON + DAY, reloaded=False, problem="broken"
    )
    stage.run(1)
    assert stage.kinds() == [
        *("RefreshStarted", "CredentialReloaded", "CredentialUsed"),
        *("TokenPublished", "NextRefresh"),
    ]
    assert (
        CredentialReloaded(target="a/x", kind=CredentialKind.CERTIFICATE, problem="broken")
        in stage.told
    )
    assert (
        CredentialUsed(target="a/x", kind=CredentialKind.CERTIFICATE, expires_at=NOON + DAY)
        in stage.told
    )


def test_a_defect_in_an_attempt_ends_the_loop_loudly() -> None:
    """A bug must not look like an outage that goes on for ever."""
    stage = staged(lambda _target, _steady: HOUR)
    stage.clock.post(ZeroDivisionError("defect"), after=0.1)
    with pytest.raises(ZeroDivisionError, match="defect"):
        stage.refresher.run()


def test_an_attempt_that_nobody_waits_for_changes_nothing() -> None:
    """It was begun under an earlier configuration: neither its success nor its target counts."""
    stage = staged(lambda _target, _steady: HOUR)
    stage.run(5)
    before = dict(stage.refresher.standings)
    life = Life(acquired_at=NOON, expires_at=NOON + DAY)
    late = Renewed(life=life, sequence=99, refresh_at=NOON + HOUR)
    for target in ("a/x", "gone/x"):
        stage.clock.post(Attempted(target=target, outcome=late, credential=None))
    stage.run(5)
    assert stage.refresher.standings == before


def test_settling_waits_for_attempts_under_way_but_not_for_ever() -> None:
    """What comes back within the grace is taken in; a second signal ends the wait."""
    stage = staged(lambda _target, _steady: HOUR)
    stage.run(0.1)
    assert stage.refresher.standings["a/x"].in_flight
    stage.refresher.settle(seconds=0.7)
    assert stage.refresher.standings["a/x"].written
    slow = staged(lambda _target, _steady: HOUR)
    slow.entra.seconds = 60
    slow.run(0.1)
    slow.refresher.settle(seconds=0.7)
    assert slow.clock.steady == pytest.approx(1000.8)
    slow.clock.post(Stop(signal=Signals.SIGINT), after=0.1)
    slow.refresher.settle(seconds=0.7)
    assert slow.clock.steady == pytest.approx(1000.9)


def test_nothing_due_is_looked_at_again_after_half_a_minute() -> None:
    """However far the next renewal is, a jump of the clock is noticed."""
    now = Moment(wall=NOON, steady=0)
    far = Standing(due=Due.at(NOON + DAY, now=now))
    near = Standing(due=Due.after(timedelta(seconds=7), now=now))
    assert seconds_until_next([far], now, at_most=30) == 30
    assert seconds_until_next([far, near], now, at_most=30) == 7
    assert seconds_until_next([near.launched(now)], now, at_most=30) == 30
    assert seconds_until_next([], now, at_most=30) == 30


def test_beginning_is_told_with_the_time_of_the_wall() -> None:
    """The metric of the last attempt is a date."""
    stage = staged(lambda _target, _steady: HOUR)
    stage.run(1)
    assert RefreshStarted(target="a/x", at=NOON) in stage.told
