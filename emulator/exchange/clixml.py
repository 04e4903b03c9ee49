"""Writes a row as CLIXML, the XML from which PowerShell makes objects with typed members.  Pure.

The form is that of "[MS-PSRP]: PowerShell Remoting Protocol", section 2.2.5, as
`[System.Management.Automation.PSSerializer]::Deserialize` reads it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count
from xml.sax.saxutils import escape

_ROOT = '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
_OBJECT = ("System.Management.Automation.PSCustomObject", "System.Object")
_LIST = ("System.Object[]", "System.Array", "System.Object")
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|_(?=[xX])|[\U00010000-\U0010ffff]"
)
_QUOTES = {'"': "&quot;"}
_EDGE = re.compile(r"^\s+|\s+$")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_ANNOTATION = re.compile(r"@(?:odata|data)\.type$|^@")


def clixml(row: Mapping[str, object]) -> str:
    """Return *row* as the CLIXML of one object; its OData annotations are left out."""
    return f"{_ROOT}{_object(row, '', count())}</Objs>"


def _object(row: Mapping[str, object], attribute: str, ids: Iterator[int]) -> str:
    members = "".join(
        _element(value, name, ids) for name, value in row.items() if not _ANNOTATION.search(name)
    )
    return f"<Obj{attribute} {_head(ids, _OBJECT)}<MS>{members}</MS></Obj>"


def _head(ids: Iterator[int], types: tuple[str, ...]) -> str:
    number = next(ids)
    names = "".join(f"<T>{each}</T>" for each in types)
    return f'RefId="{number}"><TN RefId="{number}">{names}</TN>'


def _element(value: object, name: str, ids: Iterator[int]) -> str:
    """Return the element of *value*; the members of a list have no *name*."""
    attribute = f' N="{encoded(name)}"' if name else ""
    if isinstance(value, Mapping):
        return _object(value, attribute, ids)
    if isinstance(value, list | tuple):
        head = _head(ids, _LIST)
        members = "".join(_element(each, "", ids) for each in value)
        return f"<Obj{attribute} {head}<LST>{members}</LST></Obj>"
    if value is None:
        return f"<Nil{attribute} />"
    tag, text = _primitive(value, name)
    return f"<{tag}{attribute}>{text}</{tag}>"


def _primitive(value: object, name: str) -> tuple[str, str]:
    match value:
        case bool():
            return "B", "true" if value else "false"
        case int():
            return _integer(value)
        case float():
            return "Db", repr(value)
        case _:
            text = str(value)
            return _typed_text(text, name) or ("S", encoded(text))


def _integer(value: int) -> tuple[str, str]:
    if -(1 << 31) <= value < 1 << 31:
        return "I32", str(value)
    if -(1 << 63) <= value < 1 << 63:
        return "I64", str(value)
    return ("D" if abs(value) < 1 << 96 else "S"), str(value)


def _typed_text(text: str, name: str) -> tuple[str, str] | None:
    """Return *text* as the time or GUID that it is, or `None`.

    A GUID is one where the member's name says so: Exchange's ExternalDirectoryObjectId is text.
    """
    if name.lower().endswith("guid") and _GUID.fullmatch(text):
        return "G", text
    if not _MOMENT.fullmatch(text):
        return None
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None
    return "DT", text


def encoded(text: str) -> str:
    """Return *text* as CLIXML writes it: what XML cannot carry is `_xHHHH_`, and so is `_x`."""
    plain = _UNSAFE.sub(_code, text)
    return escape(_EDGE.sub(lambda edge: "".join(map(_unit, edge.group())), plain), _QUOTES)


def _code(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"_x{units[i : i + 2].hex().upper()}_" for i in range(0, len(units), 2))


def _unit(character: str) -> str:
    return f"_x{ord(character):04X}_"
