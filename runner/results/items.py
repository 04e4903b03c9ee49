"""Which items a job works on, and how each ended: `items.ndjson` and `checkpoint.json`."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from runner.streams.records import Item, Items, ItemStatus

FILE = "items.ndjson"
CHECKPOINT = "checkpoint.json"
DONE = frozenset({ItemStatus.SUCCEEDED, ItemStatus.SKIPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCounts:
    """How many items there were; `unreported` ones were registered and never reported."""

    succeeded: int = 0
    failed: int = 0
    skipped: int = 0
    unreported: int = 0
    carried: int = 0
    """Done by the run that this one resumes."""

    @property
    def is_none(self) -> bool:
        """Whether the job knows no items."""
        return not any(asdict(self).values())

    @property
    def lost(self) -> int:
        """How many are not done."""
        return self.failed + self.unreported

    @property
    def done(self) -> int:
        """How many need nothing more."""
        return self.succeeded + self.skipped + self.carried


class ItemLog:
    """Writes each report as it comes; of an item that is reported twice, the last report counts."""

    def __init__(self, path: Path, carried: Iterable[str] = ()) -> None:
        """Begin with the items that the resumed run has done.

        Raises:
            OSError: they cannot be written.
        """
        self._path = path
        self._file: TextIO | None = None
        self._status: dict[str, ItemStatus | None] = {}
        self._carried = 0
        for each in carried:
            self._carried += 1
            self._write({"id": each, "status": ItemStatus.SUCCEEDED, "carried": True})

    def see(self, record: Items | Item, *, at: str) -> None:
        """Take note of *record*, which came at the time *at*.

        Raises:
            OSError: it cannot be written.
        """
        if isinstance(record, Items):
            for each in record.ids:
                self._status.setdefault(each, None)
            return
        self._status[record.id] = record.status
        self._write({"id": record.id, "status": record.status, "detail": record.detail, "time": at})

    def flush(self) -> None:
        """Hand what was written to the operating system."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> ItemCounts:
        """Close the file and return what came of the items.

        Raises:
            OSError: it cannot be written, or someone has taken it away.
        """
        if self._file is not None:
            self._file.close()
            self._file = None
            self._path.stat()
        return self.counts()

    def counts(self) -> ItemCounts:
        """Return what has come of the items so far."""
        found = list(self._status.values())
        return ItemCounts(
            succeeded=found.count(ItemStatus.SUCCEEDED),
            failed=found.count(ItemStatus.FAILED),
            skipped=found.count(ItemStatus.SKIPPED),
            unreported=found.count(None),
            carried=self._carried,
        )

    def _write(self, fields: dict[str, object]) -> None:
        if self._file is None:
            self._file = self._path.open("x", encoding="utf-8", errors="replace")
        self._file.write(json.dumps(fields, ensure_ascii=False) + "\n")


def done_in(text: str) -> list[str]:
    """Return the ids that *text*, an `items.ndjson`, says need nothing more, each once, in order.

    A last line without its end is that of a run that was killed, and is left out.

    Raises:
        ValueError: another line is no report.
    """
    *lines, _ = text.split("\n")
    last: dict[str, ItemStatus] = {}
    for number, line in enumerate(lines, start=1):
        try:
            fields = json.loads(line)
            last[str(fields["id"])] = ItemStatus(fields["status"])
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"line {number} is no report of an item") from None
    return [name for name, status in last.items() if status in DONE]
