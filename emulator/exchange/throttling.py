"""Has this tenant asked too much?  Counts requests, and says when to come again."""

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from emulator.clock import Clock
from emulator.exchange.failures import throttled
from emulator.exchange.settings import Budget, Throttling
from emulator.world import World

TOO_MANY_AT_ONCE = (
    "You have reached the maximum number of concurrent requests per tenant. Please wait and try "
    "again."
)
TOO_MANY = "You have reached the maximum number of requests per tenant. Please wait and try again."


@dataclass(frozen=True, slots=True)
class Spending:
    """What is used of one budget."""

    since: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether one more request fits, and what is used of the budget after it."""

    fits: bool
    spent: Spending
    headers: dict[str, str]


def verdict(budget: Budget, spent: Spending | None, *, now: datetime) -> Verdict:
    """Return whether one more request fits *budget*.  Pure.

    A stretch begins with the first request after the last one's end.  Whoever waits as long as
    `Retry-After` says is in the next stretch.
    """
    if spent is None or not spent.since <= now < spent.since + budget.window:
        spent = Spending(now, 0)
    end, fits = spent.since + budget.window, spent.count < budget.requests
    after = Spending(spent.since, spent.count + 1) if fits else spent
    headers = {
        "Rate-Limit-Limit": str(budget.requests),
        "Rate-Limit-Remaining": str(budget.requests - after.count),
        "Rate-Limit-Reset": end.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    if not fits:
        headers["Retry-After"] = str(_whole_seconds(end - now))
    return Verdict(fits=fits, spent=after, headers=headers)


def _whole_seconds(wait: timedelta) -> int:
    return max(1, math.ceil(wait.total_seconds()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """The counts of every tenant; safe to use from any thread."""

    world: Callable[[], World]
    clock: Clock
    _spent: dict[tuple[str, str], Spending] = field(default_factory=dict)
    _running: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def place(self, tenant_id: str) -> Iterator[None]:
        """Hold one of the tenant's places for requests at once.

        Raises:
            RefusedError: 429, none is free.  A running request takes the world's latency and
                little more, so that is how long to wait.
        """
        limit = self._settings.concurrent
        with self._lock:
            if limit is not None and self._running[tenant_id] >= limit:
                wait = _whole_seconds(self.world().latency)
                raise throttled(TOO_MANY_AT_ONCE, {"Retry-After": str(wait)})
            self._running[tenant_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[tenant_id] -= 1

    def spend(self, tenant_id: str, cmdlet: str = "") -> dict[str, str]:
        """Count a request, or the run of a *cmdlet*; return the headers that tell what is left.

        Raises:
            RefusedError: 429, the budget is used up.
        """
        budget = self._settings.cmdlets.get(cmdlet.lower()) if cmdlet else self._settings.budget
        if budget is None:
            return {}
        key = (tenant_id, cmdlet.lower())
        with self._lock:
            judged = verdict(budget, self._spent.get(key), now=self.clock())
            self._spent[key] = judged.spent
        if not judged.fits:
            raise throttled(TOO_MANY, judged.headers)
        return judged.headers

    def reset(self) -> None:
        """Forget what was spent; running requests keep their places."""
        with self._lock:
            self._spent.clear()

    @property
    def _settings(self) -> Throttling:
        return self.world().exchange.throttling
