"""Sizes, times, durations and page sizes are read and written as Exchange does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.durations import duration
from emulator.exchange.paging import Continuation, continuation_of, page_of, page_size
from emulator.exchange.wording import moment_text, size_text

SIZES = {
    0: "0 B (0 bytes)",
    1_023: "1023 B (1,023 bytes)",
    1_024: "1 KB (1,024 bytes)",
    278_277: "271.8 KB (278,277 bytes)",
    1_325_400_064: "1.234 GB (1,325,400,064 bytes)",
    107_374_182_400: "100 GB (107,374,182,400 bytes)",
}


@pytest.mark.parametrize(("count", "text"), SIZES.items(), ids=SIZES.values())
def test_a_size_is_written_as_exchange_writes_it(count, text):
    """Four significant digits, the unit, and the bytes with thousands separators."""
    assert size_text(count) == text


@given(st.integers(min_value=0, max_value=1 << 50))
def test_the_bytes_can_be_read_back_from_any_size(count):
    """Scripts cut the number out of the parentheses: it is always exact."""
    inner = size_text(count).split("(")[1].removesuffix(" bytes)")
    assert int(inner.replace(",", "")) == count


def test_a_moment_is_written_in_utc():
    """Times are ISO 8601 with a Z; none is null."""
    assert moment_text(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02T03:04:05Z"
    assert moment_text(None) is None


LENGTHS = {"15s": 15.0, "5ms": 0.005, "1h30m": 5400.0, "1.5s": 1.5, 90: 90.0}


@pytest.mark.parametrize(("text", "seconds"), LENGTHS.items(), ids=map(str, LENGTHS))
def test_a_duration_is_read(text, seconds):
    """Numbers with units, several in a row, or bare seconds."""
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "15", "s", "-5s", "5 parsecs", True, None, -1, [5]])
def test_what_is_no_duration_is_refused(text):
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=r"duration|negative"):
        duration(text)


PREFERENCES = {
    "": 100,
    "odata.maxpagesize=7": 7,
    "a=b, OData.MaxPageSize = 5000": 1_000,
    "odata.maxpagesize=0": 1,
}


@pytest.mark.parametrize(("header", "size"), PREFERENCES.items(), ids=PREFERENCES)
def test_a_page_has_the_preferred_size_within_limits(header, size):
    """One to a thousand, or the default."""
    assert page_size(header, default=100) == size


@given(
    total=st.integers(min_value=0, max_value=60),
    size=st.integers(min_value=1, max_value=20),
    limit=st.none() | st.integers(min_value=0, max_value=70),
)
def test_pages_joined_are_the_output(total, size, limit):
    """However an output is cut into pages, it arrives whole, in order and up to its limit."""
    got, start, left, pages = [], 0, limit, 0
    while start is not None:
        output = ((n, {"n": n}) for n in range(start, total))
        page = page_of(output, size=size, left=left)
        got += [row["n"] for row in page.rows]
        start, left, pages = page.next_start, page.left, pages + 1
    wanted = total if limit is None else min(total, limit)
    assert got == list(range(wanted))
    assert pages == max(1, -(-wanted // size))
    assert page.is_cut == (wanted < total)


@given(
    st.text(max_size=20),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers() | st.booleans()),
    st.integers(min_value=0, max_value=1 << 40),
    st.none() | st.integers(min_value=0),
)
def test_a_continuation_survives_its_link(cmdlet, parameters, start, left):
    """What a nextLink carries comes back as it was."""
    sent = Continuation(cmdlet=cmdlet, parameters=parameters, start=start, left=left)
    assert continuation_of(sent.skip_token()) == sent
