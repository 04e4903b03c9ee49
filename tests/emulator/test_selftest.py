"""`exo-emulator selftest` tells whether an installation works, and what does not."""

import json
import subprocess
import sys

import pytest

from emulator.selftest import Check, as_json


@pytest.mark.behaviour("control.selftest")
def test_this_installation_works():
    """Every step of the walk is ok, as text and as JSON."""
    command = [sys.executable, "-m", "emulator", "selftest", "--output"]
    text = subprocess.run([*command, "text"], capture_output=True, text=True, check=False)
    told = subprocess.run([*command, "json"], capture_output=True, text=True, check=False)

    assert (text.returncode, text.stderr) == (0, "")
    assert {line.split()[0] for line in text.stdout.splitlines()} == {"ok"}
    assert json.loads(told.stdout)["failed"] == 0
    assert json.loads(told.stdout)["passed"] == len(text.stdout.splitlines()) > 9


@pytest.mark.behaviour("control.selftest.failure")
@pytest.mark.parametrize("found", [500, "ConnectionError"])
def test_what_fails_is_told_with_what_was_expected(found):
    """A line says both, and the JSON counts it."""
    check = Check(name="a thing", expected=200, found=found)
    assert check.line() == f"FAILED  a thing: expected 200, found {found!r}"
    assert json.loads(as_json([check]))["failed"] == 1
