"""Whether an audit, the result beside it and the files of its run agree."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.audit.auditor import FILE
from runner.audit.chain import GENESIS, Head, broken_in
from runner.audit.events import Kind
from runner.audit.provenance import file_sha256

_SAME = ("status", "exit_code", "rule", "counts", "items")
"""What the finish and the result both say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found."""

    path: Path
    count: int
    sha256: str
    head: Head | None
    source: str
    """Where the head was taken from."""
    problems: tuple[str, ...]

    def summary(self) -> dict[str, object]:
        """Return it as JSON has it."""
        return {
            "audit": str(self.path),
            "count": self.count,
            "sha256": self.sha256,
            "head": self.source if self.head else None,
            "whole": not self.problems,
            "problems": list(self.problems),
        }


def verified(place: Path, head: Head | None = None) -> Verified:
    """Return what is wrong with the audit at *place*, a run directory or the file itself.

    Without *head*, that of the result beside the audit is taken.

    Raises:
        OSError: there is no audit that can be read.
    """
    path = place / FILE if place.is_dir() else place
    data = path.read_bytes()
    *lines, rest = data.split(b"\n")
    problems = [f"line {len(lines) + 1} has no end: it was cut"] if rest else []
    result, unreadable = _result(path.parent / "result.json")
    problems += unreadable
    source = "the command line" if head else "result.json"
    head = head or _head(result)
    problems += [
        f"line {broken.line} {broken.why}" if broken.line else broken.why
        for broken in broken_in(lines, head)
    ]
    finish = _finish(lines[-1]) if lines else None
    if finish is not None:
        problems += _disagreements(finish, result)
        problems += _changed_files(finish, path.parent)
    elif result:
        problems.append("the last line does not say how the run ended")
    return Verified(
        path=path,
        count=len(lines),
        sha256=_sha256(lines),
        head=head,
        source=source,
        problems=tuple(problems),
    )


def _result(path: Path) -> tuple[Mapping[str, object], list[str]]:
    if not path.exists():
        return {}, []
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}, [f"{path.name} is no JSON"]
    return (found, []) if isinstance(found, dict) else ({}, [f"{path.name} is no result"])


def _head(result: Mapping[str, object]) -> Head | None:
    audit = result.get("audit")
    match audit:
        case {"count": int(count), "sha256": str(digest)}:
            return Head(count=count, sha256=digest)
        case _:
            return None


def _sha256(lines: list[bytes]) -> str:

    return hashlib.sha256(lines[-1]).hexdigest() if lines else GENESIS


def _finish(line: bytes) -> Mapping[str, object] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    match event:
        case {"type": Kind.FINISH.value, "data": dict(data)}:
            return data
        case _:
            return None


def _disagreements(finish: Mapping[str, object], result: Mapping[str, object]) -> Iterator[str]:
    for name in _SAME if result else ():
        if finish.get(name) != result.get(name):
            yield f"result.json says {name} {result.get(name)}, the audit {finish.get(name)}"


def _changed_files(finish: Mapping[str, object], folder: Path) -> Iterator[str]:
    files = finish.get("files")
    for each in files if isinstance(files, list) else ():
        path = folder / str(each.get("path"))
        try:
            if file_sha256(path) != each.get("sha256"):
                yield f"{each.get('path')} is not the file that the run left"
        except OSError as error:
            yield f"{each.get('path')}: {error.strerror}"
