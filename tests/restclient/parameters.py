"""How the parameters of a cmdlet travel as JSON."""

import re
from collections.abc import Mapping, Sequence

_BOOLEAN = re.compile(r"\$(true|false)\b", re.IGNORECASE)


def envelope(cmdlet: str, parameters: Mapping[str, object]) -> dict[str, object]:
    """Return the body of one InvokeCommand."""
    sent = {name: _sent(name, value) for name, value in parameters.items()}
    return {"CmdletInput": {"CmdletName": cmdlet, "Parameters": sent}}


def _sent(name: str, value: object) -> object:
    if name.endswith("Filter") and isinstance(value, str):
        return _BOOLEAN.sub(lambda found: f"'{found[1].capitalize()}'", value)
    return _encoded(value)


def _encoded(value: object) -> object:
    match value:
        case Mapping():
            inner = {str(name): _encoded(each) for name, each in value.items()}
            return {"@odata.type": "#Exchange.GenericHashTable", **inner}
        case bytes():
            return {"@odata.type": "#Exchange.ByteArrayType", "Data": list(value)}
        case str():
            return value
        case Sequence():
            return [_encoded(each) for each in value]
        case _:
            return value
