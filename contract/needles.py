"""Where any of many texts lies in another, in a time that hardly grows with their number.  Pure.

A token that is renewed every half hour leaves some fifty forms each time, and each is searched in
every line.  All but a few are long and made of the letters of a token; such a one can only lie in
a run of those letters that is as long as it, and most lines have no such run.
"""

import string
from collections import defaultdict
from collections.abc import Iterable, Iterator

_LONG = 24
"""Characters; a shorter needle is searched by itself, because many words would be such a run."""
_HEAD = 8
_FEW = 256
"""Needles; so many are found faster one by one than by their heads (measured)."""
_LETTERS = frozenset((string.ascii_letters + string.digits + "_.+/=%~-").encode())
"""What tokens, base64, hexadecimal and percent-encoding are made of."""
_SHADOW = bytes(ord("x" if byte in _LETTERS else " ") for byte in range(256))


class Needles:
    """A set of texts to be found, none of them empty."""

    def __init__(self, needles: Iterable[str] = ()) -> None:
        distinct = frozenset(needles)
        long = {each for each in distinct if len(each) >= _LONG and " " not in _shadow(each)}
        self.longest = max(map(len, distinct), default=0)
        """The length of the longest."""
        self._alone = tuple(distinct - long)
        self._long = tuple(long)
        self._shortest_run = "x" * min(map(len, long), default=_LONG)
        self._by_head: defaultdict[str, list[str]] = defaultdict(list)
        for each in long if len(long) > _FEW else ():
            self._by_head[each[:_HEAD]].append(each)

    def places(self, text: str, start: int = 0) -> Iterator[tuple[int, int]]:
        """Yield where each begins and ends in *text* from *start* on, in no order."""
        yield from _places(self._alone, text, start, len(text))
        if self._long:
            for begin, end in self._runs(text, start):
                if self._by_head:
                    yield from self._by_heads(text, begin, end)
                else:
                    yield from _places(self._long, text, begin, end)

    def _runs(self, text: str, start: int) -> Iterator[tuple[int, int]]:
        shadow = _shadow(text)
        start = shadow.find(self._shortest_run, start)
        while start >= 0:
            end = shadow.find(" ", start)
            end = len(shadow) if end < 0 else end
            yield start, end
            start = shadow.find(self._shortest_run, end)

    def _by_heads(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        for at in range(start, end - len(self._shortest_run) + 1):
            for needle in self._by_head.get(text[at : at + _HEAD], ()):
                if text.startswith(needle, at):
                    yield at, at + len(needle)


def _shadow(text: str) -> str:
    """Return *text* with an `x` for each letter of a token and a blank for anything else."""
    return text.encode("latin-1", "replace").translate(_SHADOW).decode("ascii")


def _places(needles: Iterable[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for needle in needles:
        at = text.find(needle, start, end)
        while at >= 0:
            yield at, at + len(needle)
            at = text.find(needle, at + 1, end)
