"""One run of a job at a time in a directory of runs."""

import fcntl
import os
from pathlib import Path

_MODE = 0o600


class HeldError(Exception):
    """Another run of the job holds the lock; `by` is what that run wrote of itself, or empty."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class JobLock:
    """`<runs>/.<job>.lock`, held from its construction until `release`, or the end of this process.

    It is a lock of the kernel, by flock(2): a run that is killed holds nothing, and the file that
    stays behind means nothing by itself.  It reaches as far as the file system of the runs does.
    pwsh does not inherit it (PEP 446), so what a script leaves behind holds nothing either.

    Raises:
        HeldError: another run holds it.
        OSError: the file cannot be made or locked.
    """

    def __init__(self, runs: Path, job: str) -> None:
        runs.mkdir(parents=True, exist_ok=True)
        self._file = os.open(runs / f".{job}.lock", os.O_RDWR | os.O_CREAT, _MODE)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            by = os.pread(self._file, 4096, 0).decode("utf-8", "replace").strip()
            os.close(self._file)
            raise HeldError(by) from None

    def name(self, run_id: str) -> None:
        """Write which run holds it, for those who find it held."""
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{run_id}\n".encode(), 0)

    def release(self) -> None:
        """Let another run have it."""
        os.close(self._file)
