"""What was asked of the emulator: one entry a request, never a token."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

LENGTH = 100_000
"""How many entries are kept; the oldest go first."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One request and how it was answered.

    It is there before the answer is: whoever has the answer finds it.  What only the end of the
    answer tells is added then.
    """

    method: str
    path: str
    host: str = ""
    tenant: str = ""
    """As the address names it."""
    client_id: str = ""
    cmdlet: str = ""
    parameters: dict[str, object] = field(default_factory=dict)
    """Of a cmdlet, or of a token request; secrets and assertions are left out."""
    request_id: str = ""
    """The client's own `client-request-id`."""
    status: int
    """0 where no answer was begun."""
    at: datetime
    """When the request came, by the emulator's clock."""
    seconds: float = 0.0
    """From the request's arrival to the end of its answer."""
    bytes: int = 0
    """Of the answer's body."""
    fault: int | None = None
    """The id of the fault that struck it."""

    def fits(self, wanted: Mapping[str, str]) -> bool:
        """Tell whether path (a part of it), cmdlet and status are those *wanted*, if any are."""
        status, cmdlet = wanted.get("status", ""), wanted.get("cmdlet", "").lower()
        return (
            wanted.get("path", "").lower() in self.path.lower()
            and cmdlet in {"", self.cmdlet.lower()}
            and status in {"", str(self.status)}
        )


class Journal:
    """The entries in the order of the answers; appending is safe from any thread."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=LENGTH)
        self._count = 0

    def append(self, entry: Entry) -> None:
        """Note *entry*."""
        self._entries.append(entry)
        self._count += 1

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()

    @property
    def count(self) -> int:
        """How many entries there ever were; a place to look `since`."""
        return self._count

    def since(self, count: int) -> list[Entry]:
        """Return the entries after the first *count* there ever were, as far as they are kept."""
        kept = list(self._entries)
        return kept[max(0, len(kept) - (self._count - count)) :] if count < self._count else []

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)
