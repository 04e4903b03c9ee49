"""The state folder: what an emulator keeps from one run to the next, and what its clients read."""

import fcntl
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ruamel.yaml import YAML

from contract.volume import replace_file
from emulator.errors import StateError
from emulator.guide import Guide
from emulator.identity import NAMES, PUBLIC, DamagedError, Identity

READY = "emulator.json"
"""Written last: once it is there, everything else is, and the server answers."""
MARK = "exo-emulator-state.json"
"""Says that the folder is the emulator's; `whole` once everything that is kept is in it."""
_LOCK = "serving.lock"
_NOT_OURS_BUT_NO_MATTER = {"lost+found"}
_PRIVATE, _PUBLIC = 0o600, 0o644


@dataclass(frozen=True, slots=True)
class StateFolder:
    """An emulator's folder, while it serves from it."""

    path: Path

    def identity(self, *, now: datetime, fresh: bool) -> Identity:
        """Return what the folder keeps; make and keep it where there is none, or with *fresh*.

        Raises:
            StateError: what is kept is damaged.
            OSError: the folder cannot be written.
        """
        if not fresh and self._is_whole():
            return self._kept(now)
        made = Identity.new(now=now)
        self._mark(whole=False)
        for name, data in made.files().items():
            _write(self.path / name, data, mode=_PUBLIC if name in PUBLIC else _PRIVATE)
        self._mark(whole=True)
        return made

    def write_projected_token(self, token: str) -> None:
        """Replace the projected token, as the kubelet does.

        Raises:
            OSError: the folder cannot be written.
        """
        replace_file(self.path / "projected-token", token.encode(), mode=_PRIVATE)

    def write_guides(self, guide: Guide) -> None:
        """Write what clients are to be told, then `emulator.json`, which says that all is ready.

        Raises:
            OSError: the folder cannot be written.
        """
        text = io.StringIO()
        yaml = YAML(typ="safe", pure=True)
        yaml.default_flow_style = False
        yaml.dump(guide.sidecar_config(), text)
        _write(self.path / "sidecar.yaml", text.getvalue().encode(), mode=_PUBLIC)
        _write(self.path / "environment.sh", guide.bash().encode(), mode=_PUBLIC)
        _write(self.path / "environment.ps1", guide.powershell().encode(), mode=_PUBLIC)
        ready = {**guide.members(), "pid": os.getpid()}
        text_of = json.dumps(ready, indent=1) + "\n"
        replace_file(self.path / READY, text_of.encode(), mode=_PUBLIC)

    def _is_whole(self) -> bool:
        try:
            mark = json.loads((self.path / MARK).read_bytes())
        except FileNotFoundError:
            return False
        except ValueError:
            raise StateError([_advice(f"{self.path / MARK}: is damaged")]) from None
        return isinstance(mark, dict) and mark.get("whole") is True

    def _kept(self, now: datetime) -> Identity:
        there = {name: self.path / name for name in NAMES if (self.path / name).is_file()}
        files = {name: path.read_bytes() for name, path in there.items()}
        try:
            return Identity.from_files(files, now=now)
        except DamagedError as error:
            found = [_advice(f"{self.path / problem}") for problem in error.problems]
            raise StateError(found) from None

    def _mark(self, *, whole: bool) -> None:
        text = json.dumps({"format": 1, "whole": whole}) + "\n"
        _write(self.path / MARK, text.encode(), mode=_PUBLIC)


@contextmanager
def state_folder(path: Path) -> Iterator[StateFolder]:
    """Hold the folder at *path*, made if need be, and take back its word of readiness at the end.

    Raises:
        StateError: it is somebody else's, or another emulator serves from it.
        OSError: it cannot be made or written.
    """
    _refuse_foreign(path)
    (path / "tokens").mkdir(parents=True, exist_ok=True)
    with (path / _LOCK).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            problem = f"{path}: another exo-emulator serves from this folder; name another one"
            raise StateError([problem]) from None
        (path / READY).unlink(missing_ok=True)
        try:
            yield StateFolder(path)
        finally:
            (path / READY).unlink(missing_ok=True)


def _refuse_foreign(path: Path) -> None:
    there = {each.name for each in path.iterdir()} if path.exists() else set()
    strange = there - _NOT_OURS_BUT_NO_MATTER - {_LOCK, "tokens"}
    if strange and MARK not in there:
        problem = f"{path}: holds other things ({_some(strange)}) and was not made by exo-emulator"
        raise StateError([f"{problem}; name a folder that is empty or not there yet"])


def _some(names: set[str]) -> str:
    first = sorted(names)[:3]
    return ", ".join(first) + (", …" if len(names) > len(first) else "")


def _advice(problem: str) -> str:
    return f"{problem}; --fresh makes everything in the folder anew"


def _write(path: Path, data: bytes, *, mode: int) -> None:
    # NOTE: no fsync: until the mark says that all is whole, nobody reads what is written here.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(data)
