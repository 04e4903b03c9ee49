"""The faults still to come: which one does a request get?"""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime

from emulator.clock import Clock, system_clock
from emulator.faults.fault import Fault
from emulator.faults.traits import Traits


@dataclass(slots=True, kw_only=True)
class Waiting:
    """A fault and how often it has been met."""

    id: int
    fault: Fault
    added: datetime
    chance: random.Random = field(repr=False)
    fitted: int = 0
    """Requests of its kind so far, spared ones included."""
    hits: int = 0

    def strikes(self, traits: Traits, *, now: datetime) -> bool:
        """Count a request where it fits, and tell whether it is hit."""
        fault = self.fault
        age = now - self.added
        in_time = fault.begins <= age and (fault.ends is None or age < fault.ends)
        if not (in_time and fault.fits(traits)):
            return False
        self.fitted += 1
        beyond = self.fitted - fault.after
        # Drawn for each fitting request, so that the same seed hits the same ones.
        drawn = self.chance.random() < fault.probability
        if beyond < 1 or beyond % fault.every or not drawn:
            return False
        self.hits += 1
        return True

    @property
    def is_used_up(self) -> bool:
        """Whether it hits no more."""
        return self.fault.times is not None and self.hits >= self.fault.times


@dataclass(frozen=True, slots=True)
class Hit:
    """A fault that strikes a request."""

    id: int
    fault: Fault


class Faults:
    """The faults still to come, first added first used; safe to use from any thread."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._waiting: list[Waiting] = []
        self._struck: list[tuple[int, Callable[[], object]]] = []
        """The requests that a fault holds up, by its id, and what lets each go."""
        self._dropped: set[int] = set()
        self._cleared = 0
        """The last id when all were removed."""
        self._added = 0
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> int:
        """Let *fault* hit the requests from now on, and return its id."""
        with self._lock:
            self._added += 1
            self._waiting.append(
                Waiting(
                    id=self._added,
                    fault=fault,
                    added=self._clock(),
                    chance=random.Random(fault.seed),  # noqa: S311  # scripted, not secret
                )
            )
            return self._added

    def remove(self, number: int) -> bool:
        """Remove the fault of that id, and tell whether it was there; what it holds up goes on."""
        with self._lock:
            is_gone = self._drop(lambda each: each == number)
            self._dropped |= {number} if is_gone else set()
            return is_gone

    def clear(self) -> None:
        """Remove every fault."""
        with self._lock:
            self._drop(lambda _: True)
            self._dropped, self._cleared = set(), self._added

    def _drop(self, is_meant: Callable[[int], bool]) -> bool:
        kept = [each for each in self._waiting if not is_meant(each.id)]
        held = [mark for mark in self._struck if is_meant(mark[0])]
        for mark in held:
            self._struck.remove(mark)
            mark[1]()
        is_gone = len(kept) < len(self._waiting) or bool(held)
        self._waiting = kept
        return is_gone

    @contextmanager
    def holding(self, number: int, release: Callable[[], object]) -> Iterator[None]:
        """Call *release* if the fault of that id is removed while the block runs.

        It is called in whichever thread removes the fault, and must not block.
        """
        mark = (number, release)
        with self._lock:
            self._struck.append(mark)
            if number <= self._cleared or number in self._dropped:
                release()  # removed between the strike and now
        try:
            yield
        finally:
            with self._lock, suppress(ValueError):  # it was let go
                self._struck.remove(mark)

    @property
    def waiting(self) -> list[Fault]:
        """The faults not yet used up."""
        return [each.fault for each in list(self._waiting)]

    @property
    def states(self) -> list[Waiting]:
        """The faults not yet used up, with how often each was met."""
        return list(self._waiting)

    @property
    def held(self) -> list[int]:
        """The ids of the faults that hold a request up at present, one for each request."""
        return [number for number, _ in list(self._struck)]

    @property
    def asks_for_bodies(self) -> bool:
        """Whether some fault is chosen by what stands in a request's body."""
        return any(each.fault.cmdlet or each.fault.client_id for each in list(self._waiting))

    def take(self, traits: Traits) -> Hit | None:
        """Return the fault for this request, if any, and count it as used once."""
        if not self._waiting:
            return None
        now = self._clock()
        with self._lock:
            for each in self._waiting:
                if each.strikes(traits, now=now):
                    if each.is_used_up:
                        self._waiting.remove(each)
                    return Hit(each.id, each.fault)
        return None
