"""Runs one child to its end: every line handed on, every descendant gone.

Threads read and wait; one loop decides.  The loop looks at no line, so that neither a flood
nor a stuck log can keep it from enforcing the limits.
"""

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from runner.errors import NotStartedError
from runner.notices import Inbox, Notice, Unwritten, next_of
from runner.streams.records import Stream
from runner.supervision import session
from runner.supervision.command import Command
from runner.supervision.escalation import Ended, Ending, Escalation, Limits
from runner.supervision.pumps import Emit, Pulse, Pumps

_DRAIN = 2.0
"""Seconds for the last output to arrive once everything that could write it is dead."""


def supervise(  # noqa: PLR0913 - each is a part of the world that is passed in
    command: Command,
    *,
    records: tuple[int, int],
    inbox: Inbox,
    emit: Emit,
    limits: Limits,
    monotonic: Callable[[], float],
    wait: Callable[[float], None],
) -> Ended:
    """Run *command*, hand each line to *emit* from one thread at a time, say how it ended.

    *records* is the pipe whose writing end the child inherits; both ends are closed here.
    However this returns or raises, the child is reaped and its descendants are dead, but for
    those that not even SIGKILL ends: they are named.  This process must start no other child
    meanwhile: what is new among its children is taken for an orphan of this one.

    Raises:
        NotStartedError: the child could not be started.
    """
    session.adopt_orphans()
    known = session.children_of(os.getpid(), session.processes())
    child = _start(command, records)
    pumps = Pumps(emit=emit, inbox=inbox, monotonic=monotonic, pulse=Pulse(monotonic()))
    watch = _Watch(
        child=child,
        inbox=inbox,
        limits=limits,
        pumps=pumps,
        monotonic=monotonic,
        end_descendants=partial(session.end_descendants, child.pid, known=known, wait=wait),
    )
    watcher = threading.Thread(target=_await_exit, args=(child, inbox), daemon=True)
    watcher.start()
    try:
        for stream, descriptor in _pipes(child, records[0]):
            pumps.start(stream, descriptor)
            watch.streams += 1
        watch.until_over()
    finally:
        watch.signal(signal.SIGKILL)
        watcher.join(_DRAIN)
        survivors = watch.end_descendants()
        is_stopped = pumps.stop(patience=_DRAIN)
        code = -signal.SIGKILL if watcher.is_alive() else child.wait()
    return Ended(
        ending=watch.escalation.ending,
        code=code,
        is_complete=is_stopped and not watch.streams,
        unwritten=watch.unwritten,
        survivors=survivors,
    )


@dataclass(slots=True, kw_only=True)
class _Watch:
    child: subprocess.Popen[bytes]
    inbox: Inbox
    limits: Limits
    pumps: Pumps
    monotonic: Callable[[], float]
    end_descendants: Callable[[], frozenset[int]]
    streams: int = 0
    escalation: Escalation = field(default_factory=Escalation)
    unwritten: Exception | None = None
    _is_ready: bool = False
    _has_exited: bool = False
    _drained_by: float = 0.0

    def until_over(self) -> None:
        run_ends = self.monotonic() + self.limits.run
        while (self.streams or not self._has_exited) and not self.escalation.is_spent:
            idle_ends = self.pumps.pulse.at + self.limits.idle
            due = min(run_ends, idle_ends)
            if self.escalation.has_begun:
                due = self.escalation.due
            if self._has_exited:
                due = self._drained_by
            # A day at most, as a wait for ever cannot be said in seconds.
            message = next_of(self.inbox, within=min(due - self.monotonic(), 86_400))
            if message is not None:
                self._take(message)
            elif self._has_exited:
                return
            elif self.monotonic() >= due and not self._was_heard(idle_ends, run_ends):
                self._push(Ending.RUN_TIMEOUT if due == run_ends else Ending.IDLE_TIMEOUT)

    def signal(self, number: signal.Signals) -> None:
        # The child is not reaped yet, so its number, and its group's, is still its own.
        with suppress(ProcessLookupError):
            os.killpg(self.child.pid, number)

    def _was_heard(self, idle_ends: float, run_ends: float) -> bool:
        if self.escalation.has_begun or self.monotonic() >= run_ends:
            return False
        return self.pumps.pulse.at + self.limits.idle > idle_ends

    def _take(self, message: Notice | Unwritten) -> None:
        match message:
            case Notice.READY:
                self._is_ready = True
            case Notice.CLOSED:
                self.streams -= 1
            case Notice.EXITED:
                self._has_exited = True
                self.end_descendants()
                self._drained_by = self.monotonic() + _DRAIN
            case Notice.TERMINATE:
                self._push(Ending.TERMINATED)
            case Notice.CANCEL:
                self._push(Ending.CANCELLED)
            case Unwritten(error):
                self.unwritten = self.unwritten or error
                if not self.escalation.has_begun:
                    self._push(Ending.UNWRITTEN)

    def _push(self, why: Ending) -> None:
        if self._has_exited:
            return
        now, stop = self.monotonic(), self.limits.stop
        if self.escalation.has_begun:
            self.escalation, number = self.escalation.insist(now=now, stop=stop)
        else:
            self.escalation, number = self.escalation.begin(
                why, ready=self._is_ready, now=now, stop=stop
            )
        if number is not None:
            self.signal(number)


def _start(command: Command, records: tuple[int, int]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - argv is built by runner.supervision.command, with no shell
            command.argv,
            env=command.environment,
            cwd=command.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(records[1],),
            start_new_session=True,
            umask=0o077,
        )
    except OSError as error:
        os.close(records[0])
        raise NotStartedError(f"{command.argv[0]}: {error.strerror}") from error
    finally:
        os.close(records[1])


def _pipes(child: subprocess.Popen[bytes], records: int) -> list[tuple[Stream, int]]:
    pipes = [(Stream.RECORDS, records)]
    for stream, pipe in ((Stream.STDOUT, child.stdout), (Stream.STDERR, child.stderr)):
        if pipe is not None:
            pipes.append((stream, os.dup(pipe.fileno())))
            pipe.close()  # the pump owns the copy
    return pipes


def _await_exit(child: subprocess.Popen[bytes], inbox: Inbox) -> None:
    # WNOWAIT leaves the zombie, and so the session's number, until we are done signalling it.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    inbox.put(Notice.EXITED)
