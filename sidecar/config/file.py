"""What a configuration file says, or every problem with it: file, line, key and reason."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from sidecar.config.fields import Surroundings
from sidecar.config.model import Config
from sidecar.config.sentences import sentence_of
from sidecar.errors import ConfigError

Place = tuple[str | int, ...]

_LARGEST = 1 << 20  # bytes; a configuration of a thousand connections is a third of it


def load_config(path: Path, surroundings: Surroundings) -> Config:
    """Read and check the configuration at *path*.

    Raises:
        ConfigError: with every problem that was found.
    """
    text = _text(path)
    data, lines = _parsed(path, text)
    try:
        return Config.model_validate(data, context=surroundings)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        found = sorted((_line(lines, each["loc"]), _sentence(each)) for each in details)
        raise ConfigError([f"{path}:{line}: {text}" for line, text in found]) from None


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    if len(data) > _LARGEST:
        raise ConfigError([f"{path}: larger than {_LARGEST} bytes"])
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: not UTF-8 at byte {error.start}"]) from None


def _parsed(path: Path, text: str) -> tuple[object, dict[Place, int]]:
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        return YAML(typ="safe", pure=True).load(text), _lines(node)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}" if mark else f"{path}"
        raise ConfigError([f"{where}: {_yaml_problem(error)}"]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise ConfigError([f"{path}: not YAML: {str(error).splitlines()[0]}"]) from None


def _yaml_problem(error: MarkedYAMLError) -> str:
    problem = " ".join(str(error.problem or error.context or "not YAML").split())
    if problem.startswith("found duplicate key"):
        # The library quotes both values, and one of them might be a secret put in a wrong place.
        return problem.split(" with value")[0]
    return f"not YAML: {problem}"


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


def _line(lines: dict[Place, int], place: Sequence[str | int]) -> int:
    known = (tuple(place[:length]) for length in range(len(place), -1, -1))
    return next((lines[each] for each in known if each in lines), 1)


def _sentence(detail: ErrorDetails) -> str:
    where = ".".join(str(part) for part in detail["loc"] if part != "[key]") or "the file"
    return f"{where}: {sentence_of(detail)}"
