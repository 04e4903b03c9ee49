"""What a run takes over from an earlier one of the same job, connection and parameters."""

import json
from dataclasses import dataclass
from pathlib import Path

from contract.exitcodes import ExitCode
from runner.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier run: which one, what it was, and the value that it kept."""

    folder: Path
    run_id: str
    job: str
    connection: str
    parameters_sha256: str
    shard: tuple[int, int]
    items: str
    """Its `items.ndjson`."""
    checkpoint: str | None
    """The kept value, as JSON."""


def earlier_in(folder: Path) -> Earlier | Problem:
    """Return the run in *folder*, or why it cannot be resumed."""
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        kept = _text(folder / "checkpoint.json")
        return Earlier(
            folder=folder,
            run_id=record["run_id"],
            job=record["job"],
            connection=record["connection"],
            parameters_sha256=record["parameters_sha256"],
            shard=(record.get("shard_index", 0), record.get("shard_count", 1)),
            items=_text(folder / "items.ndjson") or "",
            checkpoint=json.dumps(json.loads(kept)["data"]) if kept else None,
        )
    except OSError as error:
        text = f"--resume {folder}: {error.filename} cannot be read: {error.strerror}"
        return Problem(ExitCode.NO_INPUT, text)
    except (ValueError, KeyError, TypeError):
        return Problem(ExitCode.INPUT, f"--resume {folder}: is no whole run directory")


def objections(
    earlier: Earlier, *, job: str, connection: str, parameters: str, shard: tuple[int, int]
) -> list[Problem]:
    """Return every reason why a run of *job* must not go on where *earlier* stopped."""
    pairs = (
        ("job", earlier.job, job),
        ("connection", earlier.connection, connection),
        ("shard", _shown(earlier.shard), _shown(shard)),
    )
    found = [
        f"it was of {what} {theirs}, this one is of {ours}"
        for what, theirs, ours in pairs
        if theirs != ours
    ]
    if earlier.parameters_sha256 != parameters:
        found.append("its parameters were others")
    return [Problem(ExitCode.INPUT, f"--resume {earlier.folder}: {each}") for each in found]


def _shown(shard: tuple[int, int]) -> str:
    return f"{shard[0]} of {shard[1]}"


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
