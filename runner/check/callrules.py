"""Which rules one call of a command breaks.  Pure."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from runner.check import knowledge
from runner.check.facts import Call, Place, ScriptFacts

Told = Iterator[tuple[str, Place, str]]

_SIMPLE = {
    "read-host": "prompt.read-host",
    "pause": "prompt.read-host",
    "get-credential": "prompt.credential",
    "out-gridview": "gui.grid",
    "ogv": "gui.grid",
    "invoke-item": "gui.open",
    "ii": "gui.open",
    "start-transcript": "output.transcript",
    "write-host": "output.host",
    "install-module": "module.install",
    "update-module": "module.install",
    "install-packageprovider": "module.install",
}
_FORMATS = {"format-table", "ft", "format-list", "fl", "format-wide", "fw", "format-custom"}
_COMMON = (
    "verbose",
    "debug",
    "erroraction",
    "warningaction",
    "informationaction",
    "progressaction",
    "errorvariable",
    "warningvariable",
    "informationvariable",
    "outvariable",
    "outbuffer",
    "pipelinevariable",
    "whatif",
    "confirm",
    "usecustomrouting",
)
_SHORT = frozenset(
    {"ea", "wa", "ev", "ov", "vb", "db", "wi", "cf", "infa", "pv", "wv", "iv", "ob", "proga"}
)
"""Aliases of the common parameters."""
_ASKING = ("remove-", "disable-", "clear-")


def of_call(call: Call, script: ScriptFacts, idle: timedelta) -> Told:
    """Yield what is wrong with *call*."""
    if call.name is None:
        return
    name = call.name.rpartition("\\")[2].casefold()
    own = {each.casefold() for each in script.functions}
    if name in own:
        return
    if name in _SIMPLE:
        yield _SIMPLE[name], call.at, call.name
    for find in _FINDERS:
        yield from find(call, name)
    yield from _sleep(call, name, idle)
    yield from _unknown(call, name, script)


def _formats(call: Call, name: str) -> Told:
    if name in _FORMATS and call.is_last:
        yield "output.format", call.at, call.name or ""


def _com(call: Call, name: str) -> Told:
    if name == "new-object" and call.named_like("ComObject"):
        yield "com", call.at, f"-ComObject {call.value_of('ComObject') or ''}".strip()


def _connects(call: Call, name: str) -> Told:
    if name in knowledge.CONNECTS:
        yield "connect.own", call.at, call.name or ""
    elif name in knowledge.RETIRED_CONNECTS:
        yield "module.retired", call.at, call.name or ""
    elif name in knowledge.OTHER_CONNECTS:
        yield "connect.other", call.at, call.name or ""
    elif name == "new-pssession" and call.value_of("ConfigurationName") == "Microsoft.Exchange":
        yield "connect.retired", call.at, "New-PSSession"


def _modules(call: Call, name: str) -> Told:
    if name not in {"import-module", "ipmo"}:
        return
    module = call.value_of("Name") or (call.positions[0] if call.positions else None)
    if module is None or module.casefold() in {"exchangeonlinemanagement", "exojobs"}:
        return
    retired = module.casefold() in knowledge.RETIRED_MODULES
    yield "module.retired" if retired else "module.import", call.at, module


def _retired(call: Call, name: str) -> Told:
    if name in knowledge.RETIRED:
        yield "cmdlet.retired", call.at, call.name or ""
    elif name in knowledge.WINDOWS_ONLY:
        yield "windows.only", call.at, call.name or ""


def _secrets(call: Call, name: str) -> Told:
    if name != "convertto-securestring" or not call.named_like("AsPlainText"):
        return
    # A switch takes no value, so what follows it stands in its place.
    text = call.value_of("String") or next(
        (each for each in [*call.positions, call.value_of("AsPlainText")] if each), None
    )
    if text and not text.startswith("$"):
        yield "secret.literal", call.at, "ConvertTo-SecureString"


def _errors(call: Call, name: str) -> Told:
    del name
    value = call.value_of("ErrorAction") or call.named.get("EA") or call.named.get("ea")
    if value and value.casefold() in {"silentlycontinue", "ignore"} and _is_exchange(call):
        yield "errors.hidden", call.at, f"{call.name} -ErrorAction {value}"


def _exchange(call: Call, name: str) -> Told:
    if not _is_exchange(call):
        return
    if "whatif" in {each.casefold() for each in call.named}:
        yield "whatif", call.at, f"{call.name} -WhatIf"
    confirms = any(each.casefold() == "confirm" for each in call.named)
    if name.startswith(_ASKING) and not confirms and not call.splatted:
        yield "prompt.confirm", call.at, call.name or ""
    known = knowledge.exchange_cmdlets().get(name)
    for each in call.named if known else ():
        if known and not _has(known.parameters, each.casefold()):
            yield "cmdlet.parameter", call.at, f"{known.name} -{each}"


def _has(parameters: frozenset[str], written: str) -> bool:
    # PowerShell takes any beginning that means one parameter alone; ambiguity is its own to tell.
    names = [*parameters, *_COMMON]
    return written in _SHORT or any(each.startswith(written) for each in names)


def _sleep(call: Call, name: str, idle: timedelta) -> Told:
    if name not in {"start-sleep", "sleep"}:
        return
    text = call.value_of("Seconds") or (call.positions[0] if call.positions else None)
    if text and text.isdigit() and timedelta(seconds=int(text)) >= idle:
        yield "sleep.long", call.at, f"{text} s"


def _unknown(call: Call, name: str, script: ScriptFacts) -> Told:
    if _is_exchange(call) or name in knowledge.SESSION | knowledge.JOB_COMMANDS | set(_SIMPLE):
        return
    told = knowledge.OTHER_CONNECTS | knowledge.RETIRED_CONNECTS | knowledge.WINDOWS_ONLY
    if name in told or name in knowledge.RETIRED or "/" in name or "." in name:
        return
    if name not in {each.casefold() for each in script.present}:
        yield "cmdlet.unknown", call.at, call.name or ""


def _is_exchange(call: Call) -> bool:
    name = (call.name or "").rpartition("\\")[2].casefold()
    return name in knowledge.exchange_cmdlets() or name in knowledge.EXO


_FINDERS: tuple[Callable[[Call, str], Told], ...] = (
    _formats,
    _com,
    _connects,
    _modules,
    _retired,
    _secrets,
    _errors,
    _exchange,
)
