"""How people write a number of bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import sizes


@pytest.mark.parametrize(
    ("text", "size"),
    [("1B", 1), ("2kB", 2000), ("1KiB", 1024), ("1.5MB", 1_500_000), ("1GiB", 1 << 30)],
)
def test_a_size_has_a_number_and_a_unit(text: str, size: int) -> None:
    """Decimal and binary units mean what they say."""
    assert sizes.parse(text) == size


@pytest.mark.parametrize("text", ["", "1", "MiB", "1 MB", "-1MB", "1mb", "1e3B", "1MBMB"])
def test_anything_else_is_refused(text: str) -> None:
    """A bare number is refused like any other text."""
    with pytest.raises(ValueError, match="with its unit"):
        sizes.parse(text)


@given(st.integers(1, 10**12))
def test_what_is_spelt_is_read_back(size: int) -> None:
    """No byte is lost on the way."""
    assert sizes.parse(sizes.spell(size)) == size
