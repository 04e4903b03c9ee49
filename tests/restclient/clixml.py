"""What a CLIXML text says, as plain values: MS-PSRP's primitive types, lists and property bags."""

import base64
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

_SPACE = "{http://schemas.microsoft.com/powershell/2004/04}"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LISTS = ("LST", "IE", "STK", "QUE")


def properties_of(text: str) -> dict[str, object]:
    """Return the properties of the one object in *text*.

    Raises ValueError when it holds none or several.
    """
    root = ET.fromstring(text)  # noqa: S314 - expat ≥ 2.4.1 bounds expansion, and a test waits
    objects = list(root) if _name(root) == "Objs" else [root]
    if len(objects) != 1:
        raise ValueError(f"one object expected, {len(objects)} found")
    return _bag(objects[0])


def type_names_of(text: str) -> list[str]:
    """Return the type names of the first object in *text*, the most special first."""
    root = ET.fromstring(text)  # noqa: S314 - as above
    return [_text(each) for each in root.iterfind(f".//{_SPACE}TN[1]/{_SPACE}T")]


def _bag(element: ET.Element) -> dict[str, object]:
    bags = [each for each in element if _name(each) in {"Props", "MS"}]
    return {_unescaped(each.get("N", "")): _value(each) for bag in bags for each in bag}


def _value(element: ET.Element) -> object:
    name = _name(element)
    if name == "Obj":
        return _object(element)
    if name not in _PRIMITIVES:
        raise ValueError(f"<{name}> is no CLIXML type known here")
    return _PRIMITIVES[name](_text(element))


def _object(element: ET.Element) -> object:
    for each in element:
        if _name(each) in _LISTS:
            return [_value(member) for member in each]
        if _name(each) == "DCT":
            pairs = ([_value(side) for side in entry] for entry in each)
            return {str(key): value for key, value in pairs}
    if bag := _bag(element):
        return bag
    for each in element:
        if _name(each) in _PRIMITIVES:  # an enum: its number, and its name in ToString
            shown = element.findtext(f"{_SPACE}ToString")
            return _value(each) if shown is None else _unescaped(shown)
    shown = element.findtext(f"{_SPACE}ToString")
    return None if shown is None else _unescaped(shown)


def _name(element: ET.Element) -> str:
    return element.tag.removeprefix(_SPACE)


def _text(element: ET.Element) -> str:
    return _unescaped(element.text or "")


def _unescaped(text: str) -> str:
    """Undo `_xHHHH_`; two in a row can be the halves of one character."""
    found = _ESCAPE.sub(lambda each: chr(int(each[1], 16)), text)
    return found.encode("utf-16", "surrogatepass").decode("utf-16")


_PRIMITIVES: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("S", "DT", "TS", "G", "URI", "Version", "XD", "SBK", "C"), str),
    **dict.fromkeys(("I16", "I32", "I64", "U16", "U32", "U64", "By", "SB"), int),
    **dict.fromkeys(("Db", "Sg", "D"), float),
    "B": lambda text: text == "true",
    "BA": base64.b64decode,
    "Nil": lambda _: None,
}
