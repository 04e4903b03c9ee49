"""From start to stop: one configuration after another, and the last renewals.  For `run` alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar, assert_never

from sidecar.config.settings import Settings
from sidecar.errors import ConfigError
from sidecar.observe.events import ConfigRefused, ConfigReloaded, Listener
from sidecar.refresh.messages import Reload, Stop
from sidecar.refresh.refresher import Refresher

_QUICK = 0.7  # seconds for attempts under way; the whole stop takes less than one
_LAST = timedelta(seconds=10)  # for last renewals, and never more than half of the grace period
_SLACK = 5.0  # seconds over the time that an attempt has


class Generation(Protocol):
    """What runs under one configuration."""

    @property
    def settings(self) -> Settings:
        """What the configuration came to."""

    @property
    def refresher(self) -> Refresher:
        """The loop, with where each target stands."""

    def close(self) -> None:
        """Give back what only this generation needs."""


Current = TypeVar("Current", bound=Generation)


def live(
    first: Current,
    *,
    succeed: Callable[[Current], Current],
    tell: Listener,
    now: Callable[[], datetime],
) -> Stop:
    """Keep tokens under one configuration after another until a `Stop` comes, and return it.

    *succeed* reads the configuration anew and puts together what runs under it, or raises
    `ConfigError`.
    """
    current = first
    while True:
        order = current.refresher.run()
        match order:
            case Stop():
                _end(current)
                return order
            case Reload():
                stop = current.refresher.settle(seconds=_longest_attempt(current.settings))
                if stop is not None:
                    _end(current)
                    return stop
                current = _succeeded(current, succeed=succeed, tell=tell, now=now)
            case None:
                raise AssertionError("without an end of its own, the loop ends by an order alone")
            case _:
                assert_never(order)


def _succeeded(
    current: Current,
    *,
    succeed: Callable[[Current], Current],
    tell: Listener,
    now: Callable[[], datetime],
) -> Current:
    try:
        following = succeed(current)
    except ConfigError as error:
        tell(ConfigRefused(at=now(), problems=error.problems))
        return current
    current.close()
    tell(ConfigReloaded(at=now(), targets=list(following.refresher.standings)))
    return following


def _end(current: Generation) -> None:
    """Renew what ends within the pod's grace period, as long as the assertion may be good.

    The kubelet renews no projected token of a pod that terminates (kubernetes#116481), so later
    would be too late for whoever still reads the file.
    """
    grace = current.settings.grace_period
    renewing = current.refresher.renew_what_ends(within=grace)
    current.refresher.settle(seconds=min(_LAST, grace / 2).total_seconds() if renewing else _QUICK)


def _longest_attempt(settings: Settings) -> float:
    return settings.attempt_timeout.total_seconds() + _SLACK
