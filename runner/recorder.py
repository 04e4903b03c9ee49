"""Takes every line that pwsh says: masks it, writes it down, counts it, tells the listener."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TextIO

from contract.masking import Masker
from contract.times import rfc3339
from runner.results.items import CHECKPOINT, ItemLog
from runner.results.outputs import LeftOut, Outputs
from runner.streams import decoding
from runner.streams.lines import Line, readable
from runner.streams.records import (
    Checkpoint,
    Hello,
    Item,
    Items,
    Output,
    Record,
    Stream,
    Text,
    Unreadable,
)
from runner.streams.tally import Tally
from runner.tokens.watch import TokenWatch


class Recorder:
    """Called by the pumps, one at a time."""

    def __init__(  # noqa: PLR0913 - the composition root names each part once
        self,
        *,
        masker: Masker,
        tokens: TokenWatch,
        events: TextIO,
        outputs: Outputs,
        items: ItemLog,
        put: Callable[[str, str], object],
        tally: Tally,
        tell: Callable[[Record | LeftOut], None],
        witness: Callable[[Record], None],
        ready: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        self._masker, self._tokens, self._events = masker, tokens, events
        self._outputs, self._tally, self._tell = outputs, tally, tell
        self._items, self._put, self._witness = items, put, witness
        self._ready, self._now = ready, now
        self._number = 0

    def __call__(self, stream: Stream, lines: Sequence[Line]) -> None:
        """Keep *lines*.

        Raises:
            OSError: they cannot be written.
        """
        self._tokens.register_new()
        for line in lines:
            if stream is Stream.RECORDS:
                self._record(line)
            else:
                self._text(stream, line)
        self._events.flush()
        self._items.flush()

    def _record(self, line: Line) -> None:
        try:
            if line.lost:
                raise ValueError(f"longer than allowed: {line.lost} bytes were cut off")  # noqa: TRY301
            fields = self.masked(line.data)
            record = decoding.parse(fields)
        except ValueError as error:
            record, fields = Unreadable(str(error)), self._at({"why": str(error)})
            fields = {"kind": "unreadable", **fields}
        self._tally.see(record, fields)
        self._keep(record, fields)
        self._witness(record)
        if isinstance(record, Hello):
            self._ready()
        self._tell(record)

    def _keep(self, record: Record, fields: Mapping[str, object]) -> None:
        match record:
            case Output(values):
                left_out = self._outputs.write(values)
                if left_out is not None:
                    self._tell(left_out)
            case Items() | Item():
                self._items.see(record, at=str(fields.get("time", "")))
            case Checkpoint(text):
                self._put(CHECKPOINT, f'{{"version": 1, "data": {text}}}\n')
                self._write({"kind": "checkpoint", "time": fields.get("time")})
            case _:
                self._write(fields)

    def masked(self, line: bytes) -> Mapping[str, object]:
        """Return the fields of *line* with every secret masked."""
        fields = decoding.decode(line)
        # An escape may spell any letter of a secret; without one, what the line lacks is not there.
        if b"\\u" not in line and not self._masker.spans(line.decode("utf-8", "replace")):
            return fields
        clean = self._masker.mask_value(dict(fields))
        return clean if isinstance(clean, dict) else {}

    def _text(self, stream: Stream, line: Line) -> None:
        whole = readable(line.data)
        # Where a line was cut, a secret may have been cut too: its beginning must not stay.
        kept = whole[: max(0, len(whole) - self._masker.longest)] if line.lost else whole
        text = Text(stream, self._masker.mask(kept), line.lost + len(whole) - len(kept))
        if not text.text and not text.lost:
            return
        fields = self._at({"kind": stream.value, "message": text.text, "lost": text.lost})
        self._tally.see(text, fields)
        self._write(fields)
        self._tell(text)

    def _at(self, fields: Mapping[str, object]) -> Mapping[str, object]:
        return {**fields, "time": rfc3339(self._now())}

    def _write(self, fields: Mapping[str, object]) -> None:
        self._number += 1
        self._events.write(json.dumps({"seq": self._number, **fields}, ensure_ascii=False) + "\n")
