"""Knows every token in the token directory, so that none is written down."""

import threading
from contextlib import suppress
from pathlib import Path

from contract import volume
from contract.errors import ContractError
from contract.masking import Masker


class TokenWatch:
    """Registers each token of the directory with the masker as soon as it is seen."""

    def __init__(self, directory: Path, masker: Masker) -> None:
        self._directory = directory
        self._masker = masker
        self._seen: dict[Path, tuple[int, int]] = {}
        self._turn = threading.Lock()
        self._over = threading.Event()

    def register_new(self) -> None:
        """Register what has changed since the last look."""
        with self._turn:
            for path in self._directory.glob("*/*.json"):
                # Neither a file that is just being replaced nor one that is no token document
                # holds anything to register; the gate reports the latter.
                with suppress(FileNotFoundError, ContractError):
                    self._register(path)

    def run(self, pause: float = 0.2) -> None:
        """Look every *pause* seconds until `stop`, also while nothing is being written."""
        while not self._over.wait(pause):
            self.register_new()

    def stop(self) -> None:
        """End `run`."""
        self._over.set()

    def _register(self, path: Path) -> None:
        status = path.stat()
        mark = (status.st_mtime_ns, status.st_ino)
        if self._seen.get(path) != mark:
            self._masker.register(volume.read(path).access_token)
            self._seen[path] = mark
