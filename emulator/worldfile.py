"""Reads a world from YAML, and reports everything that is wrong with it at once."""

from pathlib import Path

from pydantic import ValidationError

from emulator.errors import WorldError
from emulator.world import World
from emulator.worldincludes import Unread, include
from emulator.yamlfile import dotted, problems, read, told


def read_world(path: Path) -> World:
    """Read the world at *path*; certificate files are relative to it.

    Raises:
        WorldError: the file is missing, is no YAML, or describes no world.
    """
    text = read(path)
    unread = include(text.document, path.parent)
    found = [*text.twice, *((text.line(each.place), _named(each)) for each in unread)]
    try:
        world = World.model_validate(text.document)
    except ValidationError as error:
        seen, schema = [each.place for each in unread], World.model_json_schema()
        found += problems(text, error, schema=schema, but=seen)
        raise WorldError(told(path, found)) from None
    if found:
        raise WorldError(told(path, found))
    return world


def _named(unread: Unread) -> str:
    return f"{dotted(unread.place)}: {unread.problem}"


def problems_of(place: object, error: ValidationError) -> list[str]:
    """Return each problem that pydantic found at *place*, one sentence each."""
    return [
        f"{place}: {dotted(each['loc'])}: {each['msg'].removeprefix('Value error, ')}"
        for each in error.errors()
    ]
