"""Reads what a client sends as JSON, and refuses what no answer could repeat.  Pure."""

import json

from emulator.exchange.failures import bad_request

_DEEPEST = 64
"""How deep objects and lists may stand inside each other; a guess.  Microsoft's module sends 10."""


def json_value(text: bytes) -> object:
    """Return the value of the JSON *text*.

    Raises:
        ValueError: it is no JSON, holds text that is no Unicode or a number that JSON does not
            have, or is nested too deep.
    """
    try:
        value = json.loads(text, parse_constant=_refused_constant)
        # Lone surrogates and numbers beyond a double come through the reader, not the writer.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not _is_shallow(value, _DEEPEST):
        raise ValueError("nested too deep")
    return value


def json_members(body: bytes) -> dict[str, object]:
    """Return *body*, a JSON object.

    Raises:
        RefusedError: it is something else.
    """
    try:
        members = json_value(body)
    except ValueError:
        members = None
    if not isinstance(members, dict):
        raise bad_request("The request payload is not a JSON object.")
    return members


def _refused_constant(name: str) -> object:
    raise ValueError(name)


def _is_shallow(value: object, left: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inside = value.values() if isinstance(value, dict) else value
    return left > 0 and all(_is_shallow(each, left - 1) for each in inside)
