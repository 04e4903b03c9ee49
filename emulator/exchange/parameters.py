"""Which parameters a cmdlet has, and how the sent ones bind to them.  Pure.

The texts are PowerShell's own, because Exchange binds in PowerShell and reports what it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from emulator.exchange.failures import bad_request
from emulator.exchange.sentvalues import count_of, utc_of


class Kind(StrEnum):
    """The type of a parameter, as the generated function declares it."""

    STRING = "string"
    STRINGS = "string[]"
    SWITCH = "switch"
    BOOLEAN = "bool"
    RESULT_SIZE = "object"
    """A count, or the word Unlimited."""
    COUNT = "int"
    DATE = "datetime"
    """In ISO 8601 or the American form; UTC unless it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of one cmdlet."""

    name: str
    kind: Kind = Kind.STRING
    mandatory: bool = False
    aliases: tuple[str, ...] = ()
    position: int | None = None
    by_property_name: bool = False
    choices: tuple[str, ...] = ()
    largest: int | None = None
    """The bound of a count; `None` is none."""

    def answers_to(self, name: str) -> bool:
        """Tell whether *name* means this parameter."""
        return name.lower() in {each.lower() for each in (self.name, *self.aliases)}


COMMON = frozenset(
    [
        "confirm",
        "debug",
        "erroraction",
        "errorvariable",
        "informationaction",
        "informationvariable",
        "outbuffer",
        "outvariable",
        "pipelinevariable",
        "progressaction",
        "verbose",
        "warningaction",
        "warningvariable",
        "whatif",
    ]
)
"""Parameters that every cmdlet takes; they change nothing here."""

Arguments = Mapping[str, object]
"""What was given, by the parameters' own names; what was not given is absent."""


def bind(parameters: tuple[Parameter, ...], sent: Mapping[str, object]) -> Arguments:
    """Return what was *sent* as arguments of the right types.

    Raises:
        RefusedError: a parameter is unknown, given twice, missing, or of the wrong type.
    """
    arguments: dict[str, object] = {}
    for name, value in sent.items():
        if name.startswith("@") or "@odata" in name or name.lower() in COMMON:
            continue
        parameter = next((each for each in parameters if each.answers_to(name)), None)
        if parameter is None:
            raise bad_request(f"A parameter cannot be found that matches parameter name '{name}'.")
        if parameter.name in arguments:
            raise bad_request(
                "Cannot bind parameter because parameter "
                f"'{parameter.name}' is specified more than once."
            )
        if value is not None:
            arguments[parameter.name] = _converted(parameter, value)
        elif parameter.kind is Kind.STRING:
            arguments[parameter.name] = None  # Set-* cmdlets clear a property by $null
    _require(parameters, arguments)
    return arguments


def _require(parameters: tuple[Parameter, ...], arguments: Arguments) -> None:
    missing = [p.name for p in parameters if p.mandatory and not arguments.get(p.name)]
    if missing:
        raise bad_request(
            "Cannot process command because of one or more missing mandatory parameters: "
            f"{' '.join(missing)}."
        )


def _converted(parameter: Parameter, value: object) -> object:
    match parameter.kind:
        case Kind.STRING:
            return _chosen(parameter, _text(parameter, value))
        case Kind.STRINGS:
            values = value if isinstance(value, list) else [value]
            return [_chosen(parameter, _text(parameter, each)) for each in values]
        case Kind.SWITCH | Kind.BOOLEAN:
            return _truth(parameter, value)
        case Kind.RESULT_SIZE:
            return _result_size(parameter, value)
        case Kind.COUNT:
            return _count(parameter, value)
        case Kind.DATE:
            return _moment(parameter, value)
        case _:
            assert_never(parameter.kind)


def _text(parameter: Parameter, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _untransformed(parameter, value, "System.String")
    return str(value)


def _chosen(parameter: Parameter, text: str) -> str:
    if not parameter.choices:
        return text
    chosen = next((each for each in parameter.choices if each.lower() == text.lower()), None)
    if chosen is None:
        raise _untransformed(parameter, text, parameter.name)
    return chosen


def _truth(parameter: Parameter, value: object) -> bool:
    match value:
        case bool():
            return value
        case int():
            return value != 0
        case dict():
            return _truth(parameter, value.get("IsPresent"))
        case str() if value.lower() in {"true", "$true", "false", "$false"}:
            return value.lower() in {"true", "$true"}
        case _:
            raise _untransformed(parameter, value, "System.Boolean")


def _result_size(parameter: Parameter, value: object) -> int | None:
    if isinstance(value, str) and value.lower() == "unlimited":
        return None
    try:
        size = int(value) if isinstance(value, str | int) else -1
    except ValueError:
        size = -1
    if isinstance(value, bool) or size < 0:
        raise _untransformed(parameter, value, "Microsoft.Exchange.Data.Unlimited`1[System.UInt32]")
    return size


def _count(parameter: Parameter, value: object) -> int:
    count = count_of(value)
    if count is None:
        raise _untransformed(parameter, value, "System.Int32")
    if not 1 <= count <= (parameter.largest or count):
        raise bad_request(
            f"Cannot validate argument on parameter '{parameter.name}'. The {count} argument is "
            f"not within the allowed range of 1 to {parameter.largest}."
        )
    return count


def _moment(parameter: Parameter, value: object) -> datetime:
    moment = utc_of(value)
    if moment is None:
        raise _untransformed(parameter, value, "System.DateTime")
    return moment


def _untransformed(parameter: Parameter, value: object, kind: str) -> Exception:
    return bad_request(
        f"Cannot process argument transformation on parameter '{parameter.name}'. Cannot convert "
        f'value "{value}" to type "{kind}".'
    )
