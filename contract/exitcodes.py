"""How a run can end: exit code, class, status, and what Kubernetes should do about it.  Pure.

The runner's exit code is the contract with Kubernetes.  Codes follow sysexits(3) where the
sense is the same, 80 to 89 are ours, 124, 130, 137 and 143 mean what they mean in Unix.
The script's own code is never passed through; it stands in the result.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """The exit codes of `exo-job run`."""

    OK = 0
    UNKNOWN = 1
    USAGE = 64
    INPUT = 65
    NO_INPUT = 66
    SERVICE = 69
    RUNTIME = 70
    STORAGE = 73
    TEMPORARY = 75
    DENIED = 77
    CONFIG = 78
    SCRIPT = 80
    SCRIPT_EXIT = 81
    PARTIAL = 82
    CONTRACT = 83
    AUTH = 84
    LOCK = 85
    AUDIT = 86
    TIMEOUT = 124
    CANCELLED = 130
    KILLED = 137
    TERMINATED = 143


class FailureClass(StrEnum):
    """Why a run ended as it did, as a closed list fit for a metric label."""

    OK = "ok"
    UNKNOWN = "unknown"
    USAGE = "usage"
    INPUT = "input"
    SERVICE = "service"
    RUNTIME = "runtime"
    STORAGE = "storage"
    TEMPORARY = "temporary"
    DENIED = "denied"
    CONFIG = "config"
    SCRIPT = "script"
    PARTIAL = "partial"
    CONTRACT = "contract"
    AUTH = "auth"
    LOCK = "lock"
    AUDIT = "audit"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    KILLED = "killed"
    TERMINATED = "terminated"


class Status(StrEnum):
    """How a run ended, as a closed list.  Nobody but a reaper may write `crashed`."""

    SUCCEEDED = "succeeded"
    SUCCEEDED_WITH_WARNINGS = "succeeded_with_warnings"
    PARTIAL = "partial"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"
    DENIED = "denied"
    SKIPPED = "skipped"
    CRASHED = "crashed"


class Action(StrEnum):
    """What a Job's `podFailurePolicy` should do with the pod's failure."""

    NONE = "none"
    COUNT = "Count"
    FAIL_JOB = "FailJob"
    FAIL_INDEX = "FailIndex"
    IGNORE_DISRUPTION = "Ignore if DisruptionTarget, else Count"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One row of the table."""

    failure_class: FailureClass
    status: Status
    action: Action
    text: str


_C, _S, _A = FailureClass, Status, Action

MEANINGS: dict[ExitCode, Meaning] = {
    ExitCode.OK: Meaning(_C.OK, _S.SUCCEEDED, _A.NONE, "finished, and the results are whole"),
    ExitCode.UNKNOWN: Meaning(_C.UNKNOWN, _S.FAILED, _A.COUNT, "a defect of the runner"),
    ExitCode.USAGE: Meaning(_C.USAGE, _S.FAILED, _A.FAIL_JOB, "the command line is wrong"),
    ExitCode.INPUT: Meaning(_C.INPUT, _S.FAILED, _A.FAIL_JOB, "a parameter is wrong or missing"),
    ExitCode.NO_INPUT: Meaning(_C.INPUT, _S.FAILED, _A.FAIL_JOB, "a spec or script is missing"),
    ExitCode.SERVICE: Meaning(
        _C.SERVICE, _S.FAILED, _A.COUNT, "Exchange Online or the way to it fails"
    ),
    ExitCode.RUNTIME: Meaning(
        _C.RUNTIME, _S.FAILED, _A.COUNT, "pwsh did not start, or ended with no final record"
    ),
    ExitCode.STORAGE: Meaning(
        _C.STORAGE, _S.FAILED, _A.COUNT, "the run directory cannot be written"
    ),
    ExitCode.TEMPORARY: Meaning(
        _C.TEMPORARY, _S.FAILED, _A.COUNT, "throttled, or no fresh token in time"
    ),
    ExitCode.DENIED: Meaning(
        _C.DENIED, _S.DENIED, _A.FAIL_JOB, "a role, an approval or a policy is missing"
    ),
    ExitCode.CONFIG: Meaning(
        _C.CONFIG, _S.FAILED, _A.FAIL_JOB, "the spec is invalid or a digest differs"
    ),
    ExitCode.SCRIPT: Meaning(
        _C.SCRIPT, _S.FAILED, _A.FAIL_INDEX, "the script threw, or wrote more errors than allowed"
    ),
    ExitCode.SCRIPT_EXIT: Meaning(
        _C.SCRIPT, _S.FAILED, _A.FAIL_INDEX, "the script asked for another exit code than 0"
    ),
    ExitCode.PARTIAL: Meaning(_C.PARTIAL, _S.PARTIAL, _A.FAIL_INDEX, "some items failed"),
    ExitCode.CONTRACT: Meaning(
        _C.CONTRACT, _S.FAILED, _A.FAIL_JOB, "the output broke what the spec promises"
    ),
    ExitCode.AUTH: Meaning(
        _C.AUTH, _S.FAILED, _A.FAIL_JOB, "the token is refused, or meant for something else"
    ),
    ExitCode.LOCK: Meaning(_C.LOCK, _S.FAILED, _A.FAIL_JOB, "another run holds the lock"),
    ExitCode.AUDIT: Meaning(
        _C.AUDIT, _S.FAILED, _A.FAIL_JOB, "the audit is required and cannot be written"
    ),
    ExitCode.TIMEOUT: Meaning(
        _C.TIMEOUT, _S.TIMED_OUT, _A.FAIL_INDEX, "ran too long, or was silent too long"
    ),
    ExitCode.CANCELLED: Meaning(_C.CANCELLED, _S.CANCELLED, _A.FAIL_JOB, "stopped by an operator"),
    ExitCode.KILLED: Meaning(
        _C.KILLED, _S.CRASHED, _A.COUNT, "killed from outside; the runner wrote nothing"
    ),
    ExitCode.TERMINATED: Meaning(
        _C.TERMINATED, _S.TERMINATED, _A.IGNORE_DISRUPTION, "stopped by SIGTERM, and drained"
    ),
}
"""Every code with its meaning; the chart's `podFailurePolicy` follows the actions."""
