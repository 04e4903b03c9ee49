"""What the options tell of where a run comes from: files of the pod, read for the audit."""

from pathlib import Path

from contract.exitcodes import ExitCode
from runner.audit.provenance import annotations_in
from runner.audit.witness import Origin
from runner.errors import Problem


def origin_of(
    annotations: Path | None, image: str | None, key_file: Path | None
) -> tuple[Origin, list[Problem]]:
    """Return the origin, and what could not be read of it."""
    problems: list[Problem] = []
    text = _read(annotations, "--annotations", problems)
    key = _read(key_file, "--audit-key-file", problems).strip()
    if key_file is not None and not problems and not key:
        problems.append(Problem(ExitCode.NO_INPUT, f"--audit-key-file {key_file}: is empty"))
    origin = Origin(
        annotations=annotations_in(text.decode("utf-8", "replace")), image=image, key=key or None
    )
    return origin, problems


def _read(path: Path | None, option: str, problems: list[Problem]) -> bytes:
    if path is None:
        return b""
    try:
        return path.read_bytes()
    except OSError as error:
        text = f"{option} {path}: cannot be read: {error.strerror}"
        problems.append(Problem(ExitCode.NO_INPUT, text))
        return b""
