"""What can be wrong with what the emulator was given to play."""

from collections.abc import Sequence


class WorldError(Exception):
    """The world cannot be played; `problems` holds every reason, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems: tuple[str, ...] = tuple(problems)


class StartError(Exception):
    """The server cannot start: port in use, or a folder that cannot be written."""
