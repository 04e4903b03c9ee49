"""What a configuration file says, or every problem with it: file, line, key and reason."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node

from sidecar.config.fields import Surroundings
from sidecar.config.model import Config
from sidecar.config.outline import Place, outline_of
from sidecar.config.sentences import sentence_of
from sidecar.errors import ConfigError

_LARGEST = 1 << 20  # bytes; a configuration of a thousand connections is a third of it


def load_config(path: Path, surroundings: Surroundings) -> Config:
    """Read and check the configuration at *path*.

    Raises:
        ConfigError: with every problem that was found.
    """
    text = _text(path)
    data, node = _parsed(path, text)
    outline = outline_of(node)
    found, config = [*outline.twice], None
    try:
        config = Config.model_validate(data, context=surroundings)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        found += [(_line(outline.lines, each["loc"]), _sentence(each)) for each in details]
    if config is None or found:
        raise ConfigError([f"{path}:{line}: {text}" for line, text in sorted(found)])
    return config


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


def _parsed(path: Path, text: str) -> tuple[object, Node | None]:
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True  # they are told with all the rest
    try:
        return yaml.load(text), YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}" if mark else f"{path}"
        raise ConfigError([f"{where}: {_yaml_problem(error)}"]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise ConfigError([f"{path}: not YAML: {str(error).splitlines()[0]}"]) from None


def _yaml_problem(error: MarkedYAMLError) -> str:
    problem = " ".join(str(error.problem or error.context or "not YAML").split())
    return f"not YAML: {problem}"


def _line(lines: dict[Place, int], place: Sequence[str | int]) -> int:
    known = (tuple(place[:length]) for length in range(len(place), -1, -1))
    return next((lines[each] for each in known if each in lines), 1)


def _sentence(detail: ErrorDetails) -> str:
    where = ".".join(str(part) for part in detail["loc"] if part != "[key]") or "the file"
    return f"{where}: {sentence_of(detail)}"
