"""Who keeps a target's file: one process at a time, by a lock beside it.

Two sidecars on one file would both be right, and would write over each other for ever.  The kernel
gives the lock back when a process ends, however it ends.
"""

import fcntl
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from contract import volume
from sidecar.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Possession:
    """The files that this process keeps."""

    locks: dict[Path, int]
    """The open descriptor of each lock."""

    @classmethod
    def of(
        cls,
        directory: Path,
        targets: Iterable[str],
        *,
        manner: volume.Manner,
        before: Self | None = None,
    ) -> Self:
        """Keep the files of *targets* (`<connection>/<resource>`), those of *before* included.

        Raises:
            ConfigError: another process keeps some of them; *before* still has what it had.
        """
        paths = {name: _lock_path(directory, name) for name in targets}
        known = before.locks if before else {}
        taken: dict[Path, int] = {}
        busy = []
        for name, path in paths.items():
            if path in known:
                continue
            descriptor = _locked(directory, name, path, manner)
            if descriptor is None:
                busy.append(name)
            else:
                taken[path] = descriptor
        if busy:
            _close(taken.values())
            raise ConfigError([_busy(name, directory) for name in busy])
        shared = {path: known.pop(path) for path in paths.values() if path in known}
        return cls(shared | taken)

    def release(self) -> None:
        """Let others have what is still kept here."""
        _close(self.locks.values())
        self.locks.clear()


def _lock_path(directory: Path, name: str) -> Path:
    connection, _, resource = name.partition("/")
    return volume.lock_path(directory, connection, resource)


def _locked(directory: Path, name: str, path: Path, manner: volume.Manner) -> int | None:
    """Return the descriptor of the lock, or `None` when another process has it."""
    try:
        volume.make_folder(path.parent, manner)
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError([f"output.directory: {error.filename}: {error.strerror}"]) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        # NOTE: some network file systems have no locks: two sidecars are not noticed there.
        return descriptor
    connection, _, resource = name.partition("/")
    volume.sweep(directory, connection, resource)
    return descriptor


def _busy(name: str, directory: Path) -> str:
    return (
        f"output.directory: another sidecar keeps {name} in {directory}; stop it, or give each a"
        " directory of its own"
    )


def _close(descriptors: Iterable[int]) -> None:
    for each in descriptors:
        os.close(each)
