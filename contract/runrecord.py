"""What a run leaves behind: `run.json` before it starts, `result.json` when it is over.  Pure.

`run.json` without a `result.json` is a run that did not finish: it goes on, or it crashed.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from contract.exitcodes import ExitCode, FailureClass, Status
from contract.times import rfc3339

VERSION = 1
TERMINATION_LIMIT = 4096
"""Bytes that Kubernetes keeps of a container's termination message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What is about to run, written before anything is started.  Digests are SHA-256, in hex."""

    run_id: str
    job: str
    connection: str
    engine: str
    spec_sha256: str
    script_sha256: str
    parameters_sha256: str
    started_at: datetime
    runner_version: str
    dry_run: bool = False
    """Whether nothing was changed in Exchange, and calls that would were recorded instead."""
    write: bool = False
    """Whether the job may change something in Exchange."""
    idempotent: bool = False
    """Whether it does no harm to run a writing job again."""
    script_signed_by: str | None = None
    """The SHA-256 of the public key (its DER form) that signed the script, where it had to be."""
    shard_index: int = 0
    shard_count: int = 1
    resumes: str | None = None
    """The run id of the earlier run that this one goes on from."""

    def to_json(self) -> str:
        """Return the record as indented JSON."""
        return _json(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """One file that a run left: `path` is relative to the run directory."""

    path: str
    bytes: int
    sha256: str
    records: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUse:
    """Which tokens a run lived on."""

    connects: int
    """How often the session connected; one more than it reconnected."""
    last_sequence: int | None
    expires_at: datetime | None
    remaining_seconds: float | None
    """What the last token still had to live when the run ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a run ended.  `rule` names the rule that chose the exit code."""

    run_id: str
    job: str
    status: Status
    failure_class: FailureClass
    exit_code: ExitCode
    rule: str
    reason: str
    remedy: str
    started_at: datetime
    finished_at: datetime
    duration_seconds: float
    pwsh_exit_code: int | None
    """As waitpid gives it: negative for a signal; null if pwsh was never started."""
    script_exit_code: int | None
    """N where the script said `exit N`."""
    counts: dict[str, int]
    """How many records came, by stream."""
    masked: int
    """How many secrets were masked in the run's own output."""
    token: TokenUse
    outputs: list[FileRecord] = field(default_factory=list)
    files: list[FileRecord] = field(default_factory=list)
    items: dict[str, int] | None = None
    """How many items succeeded, failed, were skipped, never reported, done before; null without."""
    audit: dict[str, Any] | None = None
    """The head of the audit (`count`, `sha256`), and how many lines were not delivered."""
    first_error: dict[str, Any] | None = None

    def to_json(self) -> str:
        """Return the result as indented JSON."""
        return _json(asdict(self))

    def termination_message(self) -> str:
        """Return the result's gist as JSON of at most `TERMINATION_LIMIT` bytes."""
        gist = {
            "version": VERSION,
            "run_id": self.run_id,
            "job": self.job,
            "status": self.status,
            "class": self.failure_class,
            "exit_code": self.exit_code,
            "rule": self.rule,
            "duration_seconds": self.duration_seconds,
            "counts": self.counts,
            "masked": self.masked,
            **({"items": self.items} if self.items else {}),
            **({"audit": self.audit} if self.audit else {}),
            "token_remaining_seconds": self.token.remaining_seconds,
        }
        room = TERMINATION_LIMIT - len(json.dumps(gist | {"reason": "", "remedy": ""}))
        remedy = _cut(self.remedy, room // 4)
        reason = _cut(self.reason, room - _written_length(remedy))
        return json.dumps(gist | {"reason": reason, "remedy": remedy})


def _json(record: dict[str, Any]) -> str:
    named = {"class" if key == "failure_class" else key: item for key, item in record.items()}
    return json.dumps({"version": VERSION, **named}, default=_plain, indent=2) + "\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return rfc3339(value)
    raise TypeError(f"{type(value).__name__} has no place in a record")


def _written_length(text: str) -> int:
    return len(json.dumps(text)) - 2


def _cut(text: str, room: int) -> str:
    # Cut by what the text takes once it is JSON: an ASCII escape can be twelve bytes long.
    while _written_length(text) > room:
        text = text[: len(text) * 9 // 10 - 1] + "…"
    return text
