"""Standard output as the log, for a run that outlives whoever reads it."""

import io
import os
import sys


class LogFile(io.TextIOWrapper):
    """Text written here is dropped once it can no longer be written.

    A reader that has gone, as `exo-job run … | head` leaves, or a full disk must not decide how a
    run ends: events and result lie in its directory.
    """

    @classmethod
    def on_stdout(cls) -> "LogFile":
        """Return a log file on standard output, which Python's own flush at exit then spares."""
        return cls(os.fdopen(os.dup(sys.stdout.fileno()), "wb"), encoding="utf-8")

    def write(self, text: str) -> int:
        """Write *text*, or drop it."""
        try:
            return super().write(text)
        except OSError:
            self._drop()
            return len(text)

    def flush(self) -> None:
        """Hand on what has been written, or drop it."""
        try:
            super().flush()
        except OSError:
            self._drop()

    def _drop(self) -> None:
        # Under the same number, as what is still held would otherwise fail again at exit.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)
