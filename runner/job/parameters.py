"""Which values a run's script gets, from what was declared and what was given.  Pure."""

import difflib
import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from runner.job.parameterspec import Items, Kind, Parameter, objections

_WHOLE = re.compile(r"[+-]?\d{1,300}")
_SECRET = "secret"  # noqa: S105 - the marker that stands in a digest for a value


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a caller gave: texts from the command line, typed values from a file."""

    texts: Sequence[str] = ()
    """Each `Name=value`."""
    values: Mapping[str, JsonValue]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Texts by name; whoever calls may give another value.  Environments know no secrets."""

    def __bool__(self) -> bool:
        """Tell whether anything was given."""
        return bool(self.texts or self.values or self.environment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What the script is called with.  `repr()` never shows a value."""

    plain: Mapping[str, JsonValue]
    secret: Mapping[str, JsonValue]

    def __repr__(self) -> str:
        return f"Values(plain={sorted(self.plain)}, secret={sorted(self.secret)})"

    def everything(self) -> dict[str, JsonValue]:
        """Return every value by its name, secrets too."""
        return {**self.plain, **self.secret}

    def sha256(self) -> str:
        """Return the digest of the plain values and of the secrets' names."""
        shown = {**self.plain, **{name: {_SECRET: True} for name in self.secret}}
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()

    def secret_texts(self) -> list[str]:
        """Return every text and number inside the secrets, to be masked."""
        return [text for value in self.secret.values() for text in _texts(value)]


def resolve(declared: Mapping[str, Parameter], given: Given) -> tuple[Values, list[str]]:
    """Return the values and every problem, one sentence each; usable only without problems."""
    typed, problems = _from_texts(declared, given)
    surrounding, more = _from_environment(declared, given)
    problems += more
    values: dict[str, JsonValue] = {}
    for name in [*given.values, *typed]:
        if name not in declared:
            problems.append(_unknown(name, declared))
    for name, parameter in declared.items():
        first = given.values.get(name, surrounding.get(name, parameter.default))
        value = typed.get(name, first)
        if value is None:
            if parameter.required and not any(_is_about(name, text) for text in given.texts):
                problems.append(f"parameter {name}: required, but not given")
            continue
        problems.extend(f"parameter {name}: {each}" for each in objections(value, parameter))
        values[name] = value
    secrets = {name for name, parameter in declared.items() if parameter.secret}
    return Values(
        plain={name: value for name, value in values.items() if name not in secrets},
        secret={name: value for name, value in values.items() if name in secrets},
    ), problems


def _from_texts(
    declared: Mapping[str, Parameter], given: Given
) -> tuple[dict[str, JsonValue], list[str]]:
    typed: dict[str, JsonValue] = {}
    problems: list[str] = []
    for text in given.texts:
        name, equals, value = text.partition("=")
        parameter = declared.get(name)
        if not equals or not name:
            problems.append(f"-p needs Name=value; what was given begins with {name[:20]!r}")
        elif name in typed or name in given.values:
            problems.append(f"parameter {name}: given twice")
        elif parameter is None:
            problems.append(_unknown(name, declared))
        elif parameter.secret:
            problems.append(
                f"parameter {name}: is secret, and a command line is seen by others; "
                "give it in --params-file"
            )
        else:
            try:
                typed[name] = read(value, parameter)
            except ValueError as error:
                problems.append(f"parameter {name}: {error}")
    return typed, problems


def _from_environment(
    declared: Mapping[str, Parameter], given: Given
) -> tuple[dict[str, JsonValue], list[str]]:
    typed: dict[str, JsonValue] = {}
    problems: list[str] = []
    by_fold = {name.casefold(): name for name in declared}
    for said, text in given.environment.items():
        name = by_fold.get(said.casefold())
        if name is None:
            problems.append(_unknown(said, declared))
        elif declared[name].secret:
            problems.append(
                f"parameter {name}: is secret, and an environment is seen by others; "
                "give it in --params-file"
            )
        else:
            try:
                typed[name] = read(text, declared[name])
            except ValueError as error:
                problems.append(f"parameter {name}: {error}")
    return typed, problems


def read(text: str, declared: Items) -> JsonValue:
    """Return what *text* says as a value of the declared type.

    An array is a JSON array, or items with commas between; an object is a JSON object.

    Raises:
        ValueError: the text does not say such a value.
    """
    match declared.type:
        case Kind.STRING:
            return text
        case Kind.INTEGER if _WHOLE.fullmatch(text.strip()):
            return int(text)
        case Kind.NUMBER:
            return _number(text)
        case Kind.BOOLEAN if text.strip().casefold() in {"true", "false"}:
            return text.strip().casefold() == "true"
        case Kind.ARRAY if not text.lstrip().startswith("["):
            items = declared.items if isinstance(declared, Parameter) else None
            pieces = [piece.strip() for piece in text.split(",")] if text.strip() else []
            return [read(piece, items or Items()) for piece in pieces]
        case Kind.ARRAY | Kind.OBJECT:
            return _json(text, declared.type)
    raise ValueError(f"{text!r} is no {declared.type}")


def _number(text: str) -> JsonValue:
    try:
        number = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        number = None
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ValueError(f"{text!r} is no number")  # noqa: TRY004 - what was written is wrong
    return number


def _json(text: str, kind: Kind) -> JsonValue:
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        raise ValueError(f"not JSON, and so no {kind}") from None
    if value is None:
        raise ValueError(f"null is no {kind}")
    return value


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} has no place in JSON")


def _unknown(name: str, declared: Mapping[str, Parameter]) -> str:
    by_fold = {each.casefold(): each for each in declared}
    close = difflib.get_close_matches(name.casefold(), by_fold, n=1)
    hint = f"did you mean {by_fold[close[0]]}?" if close else f"declared: {_listed(declared)}"
    return f"parameter {name}: the job declares no such parameter; {hint}"


def _listed(declared: Mapping[str, Parameter]) -> str:
    return ", ".join(declared) or "none"


def _is_about(name: str, text: str) -> bool:
    return text.partition("=")[0] == name


def _texts(value: JsonValue) -> Iterator[str]:
    match value:
        case dict():
            for item in value.values():
                yield from _texts(item)
        case list():
            for item in value:
                yield from _texts(item)
        case None | bool():
            return
        case _:
            yield str(value)
