"""What of a request's parameters may be kept.  Pure."""

import re
from collections.abc import Mapping

HIDDEN = "***"
_SECRET_NAME = re.compile(
    r"^(?!.*type$).*(password|passphrase|secret|token|credential|assertion|key$)", re.IGNORECASE
)
# Begun only where a word begins, and never tried again shorter: linear in the longest of texts.
_JWT = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{16,}+\.[A-Za-z0-9_-]{16,}+(\.[A-Za-z0-9_-]*+)?")
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_DEEPEST = 8


def shown(parameters: Mapping[str, object], *, depth: int = 0) -> dict[str, object]:
    """Return *parameters* without what their names, or their looks, tell to be secret."""
    return {name: _shown(name, value, depth) for name, value in parameters.items()}


def shown_text(text: str) -> str:
    """Return *text* without any token in it, and without a private key."""
    return HIDDEN if _PEM.search(text) else _JWT.sub(HIDDEN, text)


def _shown(name: str, value: object, depth: int) -> object:
    if isinstance(value, bool | int | float | None):
        return value
    if _SECRET_NAME.search(name) or _is_secure_string(value) or depth > _DEEPEST:
        return HIDDEN
    match value:
        case str():
            return shown_text(value)
        case dict():
            return shown(value, depth=depth + 1)
        case list():
            return [_shown("", each, depth + 1) for each in value]
        case _:
            return value


def _is_secure_string(value: object) -> bool:
    kind = value.get("@odata.type") if isinstance(value, dict) else None
    return isinstance(kind, str) and "securestring" in kind.lower()
