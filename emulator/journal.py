"""What was asked of the emulator: one entry a request, never a token."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

LENGTH = 100_000
"""How many entries are kept; the oldest go first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request and how it was answered."""

    method: str
    path: str
    cmdlet: str = ""
    parameters: dict[str, object] = field(default_factory=dict)
    """Of a cmdlet, or of a token request; secrets and assertions are left out."""
    status: int


class Journal:
    """The entries in the order of the answers; appending is safe from any thread."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=LENGTH)

    def append(self, entry: Entry) -> None:
        """Note *entry*."""
        self._entries.append(entry)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)
