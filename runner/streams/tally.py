"""What has happened in a run so far, as far as the verdict needs it.  Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.streams.records import (
    Checkpoint,
    Connected,
    Finished,
    Hello,
    Intended,
    Item,
    Items,
    Message,
    Output,
    Progress,
    Record,
    ScriptError,
    Text,
    Unreadable,
)

MAXIMUM_RETRY = "Maximum retry count reached."
"""What Microsoft's module says when it gives up, also on an expired token."""


@dataclass(slots=True)
class Tally:
    """Counts records by stream and keeps the few that matter later."""

    counts: Counter[str] = field(default_factory=Counter)
    hello: Hello | None = None
    connected: Connected | None = None
    finished: Finished | None = None
    first_error: ScriptError | None = None
    first_error_fields: Mapping[str, object] | None = None
    had_expired: bool = False
    """Whether the module gave up at a time when its session's token had expired."""

    def see(self, record: Record, fields: Mapping[str, object]) -> None:
        """Take note of *record*, whose masked members are *fields*."""
        match record:
            case Hello():
                self.hello = record
            case Connected():
                self.connected = record
            case ScriptError():
                self._note(record, fields)
            case Finished():
                self._finished(record, fields)
        if (counted := _counted(record)) is not None:
            self.counts[counted[0]] += counted[1]

    def _finished(self, record: Finished, fields: Mapping[str, object]) -> None:
        self.finished = record
        final = fields.get("error")
        if record.error is not None and isinstance(final, dict):
            self._note(record.error, final)

    def _note(self, error: ScriptError, fields: Mapping[str, object]) -> None:
        if self.first_error is None:
            self.first_error, self.first_error_fields = error, fields
        expiry = self.connected.expires_at if self.connected else None
        if MAXIMUM_RETRY in error.message and expiry and error.time and error.time >= expiry:
            self.had_expired = True


def _counted(record: Record) -> tuple[str, int] | None:
    """Return under which name *record* counts, and how often; the first and last do not."""
    match record:
        case Output(values):
            return "output", len(values)
        case Items(ids):
            return "items", len(ids)
        case Message(channel, _):
            return channel, 1
        case Text(stream, _, _):
            return stream, 1
        case _:
            name = _NAMES.get(type(record))
            return (name, 1) if name else None


_NAMES: dict[type, str] = {
    Connected: "connects",
    ScriptError: "error",
    Progress: "progress",
    Intended: "intended",
    Item: "item",
    Checkpoint: "checkpoint",
    Unreadable: "unreadable",
}
