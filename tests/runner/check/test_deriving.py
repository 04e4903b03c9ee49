"""A job that declares no parameters has those of its script."""

import json
import os
from pathlib import Path

import pytest

from runner.check.deriving import parameters_of
from runner.job.parameterspec import Kind, Parameter
from tests.runner.conftest import JOB, Bench

SCRIPT = """\
param(
    [Parameter(Mandatory)] [string] $Name,
    [ValidateRange(1, 90)] [int] $Days = 30,
    [switch] $All,
    [string[]] $Tags,
    [securestring] $Password
)
"""
PLAIN = JOB[: JOB.index("  parameters:")] + "  timeouts: {token: 300ms, stop: 2s}\n"


@pytest.fixture
def pwsh() -> Path:
    """The real shell."""
    return Path(os.environ["PWSH"])


def test_the_scripts_own_parameters_are_read(tmp_path: Path, pwsh: Path) -> None:
    """Types, limits and what is mandatory come from param(); defaults stay there."""
    (tmp_path / "script.ps1").write_text(SCRIPT)

    found = parameters_of(tmp_path / "script.ps1", pwsh=pwsh, environment={})

    assert found == {
        "Name": Parameter(type=Kind.STRING, required=True),
        "Days": Parameter(type=Kind.INTEGER, minimum=1, maximum=90),
        "All": Parameter(type=Kind.BOOLEAN),
        "Tags": found["Tags"],
    }
    assert found["Tags"].type is Kind.ARRAY


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (("-p", "Name=a", "-p", "Days=91"), "must be at most 90"),
        (("-p", "Nam=a"), "did you mean Name?"),
        (("-p", "Days=3"), "parameter Name: required"),
        (("-p", "Name=a", "-p", "Password=b"), "declares no such parameter"),
    ],
)
def test_values_are_checked_against_the_script(
    bench: Bench, pwsh: Path, given: tuple[str, ...], problem: str
) -> None:
    """What the script would refuse is refused before anything starts."""
    bench.write(SCRIPT, PLAIN)
    argv = [*bench.argv(*given), "--pwsh", str(pwsh)]

    done = bench.start_and_wait(argv)

    assert (done.returncode, problem in done.stderr) == (65, True)
    assert not (bench.folder / "runs").exists()


@pytest.mark.parametrize(
    ("environment", "options", "code", "said"),
    [
        ({"EXO_PARAM_DAYS": "7"}, (), 0, {"Days": 7}),
        ({"EXO_PARAM_DAYS": "7"}, ("-p", "Days=8"), 0, {"Days": 8}),
        ({"EXO_PARAM_DAYS": "x"}, (), 65, "parameter Days: 'x' is no integer"),
        ({"EXO_PARAM_DAY": "7"}, (), 65, "did you mean Days?"),
        ({"EXO_PARAM_KEY": "7"}, (), 65, "parameter Key: is secret, and an environment"),
    ],
)
def test_the_pods_environment_gives_parameters(
    bench: Bench,
    environment: dict[str, str],
    options: tuple[str, ...],
    code: int,
    said: object,
) -> None:
    """As texts, whatever their case; the command line wins, and secrets are refused."""
    script = (
        "say('output', records=[parameters])\n"
        "say('finished', ending='completed', script_exit_code=None, error=None)\n"
    )
    job = JOB.replace("    Days:", "    Key: {secret: true}\n    Days:")
    bench.write(script, job)
    argv = ["env", *(f"{name}={text}" for name, text in environment.items())]

    done = bench.start_and_wait([*argv, *bench.argv(*options)])

    assert done.returncode == code, done.stderr
    if code == 0:
        assert json.loads((bench.run_folder() / "output.jsonl").read_text()) == said
    else:
        assert str(said) in done.stderr
