"""Runs `exo-emulator` as a real process, for the tests of it."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def command(*arguments: object) -> list[str]:
    """Return the command line of the emulator."""
    return [sys.executable, "-m", "emulator", *map(str, arguments)]


def finished(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    return subprocess.run(
        command(*arguments), text=True, capture_output=True, check=False, timeout=60
    )


@contextmanager
def served(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run the server; whatever happens, it is gone afterwards."""
    process = subprocess.Popen(
        command("serve", *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(found: Callable[[], object], *, seconds: float = 30) -> object:
    """Return what *found* returns once that is true."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if value := found():
            return value
        pause.wait(0.02)
    raise AssertionError("it did not happen in time")


def ready(folder: Path) -> dict[str, object]:
    """Wait for the server in *folder* and return what it says of itself."""
    file = folder / "emulator.json"
    until(file.exists)
    return json.loads(file.read_text())


@dataclass(frozen=True)
class Running:
    """A server that is ready."""

    process: subprocess.Popen[str]
    folder: Path
    guide: dict[str, object]

    def ask_token(self, **proof: str) -> requests.Response:
        """Ask for a token for Exchange."""
        with requests.Session() as session:
            session.trust_env = False
            return session.post(
                f"{self.guide['url']}/{self.guide['tenantId']}/oauth2/v2.0/token",
                verify=str(self.folder / "ca.pem"),
                data={
                    "client_id": self.guide["clientId"],
                    "scope": "https://outlook.office365.com/.default",
                    "grant_type": "client_credentials",
                    **proof,
                },
            )


@contextmanager
def running_in(folder: Path, *arguments: object) -> Iterator[Running]:
    """Run the server with the state folder *folder*, and stop it as a person would."""
    with served("--state-dir", folder, *arguments) as process:
        guide = ready(folder)
        yield Running(process, folder, guide)
        process.terminate()
        _, said = process.communicate(timeout=30)
        assert (process.returncode, said) == (0, "")
