"""The table of behaviours and the tests speak of the same things."""

import re
from collections import Counter
from pathlib import Path

import pytest

from emulator.behaviours import Behaviour, Known, behaviours

TESTS = Path(__file__).parents[1]
_MARK = re.compile(r"mark\.behaviour\(([^)]*)\)")
_AREAS = behaviours()
_ROWS = [row for rows in _AREAS.values() for row in rows]


def marked() -> set[str]:
    """Return every id that a test says it proves."""
    texts = (file.read_text(encoding="utf-8") for file in TESTS.rglob("test_*.py"))
    marks = (mark for text in texts for mark in _MARK.findall(text))
    return {name for mark in marks for name in re.findall(r'"([^"]+)"', mark)}


def test_each_behaviour_has_a_test():
    """No row of the table is without a test that names it."""
    assert {row.id for row in _ROWS} - marked() == set()


def test_each_mark_names_a_behaviour():
    """No test names a row that is not there."""
    assert marked() - {row.id for row in _ROWS} == set()


def test_each_id_is_given_once():
    """An id means one row."""
    assert [name for name, count in Counter(row.id for row in _ROWS).items() if count > 1] == []


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row.id)
def test_a_row_is_whole(row: Behaviour):
    """A row is a sentence in the file of its area, with a source unless it is a guess."""
    assert row.says.endswith(".")
    assert row in _AREAS[row.id.partition(".")[0]]
    assert bool(row.source) or row.known in {Known.GUESSED, Known.OWN}
