"""What a YAML text says, with the line of everything in it and every key that stands twice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from emulator.errors import NotYamlError
from emulator.schemakeys import Place, dotted


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A text that was read."""

    document: object
    lines: Mapping[Place, int]
    twice: Sequence[tuple[int, str]]


def parsed(text: str) -> Parsed:
    """Read *text*; of a key that stands twice, the last one counts.

    Raises:
        NotYamlError: it is no YAML.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True  # they are found here, all of them
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        return Parsed(document=yaml.load(text), lines=_lines(node), twice=tuple(_twice(node)))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise NotYamlError(_problem(error), line) from None
    except (YAMLError, ValueError) as error:
        raise NotYamlError(" ".join(str(error).split())) from None
    except RecursionError:
        raise NotYamlError("it is nested too deeply, or within itself") from None


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
