"""Which parameters a cmdlet has, and how the sent ones bind to them.  Pure.

The texts are PowerShell's own, because Exchange binds in PowerShell and reports what it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kind of a parameter's values."""

    STRING = "a text"
    STRINGS = "texts"
    SWITCH = "a switch"
    BOOLEAN = "a truth"
    DATE = "a time: in ISO 8601 or the American form, UTC unless it says"
    COUNT = "a whole number"
    RESULT_SIZE = "a count, or the word Unlimited"
    MULTI = "the values of a list, or what to add to it and remove from it"

    @property
    def type_name(self) -> str:
        """The type that the generated function declares."""
        return _TYPES[self]


_TYPES = {
    Kind.STRING: "string",
    Kind.STRINGS: "string[]",
    Kind.SWITCH: "switch",
    Kind.BOOLEAN: "bool",
    Kind.DATE: "datetime",
    Kind.COUNT: "int",
    Kind.RESULT_SIZE: "object",
    Kind.MULTI: "object",
}


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
