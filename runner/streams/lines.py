"""Chunks of bytes become lines; a line that is too long is cut and says so.  Pure."""

import re
from dataclasses import dataclass

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours and cursor movements
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles and links, to their end
    r"|\x1b[ -/]*[0-~]?"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end.  `lost` bytes more belonged to it."""

    data: bytes
    lost: int = 0


class LineSplitter:
    """Splits a stream of bytes into lines of at most *limit* bytes, in flat memory."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: list[bytes] = []
        self._size = 0
        self._lost = 0

    def feed(self, chunk: bytes) -> list[Line]:
        """Take *chunk* and return the lines that it ends."""
        *ended, rest = chunk.split(b"\n")
        lines = []
        for piece in ended:
            self._hold(piece)
            lines.append(self._take())
        self._hold(rest)
        return lines

    def finish(self) -> list[Line]:
        """Return the last line, if it lacked its end: nothing more will come."""
        return [self._take()] if self._size or self._lost else []

    def _hold(self, piece: bytes) -> None:
        room = self._limit - self._size
        kept = piece if len(piece) <= room else piece[:room]
        if kept:
            self._held.append(kept)
            self._size += len(kept)
        self._lost += len(piece) - len(kept)

    def _take(self) -> Line:
        line = Line(b"".join(self._held), self._lost)
        self._held, self._size, self._lost = [], 0, 0
        return line


def readable(data: bytes) -> str:
    """Return raw bytes as text fit for a log: no colours, no control characters."""
    text = data.decode("utf-8", "replace")
    if not text.isprintable():
        text = _CONTROLS.sub("", _ESCAPES.sub("", text))
    return text
