"""How a job declares a parameter, and what speaks against a value for it.  Pure.

The words are JSON Schema's, as far as they are needed for the parameters of a script.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator
from pydantic.alias_generators import to_camel


class Kind(StrEnum):
    """The type of a parameter's value."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    ARRAY = "array"
    OBJECT = "object"


_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATE_TIME = re.compile(
    _DATE.pattern + r"[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


class TextFormat(StrEnum):
    """What a text must look like; PowerShell makes a [datetime] of either."""

    DATE = "date"
    DATE_TIME = "date-time"


class Items(BaseModel):
    """What every item of an array must be."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, allow_inf_nan=False
    )

    type: Kind = Kind.STRING
    enum: list[JsonValue] | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    pattern: Annotated[str, AfterValidator(_compiles)] | None = Field(
        default=None, description="A regular expression that is searched in the text."
    )
    format: TextFormat | None = None
    min_length: int | None = Field(default=None, ge=0)
    max_length: int | None = Field(default=None, ge=0)


class Parameter(Items):
    """One parameter of the job's script."""

    items: Items | None = Field(default=None, description="Only for `type: array`.")
    min_items: int | None = Field(default=None, ge=0)
    max_items: int | None = Field(default=None, ge=0)
    default: JsonValue = None
    required: bool = False
    description: str = ""
    secret: bool = Field(default=False, description="Masked everywhere; never given by -p.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.items and self.type is not Kind.ARRAY:
            raise ValueError("items belongs to type: array")
        if self.default is None:
            return self
        if self.secret:
            raise ValueError("a secret must not stand in a spec: remove its default")
        if against := list(objections(self.default, self)):
            raise ValueError(f"its own default will not do: {'; '.join(against)}")
        return self


def objections(value: JsonValue, declared: Items) -> Iterator[str]:
    """Yield what speaks against *value*, each as the end of a sentence; never quotes the value."""
    if not _is(value, declared.type):
        yield f"must be {_named(declared.type)}, is {_kind_of(value)}"
        return
    if declared.enum is not None and value not in declared.enum:
        yield f"must be one of {', '.join(map(str, declared.enum))}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield from _of_number(value, declared)
    if isinstance(value, str):
        yield from _of_text(value, declared)
    if isinstance(value, list) and isinstance(declared, Parameter):
        yield from _of_array(value, declared)


def _of_number(value: float, declared: Items) -> Iterator[str]:
    if declared.minimum is not None and value < declared.minimum:
        yield f"must be at least {declared.minimum}"
    if declared.maximum is not None and value > declared.maximum:
        yield f"must be at most {declared.maximum}"


def _of_text(value: str, declared: Items) -> Iterator[str]:
    if declared.min_length is not None and len(value) < declared.min_length:
        yield f"must have at least {declared.min_length} characters"
    if declared.max_length is not None and len(value) > declared.max_length:
        yield f"must have at most {declared.max_length} characters"
    if declared.pattern is not None and not re.search(declared.pattern, value):
        yield f"must match {declared.pattern}"
    if declared.format is not None and not _looks_like(declared.format, value):
        example = "2026-11-27" if declared.format is TextFormat.DATE else "2026-11-27T06:30:00Z"
        yield f"must be a {declared.format} such as {example}"


def _looks_like(wanted: TextFormat, text: str) -> bool:
    """Return whether *text* is a full-date or date-time of RFC 3339."""
    if not (_DATE if wanted is TextFormat.DATE else _DATE_TIME).fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


def _of_array(value: list[JsonValue], declared: Parameter) -> Iterator[str]:
    if declared.min_items is not None and len(value) < declared.min_items:
        yield f"must have at least {declared.min_items} items"
    if declared.max_items is not None and len(value) > declared.max_items:
        yield f"must have at most {declared.max_items} items"
    for place, item in enumerate(value) if declared.items else ():
        for against in objections(item, declared.items or Items()):
            yield f"item {place + 1} {against}"


def _is(value: JsonValue, kind: Kind) -> bool:
    # NOTE: a boolean is an int to Python, but not to PowerShell.
    found = _kind_of(value)
    return found == kind or (found == Kind.INTEGER and kind is Kind.NUMBER)


def _kind_of(value: JsonValue) -> str:
    kinds: dict[type, str] = {
        str: Kind.STRING,
        bool: Kind.BOOLEAN,
        int: Kind.INTEGER,
        float: Kind.NUMBER,
        list: Kind.ARRAY,
        dict: Kind.OBJECT,
    }
    return kinds.get(type(value), "null")


def _named(kind: Kind) -> str:
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"
