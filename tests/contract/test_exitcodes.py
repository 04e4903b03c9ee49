"""How a run can end."""

import re

import pytest

from contract.exitcodes import MEANINGS, Action, ExitCode, FailureClass, Status


def test_every_code_has_its_meaning() -> None:
    """The table leaves no code out."""
    assert set(MEANINGS) == set(ExitCode)


@pytest.mark.parametrize("code", ExitCode)
def test_only_zero_succeeds(code: ExitCode) -> None:
    """No failure may look like a success to Kubernetes, nor the reverse."""
    meaning = MEANINGS[code]
    assert (meaning.status is Status.SUCCEEDED) == (code == 0)
    assert (meaning.failure_class is FailureClass.OK) == (code == 0)
    assert (meaning.action is Action.NONE) == (code == 0)


@pytest.mark.parametrize("code", ExitCode)
def test_a_meaning_is_a_short_phrase(code: ExitCode) -> None:
    """It stands in a table and in --help."""
    assert re.fullmatch(r"\w[^.\n]{10,79}", MEANINGS[code].text)


def test_every_failure_class_belongs_to_a_code() -> None:
    """A label of a metric that nothing can set would be a riddle."""
    assert {meaning.failure_class for meaning in MEANINGS.values()} == set(FailureClass)


@pytest.mark.parametrize(
    ("code", "number"),
    [
        (ExitCode.USAGE, 64),
        (ExitCode.CONFIG, 78),
        (ExitCode.SCRIPT, 80),
        (ExitCode.AUDIT, 86),
        (ExitCode.TIMEOUT, 124),
        (ExitCode.CANCELLED, 128 + 2),
        (ExitCode.KILLED, 128 + 9),
        (ExitCode.TERMINATED, 128 + 15),
    ],
)
def test_numbers_are_those_that_others_rely_on(code: ExitCode, number: int) -> None:
    """Charts and alerts hold the numbers, so a change here breaks them."""
    assert code == number


def test_codes_fit_in_a_byte() -> None:
    """The system keeps eight bits of an exit code."""
    assert all(0 <= code <= 255 for code in ExitCode)
