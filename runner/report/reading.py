"""What a run directory says, also of a run that crashed or still goes on."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

ROWS = 100
"""Rows of the output that are shown."""
EVENTS = 300
"""Events that are shown, the first ones of the kinds that tell how it went."""
_TOLD = {"connected", "warning", "error", "finished", "checkpoint"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """One run, as its directory shows it."""

    folder: Path
    run: Mapping[str, object]
    result: Mapping[str, object] | None
    """None of a run that crashed or goes on."""
    events: Sequence[Mapping[str, object]]
    has_more_events: bool
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def facts_in(folder: Path) -> RunFacts:
    """Return what the run in *folder* left; what is damaged is left out.

    Raises:
        OSError: there is no run.json that can be read.
        ValueError: it is no record of a run.
    """
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    if not isinstance(run, dict):
        raise ValueError(f"{folder / 'run.json'} is no record of a run")  # noqa: TRY004 - a bad file
    told = list(islice(_told(folder / "events.ndjson"), EVENTS + 1))
    columns, rows = _table(folder)
    return RunFacts(
        folder=folder,
        run=run,
        result=_object(folder / "result.json"),
        events=told[:EVENTS],
        has_more_events=len(told) > EVENTS,
        columns=columns,
        rows=rows,
    )


def _told(path: Path) -> Iterator[Mapping[str, object]]:
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            found = _parsed(line)
            if found is not None and found.get("kind") in _TOLD:
                yield found


def _object(path: Path) -> Mapping[str, object] | None:
    return _parsed(path.read_text(encoding="utf-8", errors="replace")) if path.exists() else None


def _parsed(text: str) -> Mapping[str, object] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _table(folder: Path) -> tuple[list[str], list[list[str]]]:
    for name in ("output.csv", "output.csv.part"):
        if (folder / name).exists():
            with (folder / name).open(encoding="utf-8-sig", errors="replace", newline="") as file:
                rows = list(islice(csv.reader(file), ROWS + 1))
            return (rows[0], rows[1:]) if rows else ([], [])
    for name in ("output.jsonl", "output.jsonl.part"):
        if (folder / name).exists():
            return _of_objects(list(islice(_values(folder / name), ROWS)))
    return [], []


def _values(path: Path) -> Iterator[object]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                return


def _of_objects(values: Sequence[object]) -> tuple[list[str], list[list[str]]]:
    objects = [each if isinstance(each, dict) else {"Value": each} for each in values]
    columns = list(dict.fromkeys(name for each in objects for name in each))
    return columns, [[_cell(each.get(name)) for name in columns] for each in objects]


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)
