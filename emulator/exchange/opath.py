"""The part of `-Filter` and `$filter` that reports use.  Pure.

Comparisons `Property -eq|-ne|-like|-notlike|-gt|-lt value` (with or without the hyphen), joined
by all `-and` or all `-or`.  NOTE: no parentheses, no `-not`: those are refused, not ignored.
"""

import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase

from emulator.exchange.failures import bad_request

Predicate = Callable[[Mapping[str, object]], bool]

_COMPARISON = re.compile(
    r"""\s*(?P<name>[A-Za-z]\w*)\s+-?(?P<operator>eq|ne|like|notlike|gt|lt)\s+
    (?P<value>'(?:[^']|'')*'|"[^"]*"|\$?\w+)\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_JOINT = re.compile(r"-?(and|or)\b", re.IGNORECASE)


def predicate(text: str, properties: Mapping[str, object]) -> Predicate:
    """Return whether a row fits the filter *text*; *properties* shows which names exist.

    Raises:
        RefusedError: the filter is not one that is understood here, or names no property.
    """
    tests: list[Predicate] = []
    joints: set[str] = set()
    position = 0
    while True:
        match = _COMPARISON.match(text, position)
        if match is None:
            raise _invalid(text, position)
        tests.append(_test(text, match, properties))
        position = match.end()
        if position == len(text):
            break
        joint = _JOINT.match(text, position)
        if joint is None or len(joints | {joint.group(1).lower()}) > 1:
            raise _invalid(text, position)
        joints.add(joint.group(1).lower())
        position = joint.end()
    together = any if joints == {"or"} else all
    return lambda row: together(test(row) for test in tests)


def _test(text: str, match: re.Match[str], properties: Mapping[str, object]) -> Predicate:
    names = {name.lower(): name for name in properties}
    name = names.get(match["name"].lower())
    if name is None:
        raise _invalid(text, match.start("name"))
    wanted = _value(match["value"])
    operator = match["operator"].lower()
    return lambda row: _holds(_comparable(row.get(name)), operator, wanted)


def _holds(has: str, operator: str, wanted: str) -> bool:
    match operator:
        case "eq":
            return has == wanted
        case "ne":
            return has != wanted
        case "like":
            return fnmatchcase(has, wanted)
        case "notlike":
            return not fnmatchcase(has, wanted)
        case "gt":
            return has > wanted
        case _:
            return has < wanted


def _value(text: str) -> str:
    if text[0] in "'\"":
        return text[1:-1].replace("''", "'").casefold()
    return "" if text.lower() in {"$null", "null"} else text.lower().removeprefix("$")


def _comparable(value: object) -> str:
    return "" if value is None else str(value).casefold()


def _invalid(text: str, position: int) -> Exception:
    return bad_request(
        f'Cannot bind parameter \'Filter\' to the target. Exception setting "Filter": "Invalid '
        f"filter syntax. For a description of the filter parameter syntax see the command help. "
        f'"{text}" at position {position + 1}."'
    )
