"""No line of an audit can be changed, removed, added or moved unseen."""

import hashlib
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.audit.chain import GENESIS, Head, append, broken_in

EVENTS = st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=4)), min_size=3, max_size=8)
Lines = list[bytes]


def chained(events: list[dict[str, str]]) -> tuple[Lines, Head]:
    """Return the lines of *events*, each without its line feed, and their head."""
    head, lines = Head(), []
    for event in events:
        line, head = append(head, event)
        lines.append(line.rstrip(b"\n"))
    return lines, head


def _changed(lines: Lines, at: int) -> Lines:
    event = json.loads(lines[at])
    event["more"] = "x"
    return [*lines[:at], json.dumps(event).encode(), *lines[at + 1 :]]


def _respelt(lines: Lines, at: int) -> Lines:
    return [*lines[:at], lines[at] + b" ", *lines[at + 1 :]]


def _removed(lines: Lines, at: int) -> Lines:
    return [*lines[:at], *lines[at + 1 :]]


def _repeated(lines: Lines, at: int) -> Lines:
    return [*lines[:at], lines[at], *lines[at:]]


def _moved(lines: Lines, at: int) -> Lines:
    rest = _removed(lines, at)
    place = (at + 1) % len(lines)
    return [*rest[:place], lines[at], *rest[place:]]


def _cut(lines: Lines, at: int) -> Lines:
    return lines[:at]


def _lengthened(lines: Lines, at: int) -> Lines:
    last = hashlib.sha256(lines[-1]).hexdigest()
    return [*lines, append(Head(count=len(lines), sha256=last), {"a": str(at)})[0][:-1]]


DAMAGE = [_changed, _respelt, _removed, _repeated, _moved, _cut, _lengthened]


@given(EVENTS)
def test_a_chain_is_whole(events: list[dict[str, str]]) -> None:
    """What was written verifies, with its head and without."""
    lines, head = chained(events)

    assert broken_in(lines, head) == []
    assert broken_in(lines, None) == []
    assert head.count == len(events)


@pytest.mark.parametrize("damage", DAMAGE, ids=[each.__name__.strip("_") for each in DAMAGE])
@given(events=EVENTS, data=st.data())
def test_any_damage_is_found(
    damage: Callable[[Lines, int], Lines], events: list[dict[str, str]], data: st.DataObject
) -> None:
    """Whatever one does to any line, the head that was kept elsewhere tells."""
    lines, head = chained(events)
    damaged = damage(lines, data.draw(st.integers(0, len(lines) - 1)))

    assert broken_in(damaged, head)


@given(events=EVENTS, data=st.data())
def test_damage_before_the_end_is_found_without_a_head(
    events: list[dict[str, str]], data: st.DataObject
) -> None:
    """A chain shows by itself what was changed or taken out of it, but at its very end."""
    lines, _ = chained(events)
    at = data.draw(st.integers(0, len(lines) - 2))

    assert broken_in(_respelt(lines, at), None)
    assert broken_in(_removed(lines, at), None)


def test_the_broken_line_is_named() -> None:
    """A person is told where to look."""
    lines, head = chained([{"n": str(number)} for number in range(4)])

    (found,) = broken_in(_respelt(lines, 1), head)

    assert (found.line, found.why) == (
        3,
        "does not follow from the line before: one of them was changed",
    )


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_event_is_told(line: bytes) -> None:
    """A line of another kind breaks the chain without a traceback."""
    assert broken_in([line], None)[0].line == 1


def test_an_empty_audit_is_that_of_nothing() -> None:
    """No lines agree with a head of none, and with no other."""
    assert broken_in([], Head()) == []
    assert broken_in([], Head(count=1, sha256=GENESIS))
