"""Reads a world from YAML, and reports everything that is wrong with it at once."""

from pathlib import Path

from pydantic import ValidationError

from emulator.errors import WorldError
from emulator.world import World
from emulator.yamlfile import load, sentences


def read_world(path: Path) -> World:
    """Read the world at *path*; certificate files are relative to it.

    Raises:
        WorldError: the file is missing, is no YAML, or describes no world.
    """
    text = load(path)
    missing = _load_files(text.document, path)
    try:
        world = World.model_validate(text.document)
    except ValidationError as error:
        raise WorldError([*missing, *sentences(text, error)]) from None
    if missing:
        raise WorldError(missing)
    return world


def _load_files(document: object, path: Path) -> list[str]:
    """Put what the named files hold in place of their names; return what could not be read."""
    problems: list[str] = []
    for tenant in _items(document, "tenants"):
        for application in _items(tenant, "applications"):
            problems += _load_list(_items(application, "certificates"), path)
            for each in _items(application, "subjectNames"):
                problems += _load_member(each, "issuer", path)
            for each in _items(application, "secrets"):
                problems += _load_secret(each, path)
    entra = document.get("entra") if isinstance(document, dict) else None
    return problems + _load_list(_items(entra, "issuerTrust"), path)


def _load_list(names: list[object], path: Path) -> list[str]:
    found = [_certificate(name, path) for name in names]
    names[:] = [text for text, _ in found]
    return [problem for _, problem in found if problem]


def _load_member(item: object, key: str, path: Path) -> list[str]:
    if not isinstance(item, dict) or key not in item:
        return []
    item[key], problem = _certificate(item[key], path)
    return [problem] if problem else []


def _certificate(name: object, path: Path) -> tuple[object, str | None]:
    """Return the text of the certificate file *name*; other things are left for the model."""
    if not isinstance(name, str) or name.startswith("-----BEGIN"):
        return name, None
    try:
        return (path.parent / name).read_text(encoding="ascii"), None
    except (OSError, UnicodeDecodeError) as error:
        return name, f"{path}: certificates: {name}: cannot be read: {error}"


def _load_secret(item: object, path: Path) -> list[str]:
    """Put the secret's value in place of the `file` that holds it."""
    if not isinstance(item, dict) or not isinstance(item.get("file"), str):
        return []
    name = item.pop("file")
    if "value" in item:
        return [f"{path}: secrets: {name}: has both a value and a file"]
    try:
        item["value"] = (path.parent / name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        return [f"{path}: secrets: {name}: cannot be read: {error}"]
    return []


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
