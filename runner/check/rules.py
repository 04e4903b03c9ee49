"""Which rules a script breaks.  Pure: facts in, findings out."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from runner.check import knowledge
from runner.check.callrules import of_call
from runner.check.catalogue import RULES
from runner.check.facts import Place, ScriptFacts
from runner.check.findings import Finding

_DRIVE = re.compile(r"^[A-Za-z]:[\\/]|^\\\\[\w$]")
_RELATIVE = re.compile(r"^\.{1,2}\\\w|^[\w $-]+(?:\\[\w $-]+)*\\[\w $-]+\.\w{2,5}$")
_WINDOWS_VARIABLES = frozenset(
    {"userprofile", "temp", "tmp", "appdata", "localappdata", "programfiles", "systemroot"}
    | {"windir", "computername", "username", "userdomain", "homedrive", "homepath"}
)
_FORMS = re.compile(r"^(?:System\.)?Windows\.Forms\b|^(?:Microsoft\.VisualBasic\.Interaction)$")
_PROMPTS = re.compile(r"\$host\.ui\.(?:prompt|promptforchoice|promptforcredential)$", re.IGNORECASE)

Told = Iterator[tuple[str, Place, str]]
"""Rule, place and detail."""


def findings_in(script: ScriptFacts, *, idle: timedelta = timedelta(minutes=15)) -> list[Finding]:
    """Return everything that is found in *script*, by place.

    *idle* is how long the job may say nothing.
    """
    told = [each for find in _ALL for each in find(script)]
    told += [each for call in script.calls for each in of_call(call, script, idle)]
    found = [
        Finding(rule=RULES[name], path=script.path, at=at, detail=detail)
        for name, at, detail in told
    ]
    return sorted(found, key=lambda each: (each.at, each.rule.id))


def _syntax(script: ScriptFacts) -> Told:
    for fault in script.errors:
        yield "syntax", fault.at, fault.message


def _requires(script: ScriptFacts) -> Told:
    version = script.requires.version
    if version and int(version.partition(".")[0]) > 7:
        yield "requires.version", (1, 1), version
    if script.requires.elevated or "Desktop" in script.requires.editions:
        yield "requires.windows", (1, 1), "#requires"
    for module in script.requires.modules:
        if module.casefold() in knowledge.RETIRED_MODULES:
            yield "module.retired", (1, 1), module
        elif module.casefold() != "exchangeonlinemanagement":
            yield "requires.module", (1, 1), module


def _paths(script: ScriptFacts) -> Told:
    for text in script.texts:
        if _DRIVE.search(text.text):
            yield "windows.path", text.at, text.text
        elif _RELATIVE.search(text.text):
            yield "windows.separator", text.at, text.text


def _variables(script: ScriptFacts) -> Told:
    for variable in script.variables:
        name = variable.text.partition(":")[2]
        if name.casefold() in _WINDOWS_VARIABLES:
            yield "windows.variable", variable.at, f"$env:{name}"


def _windows(script: ScriptFacts) -> Told:
    for kind in script.types:
        if _FORMS.search(kind.text):
            yield "gui.forms", kind.at, kind.text


def _prompts(script: ScriptFacts) -> Told:
    for member in script.members:
        if _PROMPTS.search(member.text):
            yield "prompt.choice", member.at, member.text


def _preferences(script: ScriptFacts) -> Told:
    for each in script.assignments:
        name = each.name.rpartition(":")[2].casefold()
        if name == "erroractionpreference" and each.text.casefold() in {
            "silentlycontinue",
            "ignore",
        }:
            yield "errors.silenced", each.at, f"$ErrorActionPreference = {each.text}"


def _flow(script: ScriptFacts) -> Told:
    for at in script.endless:
        yield "loop.endless", at, "while ($true) without break"
    for at in script.exits:
        yield "exit.function", at, "exit"


_ALL: tuple[Callable[[ScriptFacts], Told], ...] = (
    _syntax,
    _requires,
    _paths,
    _variables,
    _windows,
    _prompts,
    _preferences,
    _flow,
)
