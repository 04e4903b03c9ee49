"""Why a run is refused before anything has been started."""

from collections.abc import Sequence
from dataclasses import dataclass

from contract.exitcodes import ExitCode

_PRECEDENCE = (
    ExitCode.USAGE,
    ExitCode.NO_INPUT,
    ExitCode.CONFIG,
    ExitCode.INPUT,
    ExitCode.RUNTIME,
    ExitCode.STORAGE,
    ExitCode.LOCK,
)
"""Which code is reported when several things are wrong: what a person must mend first."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the code it would end with alone, and a sentence that says where."""

    code: ExitCode
    text: str


class AuditError(OSError):
    """An audit that is required cannot be written or delivered, so the run must not go on."""


class NotStartedError(Exception):
    """The shell could not be started: what it is called, and why."""


class RefusedError(Exception):
    """The run must not start; `problems` holds every reason that could be found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems: tuple[Problem, ...] = tuple(problems)

    @property
    def exit_code(self) -> ExitCode:
        """The code of the gravest problem."""
        return min((problem.code for problem in self.problems), key=_PRECEDENCE.index)
