"""Lines that cannot be changed unseen: each holds the digest of the one before.  Pure.

A line is a CloudEvents 1.0 event in JSON.  Its extension attributes `sequence` (from 1) and
`previoushash` chain it: the SHA-256, in hex, of the exact bytes of the line before it without its
line feed, or 64 zeros for the first.  Who keeps the head (count and last digest) elsewhere can
prove every line; the chain alone cannot show that its end was cut off.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of a chain."""

    count: int = 0
    sha256: str = GENESIS
    """Of the last line."""


@dataclass(frozen=True, slots=True)
class Broken:
    """What is wrong, and at which line; 0 where it is none's fault."""

    line: int
    why: str


def append(head: Head, event: Mapping[str, object]) -> tuple[bytes, Head]:
    """Return *event* as the next line after *head*, with its line feed, and the new head."""
    chained = {**event, "sequence": str(head.count + 1), "previoushash": head.sha256}
    line = json.dumps(chained, ensure_ascii=False, separators=(",", ":")).encode()
    return line + b"\n", Head(count=head.count + 1, sha256=hashlib.sha256(line).hexdigest())


def broken_in(lines: Iterable[bytes], head: Head | None) -> list[Broken]:
    """Return everything that is wrong with *lines*, each without its line feed.

    With *head*, which was kept elsewhere, a cut or lengthened chain and a changed last line are
    found too.
    """
    found: list[Broken] = []
    previous, number = GENESIS, 0
    for number, line in enumerate(lines, start=1):
        found += _objections(number, line, previous)
        previous = hashlib.sha256(line).hexdigest()
    if head is not None and number != head.count:
        found.append(Broken(0, f"there are {number} lines, and {head.count} were written"))
    elif head is not None and previous != head.sha256:
        found.append(Broken(number, "is not the last line that was written"))
    return found


def _objections(number: int, line: bytes, previous: str) -> Iterable[Broken]:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return [Broken(number, "is no JSON")]
    if not isinstance(event, dict):
        return [Broken(number, "is no event")]
    found = []
    if event.get("sequence") != str(number):
        said = str(event.get("sequence"))[:20]
        found.append(Broken(number, f"says that it is line {said}: lines are missing or moved"))
    if event.get("previoushash") != previous:
        found.append(
            Broken(number, "does not follow from the line before: one of them was changed")
        )
    return found
