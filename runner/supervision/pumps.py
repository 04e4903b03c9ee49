"""Threads that read a child's pipes to their end and hand every line on, one taker at a time.

A pump does not read while its lines are being taken, so a child that says more than can be
written down waits; nothing piles up in memory.
"""

import os
import select
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from runner.notices import Inbox, Notice, Unwritten
from runner.streams.lines import Line, LineSplitter
from runner.streams.records import Stream

Emit = Callable[[Stream, Sequence[Line]], None]

LIMITS: Mapping[Stream, int] = {
    Stream.RECORDS: 32 << 20,
    Stream.STDOUT: 1 << 20,
    Stream.STDERR: 1 << 20,
}
"""The longest line of each stream, in bytes."""

_CHUNK = 1 << 18


@dataclass(slots=True)
class Pulse:
    """When the child was last heard of, on the monotonic clock."""

    at: float


@dataclass(slots=True, kw_only=True)
class Pumps:
    """The three pumps of one child."""

    emit: Emit
    inbox: Inbox
    monotonic: Callable[[], float]
    pulse: Pulse
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _hangup: tuple[int, int] = field(default_factory=os.pipe)
    _threads: list[threading.Thread] = field(default_factory=list)
    _failed: bool = False

    def start(self, stream: Stream, descriptor: int) -> None:
        """Read *descriptor* from now on; it is closed at its end."""
        thread = threading.Thread(
            target=self._pump, args=(stream, descriptor), name=f"pump-{stream}", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def stop(self, *, patience: float) -> bool:
        """End the pumps whose pipes are still held open; tell whether all are gone.

        One that is stuck in `emit` is left behind after *patience* seconds.
        """
        os.close(self._hangup[1])
        for thread in self._threads:
            thread.join(patience)
        gone = not any(thread.is_alive() for thread in self._threads)
        if gone:
            os.close(self._hangup[0])
        return gone

    def _pump(self, stream: Stream, descriptor: int) -> None:
        splitter = LineSplitter(LIMITS[stream])
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        poll.register(self._hangup[0], select.POLLIN)
        try:
            while descriptor in dict(poll.poll()):
                chunk = os.read(descriptor, _CHUNK)
                self.pulse.at = self.monotonic()
                self._hand_on(stream, splitter.feed(chunk) if chunk else splitter.finish())
                if not chunk:
                    break
            else:
                self._hand_on(stream, splitter.finish())
        finally:
            os.close(descriptor)
            self.inbox.put(Notice.CLOSED)

    def _hand_on(self, stream: Stream, lines: Sequence[Line]) -> None:
        # After a failure the pipes are still emptied, so that the child can end in peace.
        if not lines or self._failed:
            return
        with self._turn:
            try:
                self.emit(stream, lines)
            except Exception as error:  # noqa: BLE001 - handed to the loop, which stops the child
                self._failed = True
                self.inbox.put(Unwritten(error))
        self.pulse.at = self.monotonic()
