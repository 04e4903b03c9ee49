"""What a sent value is as an argument of its parameter's kind.  Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime

from emulator.exchange.failures import bad_request
from emulator.exchange.listchange import ListChange
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.sentvalues import count_of, utc_of


def converted(parameter: Parameter, value: object) -> object:
    """Return *value* as an argument.

    Raises:
        RefusedError: it cannot be one; the text is PowerShell's.
    """
    return _CONVERSIONS[parameter.kind](parameter, value)


def _one_text(parameter: Parameter, value: object) -> str:
    return _chosen(parameter, _text(parameter, value))


def _several_texts(parameter: Parameter, value: object) -> list[str]:
    return list(_texts(parameter, value))


def _text(parameter: Parameter, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _untransformed(parameter, value, "System.String")
    return str(value)


def _chosen(parameter: Parameter, text: str) -> str:
    if not parameter.choices:
        return text
    chosen = next((each for each in parameter.choices if each.lower() == text.lower()), None)
    if chosen is None:
        raise _untransformed(parameter, text, parameter.name)
    return chosen


def _truth(parameter: Parameter, value: object) -> bool:
    match value:
        case bool():
            return value
        case int():
            return value != 0
        case dict():
            return _truth(parameter, value.get("IsPresent"))
        case str() if value.lower() in {"true", "$true", "false", "$false"}:
            return value.lower() in {"true", "$true"}
        case _:
            raise _untransformed(parameter, value, "System.Boolean")


def _list_change(parameter: Parameter, value: object) -> ListChange:
    if not isinstance(value, Mapping):
        return ListChange(instead=_texts(parameter, value))
    given = {name.lower(): each for name, each in value.items() if "@" not in name}
    if not given or set(given) - {"add", "remove"}:
        raise _untransformed(parameter, value, "Microsoft.Exchange.Data.MultiValuedProperty")
    added, removed = (_texts(parameter, given.get(name, [])) for name in ("add", "remove"))
    return ListChange(add=added, remove=removed)


def _texts(parameter: Parameter, value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(_one_text(parameter, each) for each in values)


def _result_size(parameter: Parameter, value: object) -> int | None:
    if isinstance(value, str) and value.lower() == "unlimited":
        return None
    try:
        size = int(value) if isinstance(value, str | int) else -1
    except ValueError:
        size = -1
    if isinstance(value, bool) or size < 0:
        raise _untransformed(parameter, value, "Microsoft.Exchange.Data.Unlimited`1[System.UInt32]")
    return size


def _count(parameter: Parameter, value: object) -> int:
    count = count_of(value)
    if count is None:
        raise _untransformed(parameter, value, "System.Int32")
    if parameter.largest is not None and not 1 <= count <= parameter.largest:
        raise bad_request(
            f"Cannot validate argument on parameter '{parameter.name}'. The {count} argument is "
            f"not within the allowed range of 1 to {parameter.largest}."
        )
    return count


def _moment(parameter: Parameter, value: object) -> datetime:
    moment = utc_of(value)
    if moment is None:
        raise _untransformed(parameter, value, "System.DateTime")
    return moment


def _untransformed(parameter: Parameter, value: object, kind: str) -> Exception:
    return bad_request(
        f"Cannot process argument transformation on parameter '{parameter.name}'. Cannot convert "
        f'value "{value}" to type "{kind}".'
    )


_CONVERSIONS: dict[Kind, Callable[[Parameter, object], object]] = {
    Kind.STRING: _one_text,
    Kind.STRINGS: _several_texts,
    Kind.SWITCH: _truth,
    Kind.BOOLEAN: _truth,
    Kind.COUNT: _count,
    Kind.DATE: _moment,
    Kind.RESULT_SIZE: _result_size,
    Kind.MULTI: _list_change,
}
