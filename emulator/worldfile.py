"""Reads a world from YAML, and reports everything that is wrong with it at once."""

from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from emulator.errors import WorldError
from emulator.world import World


def read_world(path: Path) -> World:
    """Read the world at *path*; certificate files are relative to it.

    Raises:
        WorldError: the file is missing, is no YAML, or describes no world.
    """
    document = _document(path)
    missing = _load_certificates(document, path)
    try:
        world = World.model_validate(document)
    except ValidationError as error:
        raise WorldError([*missing, *problems_of(path, error)]) from None
    if missing:
        raise WorldError(missing)
    return world


def _document(path: Path) -> object:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WorldError([f"{path}: cannot be read: {error}"]) from None
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise WorldError([f"{path}: is not valid YAML: {' '.join(str(error).split())}"]) from None


def _load_certificates(document: object, path: Path) -> list[str]:
    """Put each certificate's text in place of its file's name; return what could not be read."""
    problems = []
    for tenant in _items(document, "tenants"):
        for application in _items(tenant, "applications"):
            names = _items(application, "certificates")
            for index, name in enumerate(names):
                if not isinstance(name, str) or name.startswith("-----BEGIN"):
                    continue
                try:
                    names[index] = (path.parent / name).read_text(encoding="ascii")
                except (OSError, UnicodeDecodeError) as error:
                    problems.append(f"{path}: certificates: {name}: cannot be read: {error}")
    return problems


def _items(document: object, key: str) -> list[object]:
    found = document.get(key) if isinstance(document, dict) else None
    return found if isinstance(found, list) else []


def problems_of(place: object, error: ValidationError) -> list[str]:
    """Return each problem that pydantic found at *place*, one sentence each."""
    return [
        f"{place}: {'.'.join(map(str, each['loc'])) or 'document'}: "
        f"{each['msg'].removeprefix('Value error, ')}"
        for each in error.errors()
    ]
