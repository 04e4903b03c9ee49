"""Which parts of a text are a secret, however it was written down.

A registered value is found whole, in its dot-separated parts and lines, and in
the encodings a program is likely to print: JSON, URL, base64 (any alignment,
also of UTF-16LE as `-EncodedCommand` wants it) and hexadecimal.  Whatever has
the shape of a signed JWT is masked too, registered or not.
"""

import base64
import json
import re
from collections.abc import Iterator
from itertools import chain
from threading import Lock
from urllib.parse import quote

from contract.needles import Needles

MASK = "***"
SHORTEST = 8
"""Values and parts with fewer characters are not searched: they would mask ordinary words."""

_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{8,8192}+\.eyJ[\w-]{8,8192}+\.[\w-]{8,8192}+")
_JWT_LETTERS = re.compile(r"[\w.-]*+")
_JWT_BEGUN = re.compile(r"(?<![\w-])e(?:\Z|y(?:\Z|J))")
_LONGEST_JWT = 3 * 8192 + 16


class Masker:
    """Holds the secrets of one process and masks texts that carry them.

    A process that lives for years passes *keep*: only so many values, the newest,
    are then searched, so that neither memory nor the time of a search grows.  May
    be used from several threads.
    """

    def __init__(self, *, keep: int | None = None) -> None:
        self._keep = keep
        self._needles = Needles()
        self._known: dict[str, frozenset[str]] = {}
        self._lock = Lock()
        self.hits = 0
        """How many masks have been set since the start."""

    @property
    def longest(self) -> int:
        """The length of the longest text that is searched."""
        return self._needles.longest

    def register(self, value: str) -> None:
        """Mask *value* from now on."""
        with self._lock:
            forms = self._known.pop(value, None) or frozenset(_forms(value))
            self._known[value] = forms  # now the newest
            while self._keep is not None and len(self._known) > self._keep:
                del self._known[next(iter(self._known))]
            self._needles = Needles(chain.from_iterable(self._known.values()))

    def mask(self, text: str, start: int = 0) -> str:
        """Return *text* from *start* on, with `***` for each secret that begins there."""
        spans = self.spans(text, start)
        self.hits += len(spans)
        pieces, end = [], start
        for begin, stop in spans:
            pieces += [text[end:begin], MASK]
            end = stop
        return "".join([*pieces, text[end:]])

    def mask_value(self, value: object) -> object:
        """Mask every text in a JSON-like value, keys included."""
        match value:
            case str():
                return self.mask(value)
            case dict():
                return {self.mask(str(key)): self.mask_value(item) for key, item in value.items()}
            case list() | tuple():
                return [self.mask_value(item) for item in value]
            case _:
                return value

    def spans(self, text: str, start: int = 0) -> list[tuple[int, int]]:
        """Return where secrets lie in *text* from *start* on: ordered, overlaps joined."""
        found: list[tuple[int, int]] = []
        if "eyJ" in text:
            found += [hit.span() for hit in _JWT.finditer(text, start)]
        found += self._needles.places(text, start)
        return _joined(found)


class StreamMasker:
    """Masks a text that arrives in chunks, also where a secret lies across a border."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self._held = ""
        self._before = ""
        """The last character let go: it tells whether a word, and so a JWT, begins after it."""

    def feed(self, chunk: str) -> str:
        """Take *chunk* and return what can no longer be part of a secret."""
        self._held += chunk
        text = self._before + self._held
        cut = min(_open_jwt(text), len(text) - self._masker.longest)
        for start, stop in self._masker.spans(text, len(self._before)):
            if start < cut < stop:
                cut = start
        return self._let_go(max(0, cut - len(self._before)))

    def finish(self) -> str:
        """Return the rest: nothing more will come."""
        return self._let_go(len(self._held))

    def _let_go(self, cut: int) -> str:
        before, ready, self._held = self._before, self._held[:cut], self._held[cut:]
        self._before = ready[-1:] or before
        return self._masker.mask(before + ready, len(before))


def _open_jwt(text: str) -> int:
    """Return where a JWT begins that may still go on after *text*, else the end of *text*."""
    tail = text[-_LONGEST_JWT:]
    # From behind, and possessively, so that no text makes this slow.
    run = _JWT_LETTERS.match(tail[::-1])
    first = len(text) - (run.end() if run else 0)
    begun = _JWT_BEGUN.search(text, max(0, first - 1))
    return begun.start() if begun else len(text)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined


def _forms(value: str) -> Iterator[str]:
    for piece in {value, value.strip(), *value.split("."), *value.splitlines()}:
        for form in _written(piece) if len(piece) >= SHORTEST else ():
            if len(form) >= SHORTEST:
                yield form


def _written(piece: str) -> Iterator[str]:
    yield piece
    for ascii_only in (True, False):
        yield json.dumps(piece, ensure_ascii=ascii_only)[1:-1]
    yield quote(piece, safe="")
    for data in (
        piece.encode("utf-8", "surrogatepass"),
        piece.encode("utf-16-le", "surrogatepass"),
    ):
        yield data.hex()
        yield data.hex().upper()
        yield from _base64_forms(data)


def _base64_forms(data: bytes) -> Iterator[str]:
    # Inside a longer encoded text the value may begin at any of three places; the characters
    # that also carry a neighbour's bits are left out.
    for shift in range(3):
        padded = b"\0" * shift + data
        first, end = -(-shift * 8 // 6), len(padded) * 8 // 6
        yield base64.b64encode(padded).decode()[first:end]
        yield base64.urlsafe_b64encode(padded).decode()[first:end]
