"""One configuration after another, and how the last one ends: on values, without a process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from signal import Signals

from sidecar.errors import ConfigError
from sidecar.life import live
from sidecar.observe.events import ConfigRefused, ConfigReloaded, Event
from sidecar.refresh.messages import Order, Reload, Stop

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STOP = Stop(signal=Signals.SIGTERM)


@dataclass(slots=True)
class Chosen:
    """The settings that matter here."""

    grace_period: timedelta = timedelta(seconds=30)
    attempt_timeout: timedelta = timedelta(seconds=30)


@dataclass(slots=True)
class Loop:
    """A refresher that gets orders, and remembers what it was told to do."""

    orders: list[Order]
    stops_while_settling: bool = False
    ending: bool = False
    """Whether a token ends soon."""
    standings: dict[str, object] = field(default_factory=lambda: {"a/x": None})
    settled: list[float] = field(default_factory=list)
    renewed: list[timedelta] = field(default_factory=list)

    def run(self) -> Order:
        """Give the next order."""
        return self.orders.pop(0)

    def settle(self, *, seconds: float) -> Stop | None:
        """Wait for nothing."""
        self.settled.append(seconds)
        return STOP if self.stops_while_settling else None

    def renew_what_ends(self, *, within: timedelta) -> bool:
        """Renew nothing."""
        self.renewed.append(within)
        return self.ending


@dataclass(slots=True)
class Era:
    """What runs under one configuration."""

    refresher: Loop
    settings: Chosen = field(default_factory=Chosen)
    closed: bool = False

    def close(self) -> None:
        """Remember that it is over."""
        self.closed = True


def _lived(first: Era, succeed: Callable[[Era], Era]) -> list[Event]:
    told: list[Event] = []
    assert live(first, succeed=succeed, tell=told.append, now=lambda: NOON) == STOP  # type: ignore[type-var]
    return told


def _never(_: Era) -> Era:
    raise AssertionError("nobody asked for it")


def test_a_stop_gives_attempts_less_than_a_second_when_nothing_ends_soon() -> None:
    """Nothing to renew: the process is gone before anybody misses it."""
    era = Era(Loop([STOP]))
    assert _lived(era, _never) == []
    assert era.refresher.renewed == [timedelta(seconds=30)]
    assert era.refresher.settled == [0.7]


def test_a_last_renewal_has_ten_seconds_and_never_more_than_half_of_the_grace() -> None:
    """The kubelet kills at the end of the grace period."""
    for grace, seconds in ((30, 10), (8, 4), (0, 0)):
        era = Era(Loop([STOP], ending=True), Chosen(grace_period=timedelta(seconds=grace)))
        _lived(era, _never)
        assert era.refresher.settled == [seconds]


def test_a_new_configuration_takes_over_once_attempts_are_back() -> None:
    """They may take as long as an attempt does; then the old one is closed and the new one runs."""
    old, new = Era(Loop([Reload()])), Era(Loop([STOP]))
    told = _lived(old, lambda current: new if current is old else _never(current))
    assert told == [ConfigReloaded(at=NOON, targets=["a/x"])]
    assert (old.closed, new.closed) == (True, False)
    assert old.refresher.settled == [35]
    assert new.refresher.renewed == [timedelta(seconds=30)]


def test_a_refused_configuration_leaves_the_old_one_running() -> None:
    """Its problems are told, and it is asked for orders again."""

    def refuse(_: Era) -> Era:
        raise ConfigError(["wrong"])

    era = Era(Loop([Reload(), Reload(), STOP]))
    told = _lived(era, refuse)
    assert told == [ConfigRefused(at=NOON, problems=("wrong",))] * 2
    assert not era.closed


def test_a_stop_while_a_reload_waits_is_a_stop_like_any_other() -> None:
    """What ends soon is still renewed."""
    era = Era(Loop([Reload()], stops_while_settling=True))
    assert _lived(era, _never) == []
    assert era.refresher.renewed == [timedelta(seconds=30)]
