"""What the runner's tests share: a folder with a job, a token, and a pwsh that is played."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract import volume
from contract.token import TokenDocument

CANARY = "eyJjYW5hcnk.cGF5bG9hZA" + "x" * 300 + ".c2lnbmF0dXJl" + "y" * 200

JOB = """\
apiVersion: exo-jobs/v1
kind: Job
metadata: {name: sample}
spec:
  connection: contoso
  script: {path: script.ps1}
  output: {format: [csv, jsonl]}
  parameters:
    Days: {type: integer, default: 30, minimum: 1}
  timeouts: {token: 300ms, stop: 2s}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A folder in which a job can be run by the real command."""

    folder: Path

    def write(self, script: str, job: str = JOB) -> None:
        """Put the job and its script there."""
        (self.folder / "script.ps1").write_text(script)
        (self.folder / "job.yaml").write_text(job)

    def argv(self, *more: str) -> list[str]:
        """Return the command line of a run."""
        paths = {"--token-dir": "tokens", "--runs-dir": "runs", "--termination-log": "last-word"}
        options = [each for name, at in paths.items() for each in (name, str(self.folder / at))]
        fake = str(Path(__file__).parent / "fake_pwsh.py")
        job = str(self.folder / "job.yaml")
        return [sys.executable, "-m", "runner", "run", job, *options, "--pwsh", fake, *more]

    def run(self, script: str, *more: str, job: str = JOB) -> subprocess.CompletedProcess[str]:
        """Run *script* as a job."""
        self.write(script, job)
        return self.start_and_wait(self.argv(*more))

    def start_and_wait(self, argv: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)

    def run_folder(self) -> Path:
        """Return the directory of the one run."""
        (found,) = (self.folder / "runs").iterdir()
        return found


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A bench with a fresh token."""
    (tmp_path / "tokens").mkdir()
    now = datetime.now(UTC)  # noqa: TID251 - a real program reads it by the real clock
    document = TokenDocument(
        connection="contoso",
        resource="exchange",
        audience="https://outlook.office365.com",
        tenant_id="11111111-1111-4111-8111-111111111111",
        organization="contoso.onmicrosoft.com",
        client_id="22222222-2222-4222-8222-222222222222",
        environment="worldwide",
        access_token=CANARY,
        acquired_at=now,
        expires_at=now + timedelta(hours=1),
        refresh_at=now + timedelta(minutes=30),
        sequence=1,
    )
    volume.publish(tmp_path / "tokens", document)
    return Bench(folder=tmp_path)
