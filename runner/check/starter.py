"""A first job file for a script, from what is in it.  Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from runner.check import knowledge
from runner.check.facts import ScriptFacts, ScriptParameter

_TYPES = {
    "System.String": "string",
    "System.DateTime": "string",
    "System.Object": "string",
    "System.Int32": "integer",
    "System.Int64": "integer",
    "System.UInt32": "integer",
    "System.Double": "number",
    "System.Decimal": "number",
    "System.Boolean": "boolean",
    "System.Management.Automation.SwitchParameter": "boolean",
    "System.Collections.Hashtable": "object",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a script needs of its job."""

    cmdlets: tuple[str, ...]
    resource: str
    writes: tuple[str, ...]
    """Exchange cmdlets that change something."""


def needs_of(script: ScriptFacts) -> Needs:
    """Return which Exchange cmdlets *script* calls, as they are spelt there, and what follows."""
    known = knowledge.exchange_cmdlets()
    called: dict[str, str] = {}
    for call in script.calls:
        name = (call.name or "").rpartition("\\")[2]
        if name.casefold() in known or name.casefold() in knowledge.EXO:
            called.setdefault(name.casefold(), name)
    found = [known[name] for name in called if name in known]
    exchange = any(each.resource == "exchange" for each in found) or called.keys() & knowledge.EXO
    return Needs(
        cmdlets=tuple(sorted(called.values(), key=str.casefold)),
        resource="exchange" if exchange or not found else "compliance",
        writes=tuple(sorted(each.name for each in found if each.is_write)),
    )


def declared(parameter: ScriptParameter) -> Mapping[str, JsonValue] | None:
    """Return how a job declares *parameter* of a script; none where a job cannot give it."""
    is_list = parameter.type.endswith("[]")
    kind = _TYPES.get(parameter.type.removesuffix("[]"))
    if kind is None:
        return None
    about: dict[str, JsonValue] = dict(_limits(parameter))
    if is_list:
        said: dict[str, JsonValue] = {"type": "array", "items": {"type": kind, **about}}
    else:
        said = {"type": kind, **about}
    if parameter.mandatory:
        said["required"] = True
    elif (default := _default(parameter, is_list=is_list)) is not None:
        said["default"] = default
    return said


def _limits(parameter: ScriptParameter) -> Iterator[tuple[str, JsonValue]]:
    if parameter.choices:
        yield "enum", parameter.choices
    if isinstance(parameter.least, int | float):
        yield "minimum", parameter.least
    if isinstance(parameter.most, int | float):
        yield "maximum", parameter.most
    if parameter.pattern:
        yield "pattern", parameter.pattern


def _default(parameter: ScriptParameter, *, is_list: bool) -> JsonValue:
    value = parameter.default
    if value is None or not is_list or isinstance(value, list):
        return value
    return [value]


def starter(script: ScriptFacts, *, name: str, path: str) -> dict[str, JsonValue]:
    """Return a job for *script*, whose file lies at *path* beside the job's."""
    needs = needs_of(script)
    spec: dict[str, JsonValue] = {"connection": "contoso", "script": {"path": path}}
    if needs.resource != "exchange":
        spec["resource"] = needs.resource
    if needs.cmdlets:
        spec["cmdlets"] = list(needs.cmdlets)
    if needs.writes:
        spec["write"] = True
    parameters = {each.name: declared(each) for each in script.parameters}
    given: dict[str, JsonValue] = {key: dict(value) for key, value in parameters.items() if value}
    if given:
        spec["parameters"] = given
    return {
        "apiVersion": "exo-jobs/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": spec,
    }
