"""What of a request's parameters may be kept.  Pure."""

import re
from collections.abc import Mapping

HIDDEN = "***"
_SECRET_NAME = re.compile(
    r"^(?!.*type$).*(password|passphrase|secret|token|credential|assertion|key$)", re.IGNORECASE
)
_JWT = re.compile(r"[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}(\.[A-Za-z0-9_-]*)?")
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_DEEPEST = 8


def shown(parameters: Mapping[str, object], *, depth: int = 0) -> dict[str, object]:
    """Return *parameters* without what their names, or their looks, tell to be secret."""
    return {name: _shown(name, value, depth) for name, value in parameters.items()}


def _shown(name: str, value: object, depth: int) -> object:
    if _SECRET_NAME.search(name) and not isinstance(value, bool | int | float | None):
        return HIDDEN
    match value:
        case str():
            return HIDDEN if _PEM.search(value) else _JWT.sub(HIDDEN, value)
        case dict() if depth < _DEEPEST:
            return shown(value, depth=depth + 1)
        case list() if depth < _DEEPEST:
            return [_shown("", each, depth + 1) for each in value]
        case dict() | list():
            return HIDDEN
        case _:
            return value
