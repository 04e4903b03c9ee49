"""Reads a job's YAML file, and says for every problem on which line it lies."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML, MappingNode, Node, SequenceNode
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from contract.exitcodes import ExitCode
from runner.errors import Problem
from runner.job.model import Job

_M = TypeVar("_M", bound=BaseModel)

_LARGEST = 1 << 20
"""Bytes; a job's file is some kilobytes, so a larger one is something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A YAML file: its bytes' digest, its content, and where each thing in it stands."""

    path: Path
    sha256: str
    content: object
    root: Node | None

    def line(self, place: Sequence[int | str]) -> int:
        """Return the line of *place*, or of the nearest thing around it that is there."""
        node, line = self.root, 1
        for step in place:
            found = _step(node, step)
            if found is None:
                break
            line, node = found
        return line


def read(path: Path) -> Document | Problem:
    """Read the YAML file at *path*, or say why it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return Problem(ExitCode.NO_INPUT, f"{path}: cannot be read: {error.strerror}")
    if len(data) > _LARGEST:
        return Problem(ExitCode.CONFIG, f"{path}: larger than {_LARGEST} bytes: not a job's file")
    try:
        text = data.decode()
        root = YAML(typ="safe", pure=True).compose(text)
        content = YAML(typ="safe", pure=True).load(text)
    except UnicodeDecodeError as error:
        return Problem(ExitCode.CONFIG, f"{path}: not UTF-8, at byte {error.start}")
    except (YAMLError, ValueError, LookupError, RecursionError) as error:
        return Problem(ExitCode.CONFIG, f"{path}{_at(error)}")
    digest = hashlib.sha256(data).hexdigest()
    return Document(path=path, sha256=digest, content=content, root=root)


def job_of(document: Document) -> tuple[Job | None, list[Problem]]:
    """Return the job that *document* says, or everything that is wrong with it."""
    return _model_of(document, Job, ())


def part_of(document: Document, model: type[_M], place: tuple[str, ...]) -> _M | None:
    """Return one part of a document whose other parts may be wrong; none if it is wrong itself."""
    return _model_of(document, model, place)[0]


def at(document: Document, place: Sequence[str]) -> object:
    """Return what lies at *place*, or nothing."""
    content = document.content
    for step in place:
        content = content.get(step) if isinstance(content, Mapping) else None
    return content


def _model_of(
    document: Document, model: type[_M], place: tuple[str, ...]
) -> tuple[_M | None, list[Problem]]:
    try:
        return model.model_validate(at(document, place)), []
    except ValidationError as error:
        return None, [
            Problem(ExitCode.CONFIG, _sentence(document, (*place, *each["loc"]), each["msg"]))
            for each in error.errors(include_url=False, include_input=False)
        ]


def _sentence(document: Document, place: tuple[int | str, ...], message: str) -> str:
    known = tuple(step for step in place if step != "[key]")
    where = ".".join(map(str, known)) or "document"
    said = message.removeprefix("Value error, ").replace(
        "Extra inputs are not permitted", "unknown key"
    )
    said = said.replace("Field required", "missing")
    return f"{document.path}:{document.line(known)}: {where}: {said}"


def _step(node: Node | None, step: int | str) -> tuple[int, Node] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line + 1, item
    return None


def _at(error: Exception) -> str:
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        return f":{error.problem_mark.line + 1}: {_without_values(str(error.problem))}"
    return f": not YAML: {type(error).__name__}"


def _without_values(problem: str) -> str:
    # The parser quotes what it found, and in a file of parameters that can be a secret.  Its own
    # words for a token stand in quotes too, and a key is no secret.
    if twice := re.match(r'found duplicate key "\w+"', problem):
        return twice.group()
    return re.split(r"[\"']", re.sub(r"'(<[\w ]+>)'", r"\1", problem))[0].strip()
