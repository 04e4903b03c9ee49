"""The files that a world file names: certificates, and the values of secrets."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emulator.schemakeys import Place

_LISTS = (
    ("tenants", "*", "applications", "*", "certificates", "*"),
    ("tenants", "*", "applications", "*", "subjectNames", "*", "issuer"),
    ("entra", "issuerTrust", "*"),
)
_SECRETS = ("tenants", "*", "applications", "*", "secrets", "*")


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be had."""

    place: Place
    problem: str


def include(document: object, folder: Path) -> list[Unread]:
    """Put what files hold in place of their names in *document*; names are relative to *folder*."""
    missing = [
        unread
        for pattern in _LISTS
        for place, holder, key in _places(document, pattern)
        if (unread := _include_certificate(place, holder, key, folder))
    ]
    for place, holder, key in _places(document, _SECRETS):
        secret = holder[key]
        if isinstance(secret, dict) and isinstance(secret.get("file"), str):
            unread = _include_secret((*place, "file"), secret, folder)
            missing += [unread] if unread else []
    return missing


def _include_certificate(
    place: Place, holder: "_Holder", key: str | int, folder: Path
) -> Unread | None:
    name = holder[key]
    if not isinstance(name, str) or name.startswith("-----BEGIN"):
        return None  # the model tells what is wrong with other things
    try:
        holder[key] = (folder / name).read_text(encoding="ascii")
    except OSError as error:
        return Unread(place, f"{name}: cannot be read: {error.strerror}")
    except ValueError:
        return Unread(place, f"{name}: is no PEM certificate")
    return None


def _include_secret(place: Place, secret: dict[str, object], folder: Path) -> Unread | None:
    name = str(secret.pop("file"))
    if "value" in secret:
        return Unread(place, f"{name}: a secret has a value or a file, not both")
    try:
        secret["value"] = (folder / name).read_text(encoding="utf-8").strip()
    except OSError as error:
        problem = f"{name}: cannot be read: {error.strerror}"
    except ValueError:
        problem = f"{name}: is not UTF-8"
    else:
        return None
    secret["value"] = "not to be had"  # the model need not complain of it too
    return Unread(place, problem)


class _Holder:
    """A list or a mapping in which one thing is replaced."""

    def __init__(self, inner: dict[object, object] | list[object]) -> None:
        self._inner = inner

    def __getitem__(self, key: str | int) -> object:
        return self._inner[key]  # type: ignore[index]  # found there just now

    def __setitem__(self, key: str | int, value: object) -> None:
        self._inner[key] = value  # type: ignore[index]  # as above


def _places(
    node: object, pattern: tuple[str, ...], place: Place = ()
) -> Iterator[tuple[Place, _Holder, str | int]]:
    """List what is at *pattern*: its place, what holds it, and its key there."""
    step, rest = pattern[0], pattern[1:]
    if isinstance(node, list) and step == "*":
        found: list[tuple[str | int, object]] = list(enumerate(node))
    elif isinstance(node, dict) and step in node:
        found = [(step, node[step])]
    else:
        return
    for key, inner in found:
        if rest:
            yield from _places(inner, rest, (*place, key))
        else:
            yield (*place, key), _Holder(node), key
