"""Which processes are alive, told by what their command line or environment names."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """A living process."""

    pid: int
    argv: tuple[str, ...]


def alive(marker: str) -> list[Process]:
    """Return each process that bears *marker* in its command line or environment.

    A child inherits the environment, so whatever a run starts bears the run's folder.  A
    zombie bears nothing.
    """
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            argv = (folder / "cmdline").read_bytes()
            environment = (folder / "environ").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it has just ended, or is another user's and so not ours
        if marker.encode() in argv + environment:
            found.append(
                Process(int(folder.name), tuple(argv.decode("utf-8", "replace").split("\0")))
            )
    return found
