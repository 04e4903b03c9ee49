"""A job and its script agree, and a script gets its first job file."""

from pathlib import Path

import pytest

from runner.job.file import job_of, read
from tests.runner.check.test_rules import check

JOB = """\
apiVersion: exo-jobs/v1
kind: Job
metadata: {name: sample}
spec:
  connection: contoso
  script: {path: script.ps1}
"""
SCRIPT = "param([Parameter(Mandatory)] [string] $Name, [int] $Days = 7)\nGet-Mailbox $Name\n"
DECLARED = "  parameters: {Name: {required: true}, Days: {type: integer}}\n"
DISAGREE = {
    "a parameter missing": (
        "  parameters: {Days: {type: integer}}\n",
        "spec.parameter-missing",
        "",
    ),
    "one too many": (
        "  parameters: {Name: {}, Other: {default: x}}\n",
        "spec.parameter-unknown",
        "",
    ),
    "a write": (DECLARED, "spec.write", "Set-Mailbox $Name"),
    "a cmdlet missing": (DECLARED + "  cmdlets: [Get-User]\n", "spec.cmdlets", ""),
}
AGREE = {
    "as declared": DECLARED,
    "with its cmdlets": DECLARED + "  cmdlets: [Get-Mail*]\n",
    "with a prompt's": DECLARED.replace("Name:", "Who: {default: x}, Name:")
    + "  prompts: [{pattern: '*', parameter: Who}]\n",
}
MANY = """\
param(
    [Parameter(Mandatory)] [string] $Name,
    [ValidateSet('User', 'Shared')] [string[]] $Kind = 'User',
    [ValidateRange(1, 90)] [int] $Days = 30,
    [ValidatePattern('^a')] [string] $Like,
    [switch] $All,
    [datetime] $Since,
    [securestring] $Password
)
Connect-ExchangeOnline
Get-EXOMailbox | Get-MailboxPermission
"""


def laid_out(folder: Path, *, more: str = "", script: str = SCRIPT) -> Path:
    """Put a job and its script into *folder*."""
    (folder / "job.yaml").write_text(JOB + more)
    (folder / "script.ps1").write_text(script)
    return folder


@pytest.mark.parametrize(("more", "rule", "line"), DISAGREE.values(), ids=DISAGREE)
def test_what_job_and_script_say_differently_is_found(
    tmp_path: Path, more: str, rule: str, line: str
) -> None:
    """A job that its script would refuse is refused before it runs."""
    folder = laid_out(tmp_path, more=more, script=SCRIPT + line)

    done = check("job.yaml", "-p", "Name=x", folder=folder)

    assert rule in done.stdout or "declares no such parameter" in done.stderr
    assert done.returncode in {65, 78}


@pytest.mark.parametrize("more", AGREE.values(), ids=AGREE)
def test_a_job_that_agrees_with_its_script_is_good(tmp_path: Path, more: str) -> None:
    """Nothing is said against a job that will start."""
    done = check("job.yaml", "-p", "Name=x", folder=laid_out(tmp_path, more=more))

    assert (done.returncode, done.stderr) == (0, "")


def test_a_first_job_file_is_one_that_runs(tmp_path: Path) -> None:
    """--init writes what the script's own parameters and cmdlets ask for."""
    laid_out(tmp_path, script=MANY)
    (tmp_path / "job.yaml").unlink()

    check("script.ps1", "--init", "job.yaml", folder=tmp_path)

    document = read(tmp_path / "job.yaml")
    job, problems = job_of(document)  # type: ignore[arg-type] # it could be read
    assert problems == []
    assert job is not None
    assert job.spec.cmdlets == ["Get-EXOMailbox", "Get-MailboxPermission"]
    said = job.spec.parameters
    assert list(said) == ["Name", "Kind", "Days", "Like", "All", "Since"]
    assert (said["Name"].required, said["Days"].default, said["Days"].maximum) == (True, 30, 90)
    assert said["Kind"].items is not None
    assert (said["Kind"].items.enum, said["Kind"].default) == (["User", "Shared"], ["User"])
    assert (said["Like"].pattern, said["All"].type) == ("^a", "boolean")


def test_a_job_file_is_not_written_over(tmp_path: Path) -> None:
    """What is there already stays."""
    laid_out(tmp_path)

    done = check("script.ps1", "--init", "job.yaml", folder=tmp_path)

    assert done.returncode == 73
    assert (tmp_path / "job.yaml").read_text() == JOB


def test_a_job_of_compliance_says_so(tmp_path: Path) -> None:
    """A script of compliance cmdlets alone needs that token."""
    (tmp_path / "c.ps1").write_text("Get-ComplianceCase")

    done = check("c.ps1", "--init", "job.yaml", folder=tmp_path)

    assert "resource: compliance" in done.stdout
    assert "resource: compliance" in (tmp_path / "job.yaml").read_text()
