"""Delivers later what an endpoint did not take while the run went on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.audit.delivery import LARGEST, Endpoint

DELIVERED = "audit-delivered.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What of an audit still has to be delivered."""

    lines: Sequence[bytes]
    """Each with its line feed."""
    taken: int
    """How many before them an endpoint has."""


def waiting_in(folder: Path, *, everything: bool = False) -> Waiting:
    """Return which lines of the run in *folder* no endpoint has taken; *everything*: all of them.

    Lines are taken in their order, so those that are missing are the last ones.  A run that
    crashed has not said what was taken: all its lines wait.

    Raises:
        OSError: there is no audit that can be read.
    """
    lines = (folder / "audit.ndjson").read_bytes().splitlines(keepends=True)
    whole = [line for line in lines if line.endswith(b"\n")]
    taken = 0 if everything else max(_by_run(folder, len(whole)), _later(folder))
    return Waiting(lines=whole[taken:], taken=min(taken, len(whole)))


def deliver(waiting: Waiting, endpoint: Endpoint, folder: Path) -> None:
    """Send what waits, and note each batch that was taken in the run's directory.

    Raises:
        NotDeliveredError: the endpoint did not take a batch; what was taken before it is noted.
        OSError: the note cannot be written.
    """
    for start in range(0, len(waiting.lines), LARGEST):
        batch = waiting.lines[start : start + LARGEST]
        endpoint.send(b"".join(batch))
        taken = waiting.taken + start + len(batch)
        fresh = folder / f".{DELIVERED}"
        fresh.write_text(json.dumps({"version": 1, "count": taken}) + "\n", encoding="ascii")
        fresh.replace(folder / DELIVERED)


def _by_run(folder: Path, count: int) -> int:
    match _read(folder / "result.json").get("audit"):
        case {"undelivered": int(left)}:
            return max(0, count - left)
        case _:
            return 0


def _later(folder: Path) -> int:
    count = _read(folder / DELIVERED).get("count")
    return count if isinstance(count, int) else 0


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
