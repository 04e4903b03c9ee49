"""What is started for a run: argv, working folder and environment.  Pure.

No secret is in it: paths only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.job.model import JobSpec
from runner.job.sections import Timeouts
from runner.streams.records import PROTOCOL
from runner.supervision.escalation import Limits

_PASSED_ON = (
    "PATH",
    "TZ",
    "LANG",
    "LC_ALL",
    "PSModulePath",
    "PSModuleAnalysisCachePath",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)

_FIXED = {
    "POWERSHELL_TELEMETRY_OPTOUT": "1",
    "POWERSHELL_UPDATECHECK": "Off",
    "POWERSHELL_DIAGNOSTICS_OPTOUT": "1",
    "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
    "DOTNET_EnableDiagnostics": "0",
    "DOTNET_gcServer": "0",
    "NO_COLOR": "1",
    "TERM": "dumb",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A program to start."""

    argv: Sequence[str]
    folder: Path
    environment: Mapping[str, str]


def command_for(  # noqa: PLR0913 - each path is known to the caller alone
    *,
    pwsh: Path,
    bootstrap: Path,
    plan: Path,
    folder: Path,
    scratch: Path,
    parent: Mapping[str, str],
) -> Command:
    """Return how pwsh is started on *plan*; of the *parent*'s environment little is passed on."""
    home = str(scratch / "home")
    return Command(
        argv=(
            str(pwsh),
            "-NoLogo",
            "-NoProfile",
            "-NonInteractive",
            "-File",
            str(bootstrap),
            "-Plan",
            str(plan),
        ),
        folder=folder,
        environment={
            **{name: parent[name] for name in _PASSED_ON if name in parent},
            **_FIXED,
            "HOME": home,
            "XDG_CACHE_HOME": f"{home}/.cache",
            "XDG_CONFIG_HOME": f"{home}/.config",
            "XDG_DATA_HOME": f"{home}/.local/share",
            "TMPDIR": str(scratch / "tmp"),
        },
    )


def limits_of(timeouts: Timeouts) -> Limits:
    """Return how long the command may take, in seconds."""
    return Limits(
        run=timeouts.run.total_seconds(),
        idle=timeouts.idle.total_seconds(),
        stop=timeouts.stop.total_seconds(),
    )


def plan_of(
    spec: JobSpec, run: Path, *, token: Path, records: int, dry_run: bool = False
) -> dict[str, object]:
    """Return what the bootstrap is told; *records* is the descriptor of its pipe."""
    return {
        "protocol": PROTOCOL,
        "script": str(run / "script.ps1"),
        "parameters": str(run / "tmp" / "parameters.json"),
        "token": str(token),
        "token_seconds": spec.timeouts.token.total_seconds(),
        "records": records,
        "cmdlets": spec.cmdlets,
        "dry_run": dry_run,
        "write": spec.write,
        "idempotent": spec.idempotent,
        "without": [each.value for each in spec.without],
        "prompts": [each.model_dump() for each in spec.prompts],
        "output": {"depth": spec.output.depth, "properties": spec.output.properties},
    }
