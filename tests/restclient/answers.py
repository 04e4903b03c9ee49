"""What a 200 says: rows, warnings, errors beside them, a question, and where it goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Row = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One page of a cmdlet's or a resource's answer."""

    rows: tuple[Row, ...] = ()
    warnings: tuple[str, ...] = ()
    errors: tuple[object, ...] = ()
    """Entries of `@adminapi.errors`: what PowerShell would write as errors, though it is a 200."""
    question: str = ""
    """What a validation call asks before anything is done."""
    next_link: str = ""
    raw: Mapping[str, object] = field(default_factory=dict, repr=False)


def answer_of(body: Mapping[str, object] | None) -> Answer:
    """Return what *body* says; `None` is a 204.

    A single resource comes without a `value` around it.
    """
    if body is None:
        return Answer()
    found = body.get("value")
    rows = found if isinstance(found, list) else []
    if "value" not in body and not any(name.startswith("@adminapi") for name in body):
        rows = [{name: value for name, value in body.items() if not name.startswith("@odata.")}]
    return Answer(
        rows=tuple(plain(row) for row in rows),
        warnings=tuple(str(each) for each in _list(body, "@adminapi.warnings")),
        errors=tuple(_list(body, "@adminapi.errors")),
        question=str(body.get("@adminapi.confirmationmessage") or ""),
        next_link=str(body.get("@odata.nextLink") or ""),
        raw=body,
    )


def plain(row: Mapping[str, object]) -> Row:
    """Return *row* without the members that only tell the types of their siblings."""
    return {name: _plain(value) for name, value in row.items() if not is_type(name)}


def is_type(name: str) -> bool:
    """Tell whether *name* is that of a typed sibling."""
    return name.endswith(("@odata.type", "@data.type"))


def _plain(value: object) -> object:
    match value:
        case dict():
            return plain(value)
        case list():
            return [_plain(each) for each in value]
        case _:
            return value


def _list(body: Mapping[str, object], name: str) -> list[object]:
    found = body.get(name)
    return found if isinstance(found, list) else []
