"""Writes a row as CLIXML, the XML from which PowerShell makes objects with typed members.  Pure.

The form is that of "[MS-PSRP]: PowerShell Remoting Protocol", section 2.2.5, as
`[System.Management.Automation.PSSerializer]::Deserialize` reads it.  A row may have dozens of
members, so most texts are looked at once and copied.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import count
from xml.sax.saxutils import escape

_ROOT = '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
_OBJECT = ("System.Management.Automation.PSCustomObject", "System.Object")
_LIST = ("System.Object[]", "System.Array", "System.Object")
_BAD = "\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\U00010000-\U0010ffff"
_UNSAFE = re.compile(f"[{_BAD}]|_(?=[xX])|^\\s|\\s$")
_SPECIAL = re.compile(f'[{_BAD}&<>"]|_[xX]|^\\s|\\s\\Z')
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_ANNOTATION = re.compile(r"@(?:odata|data)\.type$|^@")


def clixml(row: Mapping[str, object]) -> str:
    """Return *row* as the CLIXML of one object; its OData annotations are left out."""
    return f"{_ROOT}{_object(row, '', count())}</Objs>"


def _object(row: Mapping[str, object], attribute: str, ids: Iterator[int]) -> str:
    members = [_element(value, name, ids) for name, value in row.items() if not _is_note(name)]
    return f"<Obj{attribute} {_head(ids, _OBJECT)}<MS>{''.join(members)}</MS></Obj>"


@lru_cache(4_096)
def _is_note(name: str) -> bool:
    return _ANNOTATION.search(name) is not None


def _head(ids: Iterator[int], types: tuple[str, ...]) -> str:
    number = next(ids)
    names = "".join(f"<T>{each}</T>" for each in types)
    return f'RefId="{number}"><TN RefId="{number}">{names}</TN>'


def _element(value: object, name: str, ids: Iterator[int]) -> str:
    """Return the element of *value*; the members of a list have no *name*."""
    attribute = _attribute(name) if name else ""
    if isinstance(value, str):
        tag, text = _text(value, name)
    elif value is None:
        return f"<Nil{attribute} />"
    elif isinstance(value, Mapping):
        return _object(value, attribute, ids)
    elif isinstance(value, list | tuple):
        head = _head(ids, _LIST)
        members = "".join(_element(each, "", ids) for each in value)
        return f"<Obj{attribute} {head}<LST>{members}</LST></Obj>"
    else:
        tag, text = _number(value)
    return f"<{tag}{attribute}>{text}</{tag}>"


@lru_cache(4_096)
def _attribute(name: str) -> str:
    return f' N="{encoded(name)}"'


def _number(value: object) -> tuple[str, str]:
    match value:
        case bool():
            return "B", "true" if value else "false"
        case int() if -(1 << 31) <= value < 1 << 31:
            return "I32", str(value)
        case int() if -(1 << 63) <= value < 1 << 63:
            return "I64", str(value)
        case int() if abs(value) < 1 << 96:
            return "D", str(value)
        case float():
            return "Db", repr(value)
        case _:
            return "S", encoded(str(value))


def _text(text: str, name: str) -> tuple[str, str]:
    """Return *text* as the time or GUID that it is, or as text.

    A GUID is one where the member's name says so: Exchange's ExternalDirectoryObjectId is text.
    """
    if text[10:11] == "T" and _is_moment(text):
        return "DT", text
    if name[-4:].lower() == "guid" and _GUID.fullmatch(text):
        return "G", text
    return "S", encoded(text)


def _is_moment(text: str) -> bool:
    try:
        return bool(_MOMENT.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def encoded(text: str) -> str:
    """Return *text* as CLIXML writes it: what XML cannot carry is `_xHHHH_`, and so is `_x`.

    So is a blank at either end, which a reader might take for layout.
    """
    if _SPECIAL.search(text) is None:
        return text
    return escape(_UNSAFE.sub(_code, text), {'"': "&quot;"})


def _code(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"_x{units[i : i + 2].hex().upper()}_" for i in range(0, len(units), 2))
