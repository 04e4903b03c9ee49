"""How Exchange behaves is set in the world file, and what is wrong there is said with its place."""

from datetime import timedelta
from pathlib import Path

import pytest

from emulator.errors import WorldError
from emulator.exchange.settings import Budget, ExchangeSettings, Throttling
from emulator.worldfile import read_world

TENANT = """\
tenants:
  - id: 11111111-1111-4111-8111-111111111111
    domains: [contoso.onmicrosoft.com]
    routing: by-host
"""
WHOLE = """\
exchange:
  throttling:
    concurrent: 2
    budget: {requests: 10, window: 30s}
    cmdlets:
      Get-Mailbox: {requests: 5, window: 1m}
  transient:
    every: 7
    answers: ["503", DCOverloadedException]
  emptyAnswers: no-content
  errorDetails: json
  claimsChallenge: eyJhIjoxfQ==
"""


def read(folder: Path, text: str):
    """Return the world of that text."""
    path = folder / "world.yaml"
    path.write_text(text + TENANT)
    return read_world(path)


def test_all_settings_are_read(tmp_path: Path):
    """Keys are in camel case, lengths of time as elsewhere, names of cmdlets in any case."""
    world = read(tmp_path, WHOLE)
    limits = world.exchange.throttling
    assert limits.budget == Budget(requests=10, window=timedelta(seconds=30))
    assert limits.cmdlets["get-mailbox"] == Budget(requests=5, window=timedelta(minutes=1))
    assert world.exchange.transient.every == 7
    assert (world.exchange.empty_answers, world.exchange.error_details) == ("no-content", "json")
    assert world.tenants[0].routing == "by-host"


def test_without_settings_only_what_is_documented_is_limited(tmp_path: Path):
    """A limit that is set adds to the documented one, and can put it out of force."""
    assert read(tmp_path, "").exchange == ExchangeSettings()
    documented = {"get-messagetracev2": Budget(requests=100, window="5m")}
    assert Throttling().cmdlets == documented
    assert Throttling(cmdlets={"Get-X": None}).cmdlets == {**documented, "get-x": None}
    assert Throttling(cmdlets={"Get-MessageTraceV2": None}).cmdlets == {"get-messagetracev2": None}


BAD = {
    "an unknown key": ("exchange: {throtling: {}}", "exchange.throtling"),
    "no requests": (
        "exchange: {throttling: {budget: {requests: 0, window: 5m}}}",
        "exchange.throttling.budget.requests",
    ),
    "a window that is none": (
        "exchange: {throttling: {budget: {requests: 1, window: soon}}}",
        "exchange.throttling.budget.window",
    ),
    "every call fails": ("exchange: {transient: {every: 1}}", "exchange.transient.every"),
    "an unknown failure": ("exchange: {transient: {answers: [Oops]}}", "transient.answers"),
    "claims that would break the header": (
        'exchange: {claimsChallenge: "a\\"b"}',
        "exchange.claimsChallenge",
    ),
}


@pytest.mark.parametrize(("text", "place"), BAD.values(), ids=BAD)
def test_a_wrong_setting_is_refused_with_its_place(tmp_path: Path, text: str, place: str):
    """Nothing is guessed."""
    with pytest.raises(WorldError) as caught:
        read(tmp_path, text + "\n")
    assert place in str(caught.value)
