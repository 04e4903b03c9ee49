"""The directory of one run: 0700, its files 0600, each put there by one rename."""

import shutil
from pathlib import Path

from contract.runrecord import FileRecord
from contract.volume import replace_file
from runner.results.outputs import file_record

_MODE = 0o600


class RunDirectory:
    """`<runs>/<run-id>/`; made by its constructor.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, runs: Path, run_id: str) -> None:
        self.path = runs / run_id
        self.scratch = self.path / "tmp"
        self.files = self.path / "files"
        self.parameters = "tmp/parameters.json"
        runs.mkdir(parents=True, exist_ok=True)
        folders = (self.path, self.scratch, self.files, self.scratch / "home", self.scratch / "tmp")
        for folder in folders:
            folder.mkdir(mode=0o700)

    def put(self, name: str, data: str | bytes) -> Path:
        """Make the file *name* hold exactly *data*."""
        path = self.path / name
        replace_file(path, data.encode() if isinstance(data, str) else data, mode=_MODE)
        return path

    def confirm(self, name: str) -> None:
        """Check that the file *name*, once made, is there still.

        Raises:
            FileNotFoundError: it is not: the script, or someone beside it, took it away.
        """
        (self.path / name).stat()

    def artefacts(self) -> list[FileRecord]:
        """Return what the script left in its working folder; links are not followed."""
        found = (path for path in self.files.rglob("*") if path.is_file() and not path.is_symlink())
        return [file_record(path, self.path) for path in sorted(found)]

    def discard_scratch(self) -> None:
        """Remove the parameters, the plan and whatever pwsh kept for itself.

        Raises:
            OSError: something stays; the parameters, which may be secret, go first.
        """
        (self.path / self.parameters).unlink(missing_ok=True)
        shutil.rmtree(self.scratch)
