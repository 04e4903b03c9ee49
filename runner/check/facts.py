"""What PowerShell's parser says is in a script.  Pure; the shapes are those of `inspect.ps1`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic.alias_generators import to_camel

Place = tuple[int, int]
"""Line and column, from 1."""


class Facts(BaseModel):
    """A piece of what was found."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)


class Text(Facts):
    """Something that stands at a place."""

    text: str
    at: Place


class SyntaxFault(Facts):
    """Where the parser stopped."""

    message: str
    at: Place


class Call(Facts):
    """A command that is called."""

    name: str | None
    """None where it is computed."""
    at: Place
    named: dict[str, str | None]
    """Parameters by the name that is written, with their text where it is not computed."""
    positions: list[str | None]
    splatted: bool
    is_last: bool
    """Whether it ends its pipeline."""
    is_assigned: bool
    after: str | None
    """The first command of its pipeline."""

    def named_like(self, name: str) -> bool:
        """Tell whether parameter *name* is given, also where it is shortened."""
        return any(name.casefold().startswith(each.casefold()) for each in self.named if each)

    def value_of(self, name: str) -> str | None:
        """Return the text given for parameter *name*, if it stands there."""
        for each, value in self.named.items():
            if each and name.casefold().startswith(each.casefold()):
                return value
        return None


class ScriptParameter(Facts):
    """A parameter of the script."""

    name: str
    at: Place
    type: str
    mandatory: bool
    default: JsonValue
    has_default: bool
    choices: list[JsonValue]
    least: JsonValue
    most: JsonValue
    pattern: str | None


class Assignment(Facts):
    """A variable that is set."""

    name: str
    text: str
    at: Place


class Requires(Facts):
    """What stands behind `#requires`."""

    version: str
    modules: list[str]
    editions: list[str]
    elevated: bool


class ScriptFacts(Facts):
    """One script."""

    path: str
    present: list[str]
    """Commands that it calls and that PowerShell itself has."""
    errors: list[SyntaxFault]
    parameters: list[ScriptParameter]
    functions: list[str]
    calls: list[Call]
    texts: list[Text]
    """Texts with a backslash."""
    types: list[Text]
    variables: list[Text]
    """Environment variables."""
    assignments: list[Assignment]
    members: list[Text]
    endless: list[Place]
    exits: list[Place]
    """`exit` inside functions."""
    requires: Annotated[Requires, Field()]
