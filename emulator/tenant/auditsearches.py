"""How far each session of a search through the audit log has come."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from array import array

MOST_SESSIONS = 16
"""Of one tenant; the one that was not used for longest is forgotten first."""


class SessionCommand(StrEnum):
    """In what order a search returns records, and so how many."""

    LARGE_SET = "ReturnLargeSet"
    PREVIEW = "ReturnNextPreviewPage"


MOST_FOUND = 50_000
LIMITS = {SessionCommand.LARGE_SET: MOST_FOUND, SessionCommand.PREVIEW: 5_000}
MIXED_LIMIT = 10_000
"""Where one session was called with both commands."""

Numbers: TypeAlias = "array[int]"
"""Records by their numbers, newest first."""


@dataclass(slots=True, kw_only=True)
class _Search:
    query: str
    numbers: Numbers
    position: int = 0
    commands: set[SessionCommand | None] = field(default_factory=set)

    def limit(self, command: SessionCommand | None) -> int:
        if len(self.commands) > 1:
            return MIXED_LIMIT
        return limit_of(command)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call of a session."""

    session_id: str
    query: str
    """What is searched for; another one begins the session anew."""
    command: SessionCommand | None
    size: int
    begin: int | None = None
    """Where a call began that is repeated; `None` goes on after the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What one call of a session returns."""

    numbers: Numbers
    begin: int
    """How many records earlier calls returned."""
    total: int
    """How many all calls can return."""


def limit_of(command: SessionCommand | None) -> int:
    """Return how many records all calls of a session can return."""
    return LIMITS[command] if command else MOST_FOUND


class AuditSearches:
    """The sessions of one tenant; safe to use from any thread."""

    def __init__(self) -> None:
        self._searches: OrderedDict[str, _Search] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._searches)

    def block(self, step: Step, find: Callable[[], Numbers]) -> Block:
        """Return the records of *step*; a session that is unknown begins with what *find* finds."""
        with self._lock:
            search = self._search(step, find)
            search.commands.add(step.command)
            limit = min(search.limit(step.command), len(search.numbers))
            first = search.position if step.begin is None else step.begin
            end = max(first, min(first + step.size, limit))
            search.position = max(search.position, end)
            return Block(numbers=search.numbers[first:end], begin=first, total=limit)

    def _search(self, step: Step, find: Callable[[], Numbers]) -> _Search:
        search = self._searches.get(step.session_id)
        if search is None or search.query != step.query:
            search = _Search(query=step.query, numbers=find())
            self._searches[step.session_id] = search
        self._searches.move_to_end(step.session_id)
        while len(self._searches) > MOST_SESSIONS:
            self._searches.popitem(last=False)
        return search
