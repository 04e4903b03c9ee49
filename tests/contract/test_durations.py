"""How a length of time is written."""

import re
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.durations import PATTERN, parse, spell

GOOD = {
    "seconds": ("30s", timedelta(seconds=30)),
    "two units": ("1h30m", timedelta(minutes=90)),
    "milliseconds are not minutes": ("250ms", timedelta(milliseconds=250)),
    "a fraction": ("1.5h", timedelta(minutes=90)),
    "days": ("2d", timedelta(days=2)),
    "nothing": ("0s", timedelta()),
}
BAD = {
    "a bare number": "30",
    "nothing at all": "",
    "a space": "30 s",
    "a sign": "-30s",
    "an unknown unit": "3w",
    "a unit alone": "s",
    "other digits": "٣s",
    "a line end": "30s\n",
    "too long for a clock": "999999999999d",
}


@pytest.mark.parametrize(("text", "duration"), GOOD.values(), ids=GOOD)
def test_durations_are_numbers_with_units(text, duration):
    """Each number counts with its own unit, and all of them together."""
    assert parse(text) == duration


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_is_no_duration_is_refused(text):
    """Anything but numbers with units is refused with what to write."""
    with pytest.raises(ValueError, match=r"write a duration with its unit|longer than any clock"):
        parse(text)


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=40_000)))
def test_what_is_spelled_is_read_again(duration):
    """`spell` and `parse` agree, to the millisecond."""
    whole = timedelta(milliseconds=duration // timedelta(milliseconds=1))

    assert parse(spell(whole)) == whole
    assert re.fullmatch(PATTERN, spell(whole))


@given(st.text("0123456789.smhd ", max_size=12))
def test_no_text_breaks_the_parser(text):
    """A duration, or the one error that a configuration can report."""
    with suppress(ValueError):
        assert parse(text) >= timedelta()
