"""What a YAML file says, with the line of everything in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from emulator.errors import WorldError

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A file that was read."""

    path: Path
    document: object
    lines: Mapping[Place, int]

    def line(self, place: Sequence[str | int]) -> int:
        """Return the line of what lies at *place*, or of the nearest thing around it."""
        around = (tuple(place[:length]) for length in range(len(place), -1, -1))
        return next((self.lines[each] for each in around if each in self.lines), 1)


def load(path: Path) -> Text:
    """Read the YAML file at *path*.

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
        node = YAML(typ="safe", pure=True).compose(text)
        document = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}" if mark else f"{path}"
        raise WorldError([f"{where}: is not valid YAML: {_problem(error)}"]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise WorldError([f"{path}: is not valid YAML: {' '.join(str(error).split())}"]) from None
    return Text(path=path, document=document, lines=_lines(node))


def sentences(text: Text, error: ValidationError, *, below: Place = ()) -> list[str]:
    """Return each problem that pydantic found in *text*: file, line, key and reason."""
    found = []
    for each in error.errors(include_url=False):
        place = (*below, *each["loc"])
        key = ".".join(str(part) for part in place) or "document"
        message = each["msg"].removeprefix("Value error, ")
        if each["type"] == "extra_forbidden":
            message = "unknown key"
        found.append((text.line(place), f"{key}: {message}"))
    return [f"{text.path}:{line}: {sentence}" for line, sentence in sorted(found)]


def _problem(error: MarkedYAMLError) -> str:
    problem = " ".join(str(error.problem or error.context or "").split())
    # The library quotes both values of a key that stands twice, and one may be a secret.
    return problem.split(" with value")[0]


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
