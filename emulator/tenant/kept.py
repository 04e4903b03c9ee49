"""What is made when it is asked for, and kept once it was changed."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


def _never() -> datetime:
    return datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a change takes until readers see it: directories are copied from each other."""

    clock: Callable[[], datetime] = _never
    staleness: Callable[[], timedelta] = timedelta


@dataclass(frozen=True, slots=True)
class _Before(Generic[V]):
    """What readers see until a moment."""

    value: V
    until: datetime


class Kept(Generic[K, V]):
    """Values by key: *made* for each key on demand, unless one was put in its place."""

    def __init__(self, made: Callable[[K], V], pace: Pace) -> None:
        self._made = made
        self._pace = pace
        self._put: dict[K, V] = {}
        self._before: dict[K, _Before[V]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many values were put."""
        return len(self._put)

    def __iter__(self) -> Iterator[K]:
        """List the keys whose values were put, in the order of their first time."""
        return iter(list(self._put))

    def current(self, key: K) -> V:
        """Return the value as the last change left it: what the next change goes on from."""
        return self._put[key] if key in self._put else self._made(key)

    def seen(self, key: K) -> V:
        """Return the value as a reader sees it."""
        if self._before:
            before = self._before.get(key)
            if before is not None and self._pace.clock() < before.until:
                return before.value
        return self.current(key)

    def put(self, key: K, value: V) -> None:
        """Let *value* take the place of what there was; readers see it after the staleness."""
        staleness = self._pace.staleness()
        with self._lock:
            if staleness:
                seen = self.seen(key)
                self._before[key] = _Before(seen, self._pace.clock() + staleness)
            self._put[key] = value

    def change(self, key: K, changed: Callable[[V], V]) -> None:
        """Put what *changed* makes of the present value."""
        self.put(key, changed(self.current(key)))
