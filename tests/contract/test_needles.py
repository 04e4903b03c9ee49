"""Many texts are found in another, each wherever it lies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.needles import Needles

FILLING = [f"filling-needle-{number:06}-that-is-never-there" for number in range(300)]
"""Enough needles for the way in which many are found."""

WORDS = st.text("ab=", min_size=1, max_size=4).map(lambda text: text * 9) | st.text(
    "ab= é\U0001f600\ud800", min_size=1, max_size=40
)


def _one_by_one(needles: list[str], text: str, start: int) -> set[tuple[int, int]]:
    return {
        (at, at + len(needle))
        for needle in needles
        for at in range(start, len(text))
        if text.startswith(needle, at)
    }


@pytest.mark.parametrize("filling", [[], FILLING], ids=["few needles", "many needles"])
@given(needles=st.lists(WORDS, max_size=6), data=st.data())
def test_what_is_found_is_what_is_there(
    needles: list[str], data: st.DataObject, filling: list[str]
) -> None:
    """Short and long needles, any letters, overlaps: the same as by trying every place."""
    pieces = st.lists(WORDS | (st.sampled_from(needles) if needles else st.nothing()))
    text = "".join(data.draw(pieces))
    start = data.draw(st.integers(0, len(text)))
    found = set(Needles([*needles, *filling]).places(text, start))
    assert found == _one_by_one(needles, text, start)


@pytest.mark.parametrize("filling", [[], FILLING], ids=["few needles", "many needles"])
@pytest.mark.parametrize(
    "around",
    [
        pytest.param(("", ""), id="alone"),
        pytest.param(("before ", " after"), id="as a word"),
        pytest.param(("é", "é"), id="between other letters"),
        pytest.param(("prefix-", "/suffix"), id="inside a longer run"),
        pytest.param(("0" * 5000, "0" * 5000), id="deep inside a long run"),
    ],
)
def test_a_long_needle_is_found_inside_what_surrounds_it(
    around: tuple[str, str], filling: list[str]
) -> None:
    """Borders of any kind do not hide it."""
    needle = "a1B2-c3_D4.e5+F6/g7=h8%i9~"
    text = needle.join(around)
    places = list(Needles([needle, *filling]).places(text))
    assert places == [(len(around[0]), len(around[0]) + len(needle))]


def test_nothing_is_found_where_nothing_is_searched() -> None:
    """An empty set has no longest needle and finds nothing."""
    assert (Needles().longest, list(Needles().places("anything" * 9))) == (0, [])
