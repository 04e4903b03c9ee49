"""Chance that always falls the same way: numbers drawn from a seed, a topic and an index.  Pure."""

import hashlib
import uuid
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")


class Draws:
    """A short supply of numbers; the same arguments always give the same ones.

    One digest holds 512 bits; each draw takes the bits it needs, so that a topic must not ask
    for more than some fifty small numbers.
    """

    __slots__ = ("_left",)

    def __init__(self, seed: int, topic: str, index: int = 0) -> None:
        text = f"{seed}/{topic}/{index}".encode()
        self._left = int.from_bytes(hashlib.blake2b(text).digest(), "big")

    def below(self, limit: int) -> int:
        """Return a number in [0, limit)."""
        self._left, drawn = divmod(self._left, limit)
        return drawn

    def is_one_in(self, count: int) -> bool:
        """Return true once in *count* draws."""
        return self.below(count) == 0

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of *choices*."""
        return choices[self.below(len(choices))]

    def guid(self) -> str:
        """Return a random-looking GUID."""
        return str(uuid.UUID(int=self.below(1 << 128), version=4))


def indexed_guid(seed: int, topic: str, index: int) -> str:
    """Return a GUID for *index* from which `index_in_guid` can tell the index again.

    Index times an odd number, plus an offset, modulo 2^128: no two are the same, and none looks
    like its neighbours.
    """
    factor, _, offset = _numbering(seed, topic)
    text = f"{(index * factor + offset) % _GUIDS:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def index_in_guid(seed: int, topic: str, guid: str) -> int:
    """Return the index that *guid* would have been made for, which may be beyond all bounds."""
    _, inverse, offset = _numbering(seed, topic)
    return (uuid.UUID(guid).int - offset) * inverse % _GUIDS


_GUIDS = 1 << 128


@lru_cache(1_024)
def _numbering(seed: int, topic: str) -> tuple[int, int, int]:
    draws = Draws(seed, f"{topic}/guids")
    factor, offset = draws.below(_GUIDS) | 1, draws.below(_GUIDS)
    return factor, pow(factor, -1, _GUIDS), offset
