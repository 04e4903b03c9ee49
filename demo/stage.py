"""Put up the emulated Entra and Exchange and the sidecar, and take them down again."""

import json
import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.programs import DemoError, Program

ROOT = Path(__file__).resolve().parent.parent
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is emulated."""

    mailboxes: int
    token_seconds: int
    latency_milliseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything that runs while the curtain is up."""

    setting: Setting
    output: Path
    """What stays for the user: run directories, logs, metrics."""
    tokens: Path
    ca_file: Path
    metrics_url: str
    sidecar: Program

    def metrics(self) -> str:
        """Return the sidecar's metrics page."""
        with urllib.request.urlopen(self.metrics_url, timeout=10) as page:  # noqa: S310 - http, on loopback
            return str(page.read().decode())

    def job(self, name: str, *arguments: str, connection: str) -> Program:
        """Start `exo-job run` on the example *name*."""
        spec = ROOT / "examples" / "jobs" / name / "job.yaml"
        argv = [command("exo-job"), "run", str(spec), "--connection", connection]
        argv += ["--token-dir", str(self.tokens), "--runs-dir", str(self.output / "runs")]
        env = os.environ | {
            "SSL_CERT_FILE": str(self.ca_file),
            "PSModulePath": str(ROOT / "emulator" / "module"),
        }
        return Program(name, [*argv, *arguments], log=self.output / f"{name}.log", env=env)


def command(name: str) -> str:
    """Return the path of a command of this checkout's environment."""
    return str(Path(sys.executable).with_name(name))


@contextmanager
def standing(setting: Setting, output: Path) -> Iterator[Stage]:
    """Start both programs, yield when every token is written, end both and forget their secrets.

    Raises:
        DemoError: one of them did not come up.
    """
    with tempfile.TemporaryDirectory(prefix="exo-demo-") as folder:
        state = Path(folder)
        with _emulator(setting, state, output) as emulator:
            ready = _await_ready(state / "emulator.json", emulator)
            with _sidecar(state, output) as sidecar:
                yield Stage(
                    setting=setting,
                    output=output,
                    tokens=state / "tokens",
                    ca_file=Path(ready["caFile"]),
                    metrics_url=_await_tokens(sidecar),
                    sidecar=sidecar,
                )


def _emulator(setting: Setting, state: Path, output: Path) -> Program:
    argv = [command("exo-emulator"), "serve", "--state-dir", str(state)]
    argv += ["--mailboxes", str(setting.mailboxes), "--seed", "7"]
    argv += ["--token-lifetime", f"{setting.token_seconds}s"]
    argv += ["--latency", f"{setting.latency_milliseconds}ms"]
    return Program("exo-emulator", argv, log=output / "emulator.log", env=dict(os.environ))


def _sidecar(state: Path, output: Path) -> Program:
    argv = [command("exo-token"), "run", "--config", str(state / "sidecar.yaml")]
    return Program("exo-token", argv, log=output / "sidecar.log", env=dict(os.environ))


def _await_ready(file: Path, emulator: Program) -> dict[str, str]:
    until = time.monotonic() + _PATIENCE
    while not file.exists():
        if time.monotonic() > until or not emulator.lives():
            raise DemoError(f"the emulator did not start: see {emulator.log}")
        time.sleep(0.05)
    ready: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return ready


def _await_tokens(sidecar: Program) -> str:
    """Follow the sidecar's log until every target has its first token; return the metrics URL."""
    waiting: set[object] = set()
    url = ""
    for line in sidecar.lines(patience=_PATIENCE):
        match line.get("event"):
            case "sidecar.started":
                url = f"http://{line['address']}:{line['port']}/metrics"
                targets = line["targets"]
                waiting |= set(targets if isinstance(targets, list) else ())
            case "token.published":
                waiting.discard(line["target"])
        if url and not waiting:
            return url
    raise DemoError(f"the sidecar ended before its tokens were written: see {sidecar.log}")
