"""Runs PowerShell against an emulator, and brings back what a script found out."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from emulator.emulation import MODULE_FOLDER
from emulator.testing import Emulator
from tests.emulator_module.recorder import Recorder

PREAMBLE = """
$ErrorActionPreference = 'Continue'
$facts = @{}
$token = [IO.File]::ReadAllText("$env:TEST_DIR/token")
$site = @{ ConnectionUri = $env:TEST_URI; ShowBanner = $false }
$contoso = @{ AccessToken = $token; Organization = $env:TEST_ORGANIZATION } + $site
function Get-Fault([scriptblock]$Block) {
    try { $null = & $Block; 'nothing was thrown' }
    catch { '{0}: {1}' -f $_.Exception.GetType().Name, $_.Exception.Message }
}
"""
EPILOGUE = """
[IO.File]::WriteAllText("$env:TEST_DIR/facts.json", (ConvertTo-Json $facts -Depth 5))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a script ended, and the facts it noted."""

    code: int
    stdout: str
    stderr: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """A PowerShell with the stub module on its path and a token at hand."""

    emulator: Emulator
    folder: Path
    modules: str = str(MODULE_FOLDER)
    """What `PSModulePath` is."""
    recorder: Recorder | None = None
    """Whom to call instead of the emulator."""

    @property
    def temporary(self) -> Path:
        """Where the module writes what it downloads."""
        return self.folder / "tmp"

    def environment(self) -> dict[str, str]:
        """Return what a pwsh of the test starts with."""
        self.temporary.mkdir(exist_ok=True)
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "TMPDIR": str(self.temporary),
            "NO_COLOR": "1",
            "TERM": "dumb",
            "POWERSHELL_TELEMETRY_OPTOUT": "1",
            "PSModulePath": self.modules,
            "SSL_CERT_FILE": str((self.recorder or self.emulator).ca_file),
            "TEST_DIR": str(self.folder),
            "TEST_URI": f"{(self.recorder or self.emulator).url}/powershell-liveid/",
            "TEST_ORGANIZATION": self.emulator.world.tenants[0].domains[0],
        }

    def command(self, script: str) -> list[str]:
        """Write *script* with what it may use around it, and return how to start it."""
        file = self.folder / "script.ps1"
        file.write_text(f"{PREAMBLE}\n{script}\n{EPILOGUE}", encoding="utf-8")
        (self.folder / "token").write_text(token_of(self.emulator))
        flags = ["-NoLogo", "-NoProfile", "-NonInteractive"]
        return [os.environ["PWSH"], *flags, "-File", str(file)]

    def run(self, script: str) -> Outcome:
        """Run *script* to its end; what it puts in `$facts` comes back."""
        done = subprocess.run(
            self.command(script),
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        noted = self.folder / "facts.json"
        facts = json.loads(noted.read_text(encoding="utf-8")) if noted.exists() else {}
        return Outcome(code=done.returncode, stdout=done.stdout, stderr=done.stderr, facts=facts)


def token_of(
    emulator: Emulator,
    *,
    scope: str = "https://outlook.office365.com/.default",
    application: int = 0,
) -> str:
    """Get a token of the first tenant's application by workload identity, as a sidecar does."""
    tenant = emulator.world.tenants[0]
    answer = requests.post(
        f"{emulator.url}/{tenant.id}/oauth2/v2.0/token",
        data={
            "client_id": tenant.applications[application].client_id,
            "scope": scope,
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": emulator.issuer.mint(),
        },
        verify=str(emulator.ca_file),
        timeout=30,
    )
    answer.raise_for_status()
    return str(answer.json()["access_token"])
