"""Which processes descend from a child, also those that left its session; and their end.

Linux only: /proc tells, and the runner adopts whatever its child orphans.
"""

import ctypes
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_PAUSES = tuple(min(0.25, 0.005 * 2**turn) for turn in range(20))
"""Seconds between the looks of a sweep, 4 in all: a process may fork between being seen and being
killed, takes a moment to die, and may be one that not even SIGKILL reaches."""

Kill = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What /proc says of one process."""

    parent: int
    session: int
    is_zombie: bool


def adopt_orphans() -> None:
    """Make this process the parent of whatever its descendants orphan.

    Raises:
        OSError: the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "this process cannot adopt orphans")


def processes() -> dict[int, Process]:
    """Return every process that can be seen."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):  # it ended meanwhile
                found[int(folder.name)] = _read((folder / "stat").read_text(errors="replace"))
    return found


def children_of(pid: int, table: Mapping[int, Process]) -> frozenset[int]:
    """Return the children of *pid*."""
    return frozenset(each for each, process in table.items() if process.parent == pid)


def descendants(
    child: int, table: Mapping[int, Process], *, adopter: int, known: frozenset[int]
) -> frozenset[int]:
    """Return the child's session, its tree, and what *adopter* adopted; never the *known*."""
    found = {each for each, process in table.items() if process.session == child}
    found |= children_of(adopter, table) - known
    while more := {each for each, process in table.items() if process.parent in found} - found:
        found |= more
    return frozenset(found)


def end_descendants(
    child: int, *, known: frozenset[int], wait: Callable[[float], None], kill: Kill = os.kill
) -> frozenset[int]:
    """Kill every descendant of *child* and reap the adopted; *child* itself is left to reap.

    *known* are this process's other children.  Returns those that live on after some seconds:
    in an uninterruptible sleep, or another user's.
    """
    alive: frozenset[int] = frozenset()
    for pause in _PAUSES:
        table = processes()
        found = descendants(child, table, adopter=os.getpid(), known=known)
        alive = frozenset(each for each in found if not table[each].is_zombie)
        for each in alive:
            with suppress(ProcessLookupError, PermissionError):
                kill(each, signal.SIGKILL)
        for each in children_of(os.getpid(), table) & found - {child}:
            with suppress(ChildProcessError):
                os.waitpid(each, os.WNOHANG)
        if not alive:
            break
        wait(pause)
    return alive


def _read(stat: str) -> Process:
    # The name, in parentheses, may hold anything, also spaces and parentheses.
    state, parent, _, session = stat.rpartition(")")[2].split()[:4]
    return Process(parent=int(parent), session=int(session), is_zombie=state in "ZX")
