"""A pwsh that runs the bootstrap, and a token file that a test can renew."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract import volume
from contract.token import TokenDocument

HERE = Path(__file__).parent
BOOTSTRAP = HERE.parent.parent / "runner" / "powershell" / "bootstrap.ps1"

Record = dict[str, object]
TENANT = "11111111-1111-4111-8111-111111111111"


class Session:
    """One pwsh that runs a script through the bootstrap; its records come as they are written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tokens = folder / "tokens"
        self.tokens.mkdir()
        self.sequence = 0
        self.seen: list[Record] = []
        self.child: subprocess.Popen[bytes] | None = None

    def renew(
        self,
        *,
        life: float = 60,
        token: str | None = None,
        tenant: str = TENANT,
        resource: str = "exchange",
    ) -> None:
        """Publish the next token, named after its sequence."""
        self.sequence += 1
        now = datetime.now(UTC)  # noqa: TID251 - real pwsh reads the real clock
        document = TokenDocument(
            connection="contoso",
            resource=resource,
            audience="https://outlook.office365.com",
            tenant_id=tenant,
            organization="contoso.onmicrosoft.com",
            client_id="22222222-2222-4222-8222-222222222222",
            environment="worldwide",
            access_token=token or f"token-{self.sequence}",
            acquired_at=now,
            expires_at=now + timedelta(seconds=life),
            refresh_at=now,
            sequence=self.sequence,
        )
        volume.publish(self.tokens, document)

    def start(
        self,
        script: str,
        parameters: dict[str, object] | None = None,
        *,
        cmdlets: tuple[str, ...] = ("Get-Mailbox",),
        properties: tuple[str, ...] = (),
        depth: int = 3,
        token_seconds: int = 20,
        modules: Path = HERE / "module",
        without: tuple[str, ...] = (),
        prompts: tuple[tuple[str, str], ...] = (),
        items: dict[str, object] | None = None,
        dry_run: bool = False,
        write: bool = False,
        idempotent: bool = False,
    ) -> Iterator[Record]:
        """Start *script* and yield each record as it comes; all are kept in `seen`."""
        records = os.pipe()
        plan = {
            "protocol": 1,
            "script": str(self._write("script.ps1", script)),
            "parameters": str(self._write("parameters.json", json.dumps(parameters or {}))),
            "token": str(volume.document_path(self.tokens, "contoso", "exchange")),
            "token_seconds": token_seconds,
            "records": records[1],
            "cmdlets": list(cmdlets),
            "output": {"depth": depth, "properties": list(properties)},
            "without": list(without),
            "items": items or {},
            "dry_run": dry_run,
            "write": write,
            "idempotent": idempotent,
            "prompts": [{"pattern": like, "parameter": name} for like, name in prompts],
        }
        output = (self.folder / "stdout").open("wb")
        self.child = subprocess.Popen(
            [
                os.environ["PWSH"],
                "-NoLogo",
                "-NoProfile",
                "-NonInteractive",
                "-File",
                str(BOOTSTRAP),
                "-Plan",
                str(self._write("plan.json", json.dumps(plan))),
            ],
            pass_fds=[records[1]],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=self.folder,
            env=self._environment(modules),
        )
        os.close(records[1])
        output.close()
        return self._follow(records[0])

    def run(
        self, script: str, parameters: dict[str, object] | None = None, **options
    ) -> list[Record]:
        """Run *script* to its end and return its records."""
        return list(self.start(script, parameters, **options))

    def alone(self, script: str) -> str:
        """Run *script* in a pwsh without the runner, and return what it prints."""
        environment = self._environment(HERE / "module")
        environment["PSModulePath"] += f":{BOOTSTRAP.parent}"
        environment |= {"EXO_TOKEN_DIR": str(self.tokens), "NO_COLOR": "1"}
        done = subprocess.run(
            [
                os.environ["PWSH"],
                "-NoProfile",
                "-NonInteractive",
                "-File",
                str(self._write("alone.ps1", script)),
            ],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout

    def interrupt(self) -> None:
        """Send SIGINT, as the runner's polite stop does."""
        assert self.child
        os.killpg(self.child.pid, signal.SIGINT)

    def end(self) -> None:
        """Leave nothing of it alive."""
        if self.child and self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()

    def _follow(self, read: int) -> Iterator[Record]:
        assert self.child
        with os.fdopen(read, "rb") as lines:
            for line in lines:
                record = json.loads(line)
                self.seen.append(record)
                yield record
        self.child.wait()

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def _environment(self, modules: Path) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "PSModulePath": str(modules),
            "POWERSHELL_TELEMETRY_OPTOUT": "1",
            "TERM": "dumb",
        }


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session on a fresh token file."""
    opened = Session(tmp_path)
    opened.renew()
    yield opened
    opened.end()


@pytest.fixture
def outputs() -> Callable[[list[Record]], list[object]]:
    """Flatten the output batches of records."""
    return lambda records: [
        value
        for record in records
        if record["kind"] == "output"
        for value in record["records"]  # type: ignore[attr-defined]
    ]
