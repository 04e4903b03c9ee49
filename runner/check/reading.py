"""Asks a pwsh what is in scripts; one process for all of them, which runs none of them."""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from contract.exitcodes import ExitCode
from runner.check.facts import ScriptFacts
from runner.errors import Problem, RefusedError

_INSPECT = Path(__file__).parents[1] / "powershell" / "inspect.ps1"
_KEPT = ("PATH", "HOME", "TMPDIR", "PSModulePath")


def facts_of(
    scripts: Sequence[Path], *, pwsh: Path, environment: Mapping[str, str]
) -> list[ScriptFacts]:
    """Return what is in *scripts*, in their order.

    Raises:
        RefusedError: pwsh cannot be started, or does not answer as it should.
    """
    if not scripts:
        return []
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "list"
        listed.write_text("".join(f"{each.absolute()}\n" for each in scripts), encoding="utf-8")
        kept = {name: environment[name] for name in _KEPT if name in environment}
        argv = [str(pwsh), "-NoLogo", "-NoProfile", "-NonInteractive", "-File", str(_INSPECT)]
        try:
            done = subprocess.run(  # noqa: S603 - argv is ours, with no shell
                [*argv, "-List", str(listed)],
                env=kept | {"NO_COLOR": "1", "TERM": "dumb", "POWERSHELL_TELEMETRY_OPTOUT": "1"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except OSError as error:
            raise _refused(f"{pwsh}: {error.strerror}") from None
    lines = done.stdout.splitlines()
    if done.returncode != 0 or len(lines) != len(scripts):
        said = done.stderr.decode("utf-8", "replace").strip()[-500:]
        raise _refused(f"{pwsh} could not read the scripts: {said}")
    return [ScriptFacts.model_validate_json(line) for line in lines]


def scripts_in(place: Path) -> list[Path]:
    """Return the scripts that *place* names: itself, or all in a folder.

    Raises:
        RefusedError: it cannot be read.
    """
    if place.is_dir():
        return sorted(each for each in place.rglob("*") if each.suffix.lower() in {".ps1", ".psm1"})
    if not os.access(place, os.R_OK):
        raise RefusedError([Problem(ExitCode.NO_INPUT, f"{place}: cannot be read")])
    return [place]


def _refused(text: str) -> RefusedError:
    return RefusedError([Problem(ExitCode.RUNTIME, text)])
