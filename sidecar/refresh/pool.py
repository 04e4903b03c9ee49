"""Where attempts run: a few threads, and an inbox that takes what they return or raise."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Pool(Generic[Result]):
    """Runs work on at most *size* threads.

    The threads are daemons: an attempt that hangs on a dead connection must not keep the process
    from stopping.  What it may leave behind is one unfinished temporary file; the token file
    itself is replaced in one step.
    """

    def __init__(self, size: int, deliver: Callable[[Result | BaseException], None]) -> None:
        self._work: SimpleQueue[Callable[[], Result]] = SimpleQueue()
        self._deliver = deliver
        for number in range(size):
            Thread(target=self._serve, name=f"attempt-{number}", daemon=True).start()

    def start(self, work: Callable[[], Result]) -> None:
        """Run *work* as soon as a thread is free."""
        self._work.put(work)

    def _serve(self) -> None:
        while True:
            work = self._work.get()
            try:
                result: Result | BaseException = work()
            except BaseException as error:  # noqa: BLE001 - delivered whole, and raised there
                result = error
            self._deliver(result)
