"""What can be wrong with what the emulator was given to play."""

from collections.abc import Sequence


class ProblemsError(Exception):
    """`problems` holds every reason, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems: tuple[str, ...] = tuple(problems)


class WorldError(ProblemsError):
    """The world cannot be played."""


class StartError(ProblemsError):
    """The server cannot start: a port is in use or not ours."""


class StateError(ProblemsError):
    """The state folder cannot be used: it is another's, in use, or damaged."""
