"""A line of the records pipe becomes a record with its type.  Pure.

The protocol is spoken by `powershell/bootstrap.ps1`; its version stands in `hello`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

PROTOCOL = 1

Fields = Mapping[str, object]


class Stream(StrEnum):
    """Where a piece of output came out of pwsh."""

    RECORDS = "records"
    STDOUT = "stdout"
    STDERR = "stderr"


class ScriptEnding(StrEnum):
    """How the bootstrap says that the script ended."""

    COMPLETED = "completed"
    THREW = "threw"
    EXITED = "exited"
    SYNTAX_ERROR = "syntax_error"
    BAD_PARAMETERS = "bad_parameters"
    NO_MODULE = "no_module"
    CONNECT_FAILED = "connect_failed"
    MISSING_CMDLETS = "missing_cmdlets"
    BOOTSTRAP_FAILED = "bootstrap_failed"


class Channel(StrEnum):
    """A stream of messages."""

    WARNING = "warning"
    VERBOSE = "verbose"
    DEBUG = "debug"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """The bootstrap runs; before this no code of the script has."""

    protocol: int
    pwsh_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """The session connected to Exchange with a token."""

    sequence: int | None
    expires_at: datetime | None
    reason: str
    seconds: float
    module_version: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """Objects that the script put out, as JSON has them."""

    records: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptError:
    """An error, terminating or not."""

    message: str
    category: str
    id: str
    script: str
    line: int | None
    exception: tuple[str, ...]
    terminating: bool
    time: datetime | None


@dataclass(frozen=True, slots=True)
class Message:
    """A warning, or verbose, debug or information text."""

    channel: Channel
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the script says it is; `percent` is -1 where it does not know."""

    activity: str
    status: str
    percent: float
    completed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The final record: without it, a run has failed."""

    ending: ScriptEnding
    script_exit_code: int | None
    error: ScriptError | None


@dataclass(frozen=True, slots=True)
class Text:
    """Raw text from a native program or the host; `lost` bytes of the line were cut off."""

    stream: Stream
    text: str
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line of the records pipe that is no record: what it said is lost to the results."""

    why: str


Record = (
    Hello | Connected | Output | ScriptError | Message | Progress | Finished | Text | Unreadable
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
    except (TypeError, AttributeError):
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
