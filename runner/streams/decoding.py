"""A line of the records pipe becomes a record with its type.  Pure."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from runner.streams.records import (
    PROTOCOL,
    Channel,
    Checkpoint,
    Connected,
    Fields,
    Finished,
    Hello,
    Intended,
    Item,
    Items,
    ItemStatus,
    Message,
    Output,
    Progress,
    Record,
    ScriptEnding,
    ScriptError,
)


def decode(line: bytes) -> Fields:
    """Return the fields of a line.

    Raises:
        ValueError: it is not a JSON object.  The message never quotes the line.
    """
    try:
        fields = json.loads(line.decode("utf-8", "replace"), parse_constant=str)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - a bad line, not a defect here
    return fields


def parse(fields: Fields) -> Record:
    """Return the record that *fields* say.

    Raises:
        ValueError: they say none that this version knows.  The message never quotes a value.
    """
    kind = fields.get("kind")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise ValueError("no known kind of record")
    try:
        return reader(fields)
    except (TypeError, AttributeError, OverflowError):
        raise ValueError(f"a {kind} record with a member of the wrong type") from None


def _hello(fields: Fields) -> Hello:
    protocol = _whole(fields, "protocol")
    if protocol != PROTOCOL:
        raise ValueError(f"protocol {protocol} is spoken; {PROTOCOL} is understood")
    return Hello(protocol=PROTOCOL, pwsh_version=_text(fields, "pwsh_version"))


def _connected(fields: Fields) -> Connected:
    seconds = fields.get("seconds")
    return Connected(
        sequence=_whole(fields, "sequence"),
        expires_at=_time(fields, "expires_at"),
        reason=_text(fields, "reason"),
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
        module_version=_text(fields, "module_version"),
        module_base=_text(fields, "module_base"),
        resource=_text(fields, "resource") or "exchange",
        missing=_texts(fields, "missing"),
    )


def _output(fields: Fields) -> Output:
    records = fields.get("records")
    if not isinstance(records, list):
        raise ValueError("an output record without its records")  # noqa: TRY004 - a bad line
    return Output(tuple(records))


def _error(fields: Fields) -> ScriptError:
    return ScriptError(
        message=_text(fields, "message"),
        category=_text(fields, "category"),
        id=_text(fields, "id"),
        script=_text(fields, "script"),
        line=_whole(fields, "line"),
        exception=_texts(fields, "exception"),
        terminating=fields.get("terminating") is True,
        time=_time(fields, "time"),
    )


def _message(fields: Fields) -> Message:
    return Message(Channel(str(fields["kind"])), _text(fields, "message"))


def _progress(fields: Fields) -> Progress:
    percent = fields.get("percent")
    return Progress(
        activity=_text(fields, "activity"),
        status=_text(fields, "status"),
        percent=float(percent) if isinstance(percent, int | float) else -1.0,
        completed=fields.get("completed") is True,
    )


def _intended(fields: Fields) -> Intended:
    return Intended(_text(fields, "command"), _texts(fields, "arguments"))


def _items(fields: Fields) -> Items:
    ids = fields.get("ids")
    if not isinstance(ids, list):
        raise ValueError("an items record without a list of ids")  # noqa: TRY004 - a bad line
    return Items(tuple(str(each) for each in ids))


def _item(fields: Fields) -> Item:
    name = _text(fields, "id")
    if not name:
        raise ValueError("an item record without an id")
    return Item(id=name, status=ItemStatus(_text(fields, "status")), detail=_text(fields, "detail"))


def _checkpoint(fields: Fields) -> Checkpoint:
    text = _text(fields, "json")
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("a checkpoint record that holds no JSON") from None
    return Checkpoint(text)


def _finished(fields: Fields) -> Finished:
    error = fields.get("error")
    return Finished(
        ending=ScriptEnding(_text(fields, "ending")),
        script_exit_code=_whole(fields, "script_exit_code"),
        error=_error(error) if isinstance(error, dict) else None,
    )


_READERS: dict[str, Callable[[Fields], Record]] = {
    "hello": _hello,
    "connected": _connected,
    "output": _output,
    "error": _error,
    "progress": _progress,
    "intended": _intended,
    "items": _items,
    "item": _item,
    "checkpoint": _checkpoint,
    "finished": _finished,
    **{channel.value: _message for channel in Channel},
}


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return "" if value is None else str(value)


def _texts(fields: Fields, name: str) -> tuple[str, ...]:
    value = fields.get(name)
    items = value if isinstance(value, list) else [] if value is None else [value]
    return tuple(str(item) for item in items)


def _whole(fields: Fields, name: str) -> int | None:
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _time(fields: Fields, name: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(fields, name))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
