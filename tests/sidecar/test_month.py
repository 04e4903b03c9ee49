"""Thirty days of the real loop, checks and files in seconds: the clock moves only when it waits.

Entra is a rule of the weather; policy, renewal, credential files and token files are the real ones.
"""

import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import inf
from pathlib import Path
from signal import Signals

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.freshness import Wanted, objections
from contract.volume import document_path, publish, read
from sidecar.config.targets import Target
from sidecar.credentials.kinds import CredentialKind
from sidecar.credentials.textfiles import FederatedToken
from sidecar.entra.asking import Asked
from sidecar.entra.failures import Failure, Reason
from sidecar.entra.inspection import Grant
from sidecar.errors import CredentialError
from sidecar.moment import Moment
from sidecar.observe.events import (
    Beat,
    CredentialReloaded,
    Event,
    RefreshFailed,
    RefreshStarted,
    TokenPublished,
)
from sidecar.refresh.agenda import Due, Standing
from sidecar.refresh.messages import Message, Stop
from sidecar.refresh.policy import Schedule
from sidecar.refresh.refresher import Refresher
from sidecar.refresh.renewal import Attempted, Renewal

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TARGET = Target(
    connection="contoso",
    resource="exchange",
    tenant_id="11111111-1111-4111-8111-111111111111",
    organization="contoso.onmicrosoft.com",
    client_id="22222222-2222-4222-8222-222222222222",
    environment="worldwide",
    authority="https://login.microsoftonline.com",
    scope="https://outlook.office365.com/.default",
)
MONTH = 30 * 86400.0
PATIENCE = 3600 + 5 * 60
"""Seconds of fair weather after which every token must be good: Retry-After may ask for an hour."""
REASONS = {
    "outage": (Reason.NETWORK, Reason.IDP_UNAVAILABLE),
    "broken assertion": (Reason.ASSERTION_EXPIRED,),
    "forgotten": (Reason.FEDERATION_PROPAGATING,),
}
STORMS = {"storm": 120, "hours of storm": 10**7}
"""Up to how many seconds Retry-After asks for."""
FOUL = (*REASONS, *STORMS, "wrong tenant")


@dataclass(slots=True)
class Weather:
    """What Entra does when, by the steady clock."""

    changes: list[tuple[float, str]]

    @classmethod
    def drawn(cls, chance: random.Random) -> "Weather":
        """Return a month: mostly fair, foul for minutes or hours, some forty times."""
        at, changes = 0.0, [(0.0, "fair")]
        while at < MONTH:
            at += chance.uniform(600, 86400)
            changes.append((at, chance.choice((*FOUL, "slow"))))
            at += chance.choice((60, 900, 7200, 6 * 3600)) * chance.uniform(0.5, 1.5)
            changes.append((at, "fair"))
        return cls(changes)

    def at(self, steady: float) -> str:
        """Return the weather of a moment."""
        return next(kind for begins, kind in reversed(self.changes) if begins <= steady)

    def fair_since(self, steady: float) -> float:
        """Return for how long it has been fair, in seconds."""
        since = 0.0
        for (begins, kind), (ends, _) in pairwise([*self.changes, (inf, "")]):
            if begins <= steady and kind in FOUL:
                since = ends
        return max(0.0, steady - since)


@dataclass(slots=True)
class Month:
    """The world around one loop: clocks, messages, weather, and a folder with real files."""

    folder: Path
    weather: Weather
    chance: random.Random
    life: timedelta
    wall: datetime = NOON
    steady: float = 0.0
    posted: list[tuple[float, int, Message]] = field(default_factory=list)
    jumped: float = -1e9
    """When the wall clock was last set, by the steady clock."""
    flying: set[str] = field(default_factory=set)
    asked: dict[str, list[float]] = field(default_factory=dict)
    sequences: dict[str, list[int]] = field(default_factory=dict)
    ends: dict[str, datetime] = field(default_factory=dict)
    """When the token in each file expires."""
    late: list[tuple[str, float]] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)
    credential: FederatedToken = field(init=False)

    def __post_init__(self) -> None:
        self.rotate()
        self.credential = FederatedToken(self.folder / "projected")

    def rotate(self) -> None:
        """Let the kubelet renew the projected token."""
        (self.folder / "projected").write_text(f"assertion.{self.steady:.0f}.x")

    def read(self) -> Moment:
        """Return the present moment."""
        return Moment(wall=self.wall, steady=self.steady)

    def wait(self, seconds: float) -> Message | None:
        """Advance to the next message, or by *seconds*."""
        self.posted.sort(key=lambda each: each[:2])
        if self.posted and self.posted[0][0] <= self.steady + seconds:
            at, _, message = self.posted.pop(0)
            self._advance(max(0.0, at - self.steady))
            return message
        self._advance(seconds)
        return None

    def _advance(self, seconds: float) -> None:
        before = int(self.steady // 3000)
        self.steady += seconds
        self.wall += timedelta(seconds=seconds)
        if int(self.steady // 3000) != before:
            self.rotate()
        if self.chance.random() < seconds / (4 * 86400):  # every four days the clock is set
            self.wall += timedelta(seconds=self.chance.uniform(-7200, 7200))
            self.jumped = self.steady

    def post(self, message: Message, after: float) -> None:
        """Let *message* arrive in *after* seconds."""
        self.posted.append((self.steady + after, len(self.told) + len(self.posted), message))

    def tell(self, event: Event) -> None:
        """Listen, and look at the promises at each turn of the loop."""
        match event:
            case Beat():
                self._look()
                return
            case TokenPublished(target=target) | RefreshFailed(target=target):
                self.flying.discard(target)
                if isinstance(event, TokenPublished):
                    self._check_file(target, event.sequence)
            case RefreshStarted(target=target):
                self.asked.setdefault(target, []).append(self.steady)
            case _:
                pass
        self.told.append(event)

    def _check_file(self, target: str, sequence: int) -> None:
        connection, _, resource = target.partition("/")
        document = read(document_path(self.folder, connection, resource))
        assert document.sequence == sequence
        self.sequences.setdefault(target, []).append(sequence)
        self.ends[target] = document.expires_at
        if self.steady - self.jumped > 60:  # an attempt may straddle the jump
            wanted = Wanted(connection=connection, resource=resource, tenant_id=document.tenant_id)
            assert objections(document, wanted, now=self.wall, margin=timedelta()) == []

    def _look(self) -> None:
        calm = min(self.weather.fair_since(self.steady), self.steady - self.jumped)
        if calm < PATIENCE:
            return
        for target, ends in self.ends.items():
            if ends <= self.wall:
                self.late.append((target, self.steady))

    def ask(self, target: Target) -> Asked:
        """Answer as the weather is."""
        try:
            proof = self.credential.prove(client_id=target.client_id, token_endpoint="")
        except CredentialError as error:
            return Asked(result=_failure(Reason.CONFIG, said=str(error)), proof=None)
        result = self._answered(self.weather.at(self.steady))
        return Asked(result=result, proof=proof)

    def _answered(self, weather: str) -> Grant | Failure:
        if weather in REASONS:
            return _failure(self.chance.choice(REASONS[weather]))
        if weather in STORMS:
            wait = self.chance.uniform(1, STORMS[weather])
            return _failure(Reason.THROTTLED, wait=wait)
        # A token that was not asked for (its tid is x) must never reach the file.
        token = "e30.eyJ0aWQiOiJ4In0.x" if weather == "wrong tenant" else "opaque"
        hint = self.life * 0.4 if self.chance.random() < 0.2 else None
        return Grant(access_token=token, expires_in=self.life, refresh_in=hint)


def _failure(reason: Reason, *, wait: float | None = None, said: str = "s") -> Failure:
    after = None if wait is None else timedelta(seconds=wait)
    return Failure(reason=reason, summary=said, remedy="r", retry_after=after)


def _lived(month: Month, count: int) -> Refresher:
    """Let the month pass over *count* targets."""
    schedule = Schedule(start_splay=timedelta(seconds=60))
    targets = [replace(TARGET, resource=f"r{number}") for number in range(count)]
    renewals = {
        each.name: Renewal(
            target=each,
            kind=CredentialKind.ASSERTION,
            ask=month.ask,
            publish=lambda document: publish(month.folder, document),
            now=lambda: month.wall,
            schedule=schedule,
        )
        for each in targets
    }

    def start(work: Callable[[], Attempted]) -> None:
        attempted = work()
        assert attempted.target not in month.flying, "two attempts for one target at once"
        month.flying.add(attempted.target)
        slow = month.weather.at(month.steady) == "slow"
        month.post(attempted, after=month.chance.uniform(0.05, 29 if slow else 1))

    now = month.read()
    refresher = Refresher(
        attempts={name: renewal.attempt for name, renewal in renewals.items()},
        standings={name: Standing(due=Due.after(timedelta(), now=now)) for name in renewals},
        clock=month,
        start=start,
        chance=month.chance.random,
        tell=month.tell,
        schedule=schedule,
        withdraw=lambda _: None,
    )
    month.post(Stop(signal=Signals.SIGTERM), after=MONTH)
    refresher.run()
    return refresher


@pytest.fixture(scope="module")
def volume() -> Iterator[Path]:
    """A memory volume, as a pod's is, where the machine has one."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@settings(max_examples=settings.default.max_examples // 50, deadline=None)
@given(seed=st.integers(0, 2**32), life=st.sampled_from([1800, 3600, 5000, 86400]))
def test_a_month_of_mixed_weather_breaks_no_promise(volume: Path, seed: int, life: int) -> None:
    """Storms, outages of hours, clocks set both ways, assertions rotated: every promise is kept.

    No token is found expired once Entra has answered for as long as it may have asked to be left
    alone; no target is asked twice within a second or twice at once; numbers grow one by one; every
    file written is whole, valid and the one that was told.
    """
    chance = random.Random(seed)  # noqa: S311 - weather
    month = Month(
        folder=Path(tempfile.mkdtemp(dir=volume)),
        weather=Weather.drawn(chance),
        chance=chance,
        life=timedelta(seconds=life),
    )
    _lived(month, count=2)
    assert month.late == []
    for asked in month.asked.values():
        assert min(late - early for early, late in pairwise(asked)) >= 1 - 1e-6
    for numbers in month.sequences.values():
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= MONTH / life / 2
    assert any(isinstance(each, CredentialReloaded) for each in month.told)


def test_the_weather_of_a_test_is_what_it_says() -> None:
    """The judge of the month is judged: how long it has been fair."""
    weather = Weather([(0, "fair"), (100, "outage"), (200, "fair"), (300, "slow"), (400, "storm")])
    assert [weather.fair_since(at) for at in (50, 150, 250, 350, 450)] == [50, 0, 50, 150, 0]
