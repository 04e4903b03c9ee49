"""What pwsh can say: one type for each kind of record.  Pure.

The protocol is spoken by `powershell/bootstrap.ps1`; its version stands in `hello`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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
    resource: str = "exchange"
    module_base: str = ""
    """The folder of the Exchange module."""


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


@dataclass(frozen=True, slots=True)
class Intended:
    """A call that a dry run did not make."""

    command: str
    arguments: tuple[str, ...]


class ItemStatus(StrEnum):
    """How one item of a job ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Items:
    """What the job is going to work on."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """How one item ended."""

    id: str
    status: ItemStatus
    detail: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a run that resumes this one is given; JSON."""

    json: str


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
    Hello
    | Connected
    | Output
    | ScriptError
    | Message
    | Progress
    | Intended
    | Items
    | Item
    | Checkpoint
    | Finished
    | Text
    | Unreadable
)
