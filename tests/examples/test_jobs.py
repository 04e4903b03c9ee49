"""Each example's job says what its script is, needs and takes."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

JOBS = Path(__file__).parents[2] / "examples" / "jobs"
NAMES = sorted(path.parent.name for path in JOBS.glob("*/job.yaml"))
SHIMMED = {"Connect-ExchangeOnline", "Disconnect-ExchangeOnline"}
CMDLET = re.compile(
    r"\b(?:Get|Set)-(?:EXO)?(?:Mailbox|InboxRule|AcceptedDomain|RecipientPermission)\w*"
)
PARAMETER = re.compile(r"^    (?:\[[^\n]*\])*\[[\w\[\]]+\]\$(\w+)", re.MULTILINE)


def job_of(name: str) -> dict[str, Any]:
    """Return the job's document."""
    document = YAML(typ="safe").load(JOBS / name / "job.yaml")
    assert isinstance(document, dict)
    return document


def script_of(name: str) -> Path:
    """Return the script that the job names."""
    return JOBS / name / str(job_of(name)["spec"]["script"]["path"])


def test_the_three_reports_are_there() -> None:
    """The table below is over the jobs that are meant."""
    assert NAMES == ["mail-forwarding", "mailbox-permissions", "mailbox-sizes"]


@pytest.mark.parametrize("name", NAMES)
def test_the_digest_is_that_of_the_script(name: str) -> None:
    """A script that was changed must be pinned anew, or the runner refuses it."""
    spec, script = job_of(name)["spec"], script_of(name)
    digest = hashlib.sha256(script.read_bytes()).hexdigest()
    assert spec["script"]["sha256"] == digest, (
        f"examples/jobs/{name}/{script.name} was changed: in job.yaml beside it, "
        f"write  sha256: {digest}"
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_job_is_called_as_its_folder_and_script(name: str) -> None:
    """The name in the document, the folder and the script agree."""
    assert job_of(name)["metadata"]["name"] == script_of(name).stem == name
    assert (JOBS / name / "README.md").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_the_cmdlets_are_those_that_the_script_calls(name: str) -> None:
    """What is imported at connect is what is needed, and no more."""
    called = set(CMDLET.findall(script_of(name).read_text())) - SHIMMED
    assert sorted(called) == sorted(job_of(name)["spec"]["cmdlets"])


@pytest.mark.parametrize("name", NAMES)
def test_every_declared_parameter_is_one_of_the_script(name: str) -> None:
    """A parameter that the script lacks could never be given."""
    block = script_of(name).read_text().split("\nparam(", 1)[1].split("\n)", 1)[0]
    assert set(job_of(name)["spec"]["parameters"]) <= set(PARAMETER.findall(block))


@pytest.mark.parametrize("name", NAMES)
def test_a_script_comes_with_help_and_its_own_connection(name: str) -> None:
    """They are written as published scripts are: help, connect, progress, disconnect."""
    text = script_of(name).read_text()
    assert ".SYNOPSIS" in text
    assert "Connect-ExchangeOnline -ShowBanner:$false" in text
    assert "Disconnect-ExchangeOnline -Confirm:$false" in text
    assert "Write-Progress" in text
