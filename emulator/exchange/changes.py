"""Which cmdlets change something, and what is looked up before consent is asked for.  Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from emulator.exchange.calls import Cmdlet
from emulator.exchange.parameters import Arguments

_READING_VERBS = {"get", "search", "test", "find", "export", "resolve"}
_FINDING = ("Identity", "Mailbox")


def is_change(cmdlet: str) -> bool:
    """Tell whether the cmdlet of that name changes something."""
    return cmdlet.lower().partition("-")[0] not in _READING_VERBS


def is_question(cmdlet: str, parameters: Mapping[str, object]) -> bool:
    """Tell whether the client only asks what would happen: `Confirm` or `WhatIf` is true."""
    given = {name.lower(): value for name, value in parameters.items()}
    asked = given.get("confirm") is True or given.get("whatif") is True
    return is_change(cmdlet) and asked


def warnings_of(cmdlet: str, arguments: Arguments) -> list[str]:
    """Return what Exchange warns of a change that was told an object and nothing to change."""
    if not cmdlet.lower().startswith("set-") or not set(arguments) <= set(_FINDING):
        return []
    name = next(iter(arguments.values()), "")
    return [f"The command completed successfully but no settings of '{name}' have been modified."]


@dataclass(frozen=True, slots=True)
class Lookup:
    """The reading cmdlet that finds what a change is about, and what to call it with."""

    cmdlet: Cmdlet
    arguments: Arguments


def lookup_before(
    cmdlet: Cmdlet, arguments: Arguments, cmdlets: Mapping[str, Cmdlet]
) -> Lookup | None:
    """Return how to find the object of a change, or `None` where nothing says how.

    It is the `Get-` cmdlet of the same noun, by the identity alone.  That the service looks for
    the object already when it asks for consent is a guess from where its errors come.
    """
    verb, _, noun = cmdlet.name.lower().partition("-")
    reader = cmdlets.get(f"get-{noun}")
    if verb == "new" or reader is None:
        return None
    names = {each.name for each in reader.parameters} & set(_FINDING)
    chosen = {name: arguments[name] for name in names if arguments.get(name)}
    needed = {each.name for each in reader.parameters if each.mandatory}
    return Lookup(reader, chosen) if chosen and needed <= set(chosen) else None
