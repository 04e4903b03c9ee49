"""Says on the log what a run does, without flooding it."""

import logging
from collections.abc import Callable

from runner.results.outputs import LeftOut
from runner.streams.records import (
    Channel,
    Checkpoint,
    Connected,
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
    ScriptError,
    Text,
    Unreadable,
)

_log = logging.getLogger("exo-job")
_PROGRESS_PAUSE = 1.0
_OUTPUT_PAUSE = 5.0


class Journal:
    """A listener that logs records; progress and output at most so often, in seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._progress_due = self._output_due = 0.0
        self._count = 0

    def __call__(self, record: Record | LeftOut) -> None:
        """Log *record*."""
        if isinstance(record, LeftOut):
            fields = {"left_out": list(record.names)}
            _log.warning("script.output_columns", extra={"fields": fields})
        else:
            self._record(record)

    def _record(self, record: Record) -> None:
        match record:
            case Hello():
                _say("pwsh.started", pwsh_version=record.pwsh_version)
            case Connected():
                _say(
                    "session.connected",
                    sequence=record.sequence,
                    reason=record.reason,
                    seconds=record.seconds,
                    expires_at=record.expires_at.isoformat() if record.expires_at else None,
                    module_version=record.module_version,
                )
            case ScriptError():
                fields = {"message": record.message, "id": record.id, "line": record.line}
                _log.error("script.error", extra={"fields": fields})
            case Message(channel, text):
                self._message(channel, text)
            case Text(stream, text, lost):
                _say("script.text", stream=stream, message=text, lost=lost)
            case Unreadable(why):
                _log.error("pwsh.unreadable_record", extra={"fields": {"why": why}})
            case Output() | Progress():
                self._paced(record)
            case Items() | Item() | Checkpoint() | Intended():
                _item(record)
            case Finished():
                _say("script.finished", ending=record.ending)

    def _paced(self, record: Output | Progress) -> None:
        if isinstance(record, Output):
            self._output(len(record.records))
        else:
            self._progress(record)

    def _message(self, channel: Channel, text: str) -> None:
        if channel is Channel.WARNING:
            _log.warning("script.warning", extra={"fields": {"message": text}})
        elif channel is Channel.INFORMATION:
            _say("script.information", message=text)

    def _output(self, more: int) -> None:
        self._count += more
        if self._monotonic() >= self._output_due:
            self._output_due = self._monotonic() + _OUTPUT_PAUSE
            _say("script.output", records=self._count)

    def _progress(self, record: Progress) -> None:
        if record.completed or self._monotonic() >= self._progress_due:
            self._progress_due = self._monotonic() + _PROGRESS_PAUSE
            _say(
                "script.progress",
                activity=record.activity,
                status=record.status,
                percent=record.percent,
                completed=record.completed,
            )


def _say(event: str, **fields: object) -> None:
    _log.info(event, extra={"fields": fields})


def _item(record: Items | Item | Checkpoint | Intended) -> None:
    match record:
        case Intended(command, arguments):
            _say("script.would_call", command=command, arguments=list(arguments))
        case Items(ids):
            _say("job.items", registered=len(ids))
        case Checkpoint():
            _say("job.checkpoint")
        case Item() if record.status is ItemStatus.FAILED:
            fields = {"id": record.id, "detail": record.detail}
            _log.warning("job.item_failed", extra={"fields": fields})
