"""Writes a job, runs the real `exo-job run` on it with a real pwsh, and reads what it left."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.testing import MODULE_FOLDER
from tests.together.processes import Process, alive
from tests.together.stage import Stage

EXAMPLES = Path(__file__).parents[2] / "examples" / "jobs"
TIMEOUTS = {"run": "60s", "idle": "50s", "token": "2s", "stop": "8s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended, and everything that it left."""

    code: int
    stdout: str
    stderr: str
    folder: Path
    last_word: dict[str, Any]
    left_alive: list[Process]

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines of its log."""
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def result(self) -> dict[str, Any]:
        """What `result.json` says."""
        found: dict[str, Any] = json.loads((self.folder / "result.json").read_text("utf-8"))
        return found

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows of `output.csv`."""
        return rows_of(self.folder / "output.csv")

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Return the records of one kind."""
        lines = (self.folder / "events.ndjson").read_text("utf-8").splitlines()
        return [event for event in map(json.loads, lines) if event["kind"] == kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A folder in which jobs are written and run."""

    stage: Stage
    folder: Path
    shell: str

    def job(self, script: str, **spec: object) -> Path:
        """Write a job and its script; *spec* adds to the job's `spec` or replaces its members."""
        (self.folder / "script.ps1").write_text(script, encoding="utf-8")
        whole = {
            "connection": "contoso",
            "script": {"path": "script.ps1"},
            "cmdlets": ["Get-EXOMailbox"],
            **spec,
            "timeouts": TIMEOUTS | dict(spec.get("timeouts", {})),  # type: ignore[call-overload]
        }
        document = {"apiVersion": "exo-jobs/v1", "kind": "Job", "metadata": {"name": "sample"}}
        file = self.folder / "job.yaml"
        file.write_text(json.dumps({**document, "spec": whole}), encoding="utf-8")
        return file

    def start(
        self, job: Path, *options: str, tokens: Path | None = None
    ) -> subprocess.Popen[bytes]:
        """Start the run of *job*; its output goes to files of this folder."""
        argv = [str(Path(sys.executable).with_name("exo-job")), "run", str(job)]
        argv += ["--token-dir", str(tokens or self.stage.tokens), "--runs-dir", str(self.runs)]
        argv += ["--termination-log", str(self.folder / "last-word"), *options]
        with self._said("stdout").open("wb") as out, self._said("stderr").open("wb") as err:
            return subprocess.Popen(
                argv,
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    def finish(self, child: subprocess.Popen[bytes]) -> Outcome:
        """Wait for the end of a run and collect what it left."""
        try:
            code = child.wait(timeout=90)
        finally:
            child.kill()
            child.wait()
        return Outcome(
            code=code,
            stdout=self._said("stdout").read_text("utf-8"),
            stderr=self._said("stderr").read_text("utf-8"),
            folder=self.run_folder(),
            last_word=json.loads((self.folder / "last-word").read_text("utf-8")),
            left_alive=self.processes(),
        )

    def run(self, script: str, *options: str, **spec: object) -> Outcome:
        """Run *script* as a job to its end."""
        return self.finish(self.start(self.job(script, **spec), *options))

    def example(self, name: str, *options: str) -> Outcome:
        """Run the example *name* as it is shipped."""
        return self.finish(self.start(EXAMPLES / name / "job.yaml", *options))

    @property
    def runs(self) -> Path:
        """Where run directories are made."""
        return self.folder / "runs"

    def run_folder(self) -> Path:
        """Return the directory of the newest run."""
        return max(self.runs.iterdir(), key=lambda path: path.stat().st_mtime_ns)

    def processes(self) -> list[Process]:
        """Return the living processes of this folder's runs."""
        return alive(str(self.runs))

    def said(self, text: str) -> bool:
        """Tell whether *text* is in the log so far."""
        return text in self._said("stdout").read_text("utf-8")

    def _said(self, stream: str) -> Path:
        return self.folder / f"said-{stream}"

    def _environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("EXO_")}
        return kept | {
            "PWSH": self.shell,
            "PSModulePath": str(MODULE_FOLDER),
            "SSL_CERT_FILE": str(self.stage.emulator.ca_file),
        }


def rows_of(file: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def column(rows: Sequence[dict[str, str]], name: str) -> list[str]:
    """Return one column."""
    return [row[name] for row in rows]
