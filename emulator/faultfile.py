"""Reads faults from a YAML file, and reports everything that is wrong with it at once."""

from pathlib import Path

from pydantic import ValidationError

from emulator.controlbodies import FAULTS
from emulator.errors import WorldError
from emulator.faults import Fault
from emulator.yamlfile import load, sentences


def read_faults(path: Path) -> list[Fault]:
    """Read the faults at *path*: a list, or a mapping with the one key `faults`.

    Raises:
        WorldError: the file is missing, is no YAML, or has a bad fault; with every problem.
    """
    text = load(path)
    document = text.document
    inner: tuple[str, ...] = ()
    if isinstance(document, dict) and set(document) == {"faults"}:
        document, inner = document["faults"], ("faults",)
    try:
        return FAULTS.validate_python(document)
    except ValidationError as error:
        raise WorldError(sentences(text, error, below=inner)) from None
