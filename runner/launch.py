"""Lays out in the run directory what pwsh is told, and says how it is started."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runner.audit.witness import Origin
from runner.job.preflight import Prepared
from runner.results.directory import RunDirectory
from runner.results.items import done_in
from runner.supervision.command import Command, command_for, plan_of

_BOOTSTRAP = Path(__file__).parent / "powershell" / "bootstrap.ps1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a run finds what it needs."""

    tokens: Path
    pwsh: Path
    tenant_id: str | None
    environment: Mapping[str, str]
    origin: Origin = field(default_factory=Origin)


def lay_out(
    prepared: Prepared, place: Place, directory: RunDirectory, *, token: Path
) -> tuple[Command, tuple[int, int]]:
    """Return the command, and the pipe whose writing end it inherits for its records.

    Raises:
        OSError: the run directory cannot be written.
    """
    directory.put(directory.parameters, json.dumps(prepared.values.everything()))
    pipe = os.pipe()
    told = plan_of(
        prepared.job.spec, directory.path, token=token, records=pipe[1], dry_run=prepared.dry_run
    )
    told |= {"items": _items(prepared, directory)}
    plan = directory.put("tmp/plan.json", json.dumps(told))
    command = command_for(
        pwsh=place.pwsh,
        bootstrap=_BOOTSTRAP,
        plan=plan,
        folder=directory.files,
        scratch=directory.scratch,
        parent=place.environment,
    )
    return command, pipe


def _items(prepared: Prepared, directory: RunDirectory) -> dict[str, object]:
    """Say which shard this is, and lay out what the resumed run has done and kept."""
    index, count = prepared.shard
    told: dict[str, object] = {"shard": {"index": index, "count": count}}
    if prepared.earlier is not None:
        done = "".join(json.dumps(each) + "\n" for each in done_in(prepared.earlier.items))
        told["done"] = str(directory.put("tmp/done.ndjson", done))
        if prepared.earlier.checkpoint is not None:
            kept = directory.put("tmp/checkpoint.json", prepared.earlier.checkpoint)
            told["checkpoint"] = str(kept)
    return told
