"""Writes the audit of one run: each event to the file at once, and to wherever else it shall go."""

import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from runner.audit.chain import Head, append
from runner.audit.events import Kind, Subject, event
from runner.errors import AuditError

if TYPE_CHECKING:
    from runner.audit.delivery import Delivery

FILE = "audit.ndjson"


class Auditor:
    """The events of one run, in order.  Not for several threads at once."""

    def __init__(  # noqa: PLR0913 - the composition root names each part once
        self,
        folder: Path,
        subject: Subject,
        *,
        required: bool,
        clean: Callable[[Mapping[str, object]], Mapping[str, object]],
        now: Callable[[], datetime],
        warn: Callable[[str], None],
        stdout: bool = False,
        delivery: "Delivery | None" = None,
    ) -> None:
        """*clean* masks secrets; *warn* is told what fails where nothing is required."""
        self._path, self._subject, self._required = folder / FILE, subject, required
        self._clean, self._now, self._warn = clean, now, warn
        self._stdout, self._delivery = stdout, delivery
        self._file: BinaryIO | None = None
        self._failed = False
        self.head = Head()

    def say(self, kind: Kind, data: Mapping[str, object]) -> None:
        """Write one event.

        Raises:
            AuditError: it is required and cannot be written.
        """
        if self._failed:
            return
        said = event(
            kind, self._subject, self._clean(data), at=self._now(), number=self.head.count + 1
        )
        line, head = append(self.head, said)
        try:
            self._write(line)
        except OSError as error:
            self._failed = True  # what comes after a gap would prove nothing
            self._fail(f"{self._path}: {error.strerror or error}")
            return
        self.head = head
        try:
            self._pass_on(line)
        except OSError as error:
            self._fail(f"the audit could not be passed on: {error.strerror or error}")

    def finish(self) -> int:
        """Close the file and return how many lines an endpoint has not taken.

        Raises:
            AuditError: delivery is required, and something was not taken.
        """
        if self._file is not None:
            self._file.close()
        left = self._delivery.finish() if self._delivery else 0
        if left:
            why = self._delivery.problem if self._delivery else None
            self._fail(f"{left} lines of the audit were not delivered: {why or 'not in time'}")
        return left

    def _write(self, line: bytes) -> None:
        if self._file is None:
            self._file = self._path.open("xb", buffering=0)
        if self._file.write(line) != len(line):
            raise OSError("only a part of a line could be written")
        os.fsync(self._file.fileno())

    def _pass_on(self, line: bytes) -> None:
        if self._delivery is not None and self._required and self.head.count == 1:
            self._delivery.prove(line)  # before anything is started
        elif self._delivery is not None:
            self._delivery.add(line)
        if self._stdout:
            sys.stdout.write(line.decode())
            sys.stdout.flush()

    def _fail(self, why: str) -> None:
        if self._required:
            raise AuditError(why)
        self._warn(why)
