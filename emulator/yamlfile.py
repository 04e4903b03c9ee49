"""What a YAML file says, with the line of everything in it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from emulator.errors import WorldError
from emulator.schemakeys import Place, meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A file that was read."""

    path: Path
    document: object
    lines: Mapping[Place, int]
    twice: Sequence[tuple[int, str]] = ()
    """Keys that stand more than once: the line of each further one, and what is wrong."""

    def line(self, place: Sequence[str | int]) -> int:
        """Return the line of what lies at *place*, or of the nearest thing around it."""
        around = (tuple(place[:length]) for length in range(len(place), -1, -1))
        return next((self.lines[each] for each in around if each in self.lines), 1)


def load(path: Path) -> Text:
    """Read the YAML file at *path*.

    Raises:
        WorldError: it is missing, is not UTF-8, is no YAML, or has a key twice.
    """
    text = read(path)
    if text.twice:
        raise WorldError(told(path, text.twice))
    return text


def read(path: Path) -> Text:
    """Read the YAML file at *path*; keys that stand twice are in `twice`, and the last one counts.

    Raises:
        WorldError: it is missing, is not UTF-8, or is no YAML.
    """
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise WorldError([f"{path}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError as error:
        raise WorldError([f"{path}: not UTF-8 at byte {error.start}"]) from None
    try:
        yaml = YAML(typ="safe", pure=True)
        yaml.allow_duplicate_keys = True  # they are found here, all of them
        node = YAML(typ="safe", pure=True).compose(text)
        document = yaml.load(text)
        lines, twice = _lines(node), tuple(_twice(node))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}" if mark else f"{path}"
        raise WorldError([f"{where}: is not valid YAML: {_problem(error)}"]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise WorldError([f"{path}: is not valid YAML: {' '.join(str(error).split())}"]) from None
    return Text(path=path, document=document, lines=lines, twice=twice)


def sentences(text: Text, error: ValidationError, *, below: Place = ()) -> list[str]:
    """Return each problem that pydantic found in *text*: file, line, key and reason."""
    return told(text.path, problems(text, error, below=below))


def problems(
    text: Text,
    error: ValidationError,
    *,
    below: Place = (),
    schema: Mapping[str, object] | None = None,
    but: Collection[Place] = (),
) -> list[tuple[int, str]]:
    """Return line, and key with reason, of each problem that pydantic found in *text*.

    With the model's JSON *schema*, an unknown key is answered with the one that may be meant.
    What lies at the places *but* is left out.
    """
    found = []
    for each in error.errors(include_url=False):
        place = (*below, *each["loc"])
        if any(place[: len(seen)] == seen for seen in but) or _is_echo(each):
            continue
        message = each["msg"].removeprefix("Value error, ")
        if each["type"] == "extra_forbidden":
            message = f"unknown key{meant(schema or {}, each['loc'])}"
        if each["type"] == "missing":
            message = "is missing"
        found.append((text.line(place), f"{dotted(place)}: {message}"))
    return found


def _is_echo(problem: ErrorDetails) -> bool:
    """Tell whether a list is only short because what is in it is wrong, which is told already."""
    given = problem["input"]
    return problem["type"] == "too_short" and isinstance(given, list) and bool(given)


def told(path: Path, found: Iterable[tuple[int, str]]) -> list[str]:
    """Return a sentence for each line and problem, in the order of the lines."""
    return [f"{path}:{line}: {problem}" for line, problem in sorted(found)]


def dotted(place: Place) -> str:
    """Return the path of a key as it is shown."""
    return ".".join(map(str, place)) or "document"


def _problem(error: MarkedYAMLError) -> str:
    return " ".join(str(error.problem or error.context or "").split())


def _twice(node: Node | None, place: Place = ()) -> Iterator[tuple[int, str]]:
    match node:
        case MappingNode():
            first: dict[str, int] = {}
            for key, value in node.value:
                name, line = str(key.value), key.start_mark.line + 1
                if first.setdefault(name, line) != line:
                    yield line, f"{dotted((*place, name))}: stands in line {first[name]} already"
                yield from _twice(value, (*place, name))
        case SequenceNode():
            for index, item in enumerate(node.value):
                yield from _twice(item, (*place, index))


def _lines(node: Node | None, place: Place = ()) -> dict[Place, int]:
    if node is None:
        return {}
    found = {place: node.start_mark.line + 1}
    match node:
        case MappingNode():
            for key, value in node.value:
                inner = (*place, str(key.value))
                found |= _lines(value, inner) | {inner: key.start_mark.line + 1}
        case SequenceNode():
            for index, item in enumerate(node.value):
                found |= _lines(item, (*place, index))
    return found
