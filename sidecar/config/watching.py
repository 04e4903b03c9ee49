"""Tells when a configuration file has changed: its bytes, not only its time."""

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

EVERY = 2.0  # seconds; looking costs some microseconds
Signature = tuple[int, int, int]


def watch(path: Path, changed: Callable[[], None], *, every: float = EVERY) -> None:
    """Call *changed* from a thread of its own whenever the bytes of *path* have become others.

    A file that is not there is no change: a mounted ConfigMap is replaced by a symbolic link.
    """
    sight = Sight(path)
    sight.has_changed()

    def look() -> None:
        while True:
            time.sleep(every)
            if sight.has_changed():
                changed()

    Thread(target=look, name="configuration", daemon=True).start()


class Sight:
    """What was seen of a file at the last look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._signature: Signature | None = None
        self._digest: bytes | None = None

    def has_changed(self) -> bool:
        """Look, and tell whether the bytes are others than at the last look."""
        try:
            signature = _signature(self._path.stat())
            if signature == self._signature:
                return False
            digest = hashlib.sha256(self._path.read_bytes()).digest()
        except OSError:
            return False  # nothing to read now; the next look may find it
        before, self._signature, self._digest = self._digest, signature, digest
        return digest != before


def _signature(status: os.stat_result) -> Signature:
    return (status.st_mtime_ns, status.st_ino, status.st_size)
