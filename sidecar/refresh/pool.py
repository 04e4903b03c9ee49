"""Where attempts run: a few threads, more while some hang, and an inbox for what they return."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Pool(Generic[Result]):
    """Runs work on *size* threads, and on up to *most* while work waits and none is taken.

    Attempts that hang would else hold up those that do not.  The further threads end when they
    have had nothing to do for *linger* seconds.  All are daemons: an attempt that hangs on a dead
    connection must not keep the process from stopping.  What it may leave behind is one unfinished
    temporary file; the token file itself is replaced in one step.
    """

    def __init__(
        self,
        size: int,
        deliver: Callable[[Result | BaseException], None],
        *,
        most: int | None = None,
        patience: float = 0.25,
        linger: float = 10.0,
    ) -> None:
        self._size, self._most = size, max(size, most or size)
        self._deliver, self._patience, self._linger = deliver, patience, linger
        self._work: SimpleQueue[Callable[[], Result] | None] = SimpleQueue()
        self._lock = Lock()
        self._crowded, self._closed = Event(), Event()
        self._threads = self._idle = self._queued = self._taken = 0
        Thread(target=self._oversee, name="attempts", daemon=True).start()

    def start(self, work: Callable[[], Result]) -> None:
        """Run *work* as soon as a thread is free."""
        with self._lock:
            self._work.put(work)
            self._queued += 1
            if self._queued <= self._idle:
                return
            if self._threads < self._size:
                self._hire()
            else:
                self._crowded.set()

    def close(self) -> None:
        """End the threads as they become free."""
        with self._lock:
            self._closed.set()
            self._crowded.set()
            for _ in range(self._threads):
                self._work.put(None)
            self._queued += self._threads

    @property
    def threads(self) -> int:
        """How many threads there are now."""
        return self._threads

    def _hire(self) -> None:
        self._threads += 1
        Thread(target=self._serve, name=f"attempt-{self._threads}", daemon=True).start()

    def _oversee(self) -> None:
        """Double the threads for as long as work waits and none of it is taken."""
        while not self._closed.is_set():
            self._crowded.wait()
            taken = self._taken
            self._closed.wait(self._patience)
            with self._lock:
                if not self._queued:
                    self._crowded.clear()
                elif self._taken == taken and not self._closed.is_set():
                    more = min(self._threads, self._most - self._threads, self._queued)
                    for _ in range(more):
                        self._hire()

    def _serve(self) -> None:
        while (work := self._next()) is not None:
            try:
                result: Result | BaseException = work()
            except BaseException as error:  # noqa: BLE001 - delivered whole, and raised there
                result = error
            self._deliver(result)

    def _next(self) -> Callable[[], Result] | None:
        """Return the next work, or `None` when this thread is not needed any more."""
        with self._lock:
            self._idle += 1
        while True:
            spare = self._threads > self._size
            try:
                work = self._work.get(timeout=self._linger if spare else None)
            except Empty:
                work = None
                with self._lock:
                    if self._threads <= self._size or self._queued:
                        continue
                    self._idle -= 1
                    self._threads -= 1
                    return None
            with self._lock:
                self._idle -= 1
                self._queued -= 1
                self._taken += 1
                if work is None:
                    self._threads -= 1
            return work
