"""Each rule of `exo-job check`: a script that breaks it at a line, and one that does not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.check.catalogue import RULES

CASES: dict[str, tuple[str, str, int]] = {
    # rule: (breaks it, at this line; does not break it)
    "syntax": ("'a'\nif (", "if ($a) {}", 2),
    "requires.version": ("#requires -Version 99.0", "#requires -Version 7.2", 1),
    "requires.windows": ("#requires -RunAsAdministrator", "#requires -Version 5.1", 1),
    "requires.module": (
        "#requires -Modules ActiveDirectory",
        "#requires -Modules ExchangeOnlineManagement",
        1,
    ),
    "prompt.read-host": ("\n$a = Read-Host 'Name'", "$a = 'Read-Host'", 2),
    "prompt.credential": ("$c = Get-Credential", "$c = $null", 1),
    "prompt.choice": ("$Host.UI.PromptForChoice('a', 'b', $c, 0)", "$Host.UI.WriteLine('a')", 1),
    "prompt.confirm": ("Remove-Mailbox x", "Remove-Mailbox x -Confirm:$false", 1),
    "gui.grid": ("Get-Mailbox | Out-GridView", "Get-Mailbox | Out-String", 1),
    "gui.forms": ("[System.Windows.Forms.MessageBox]::Show('x')", "[string]::Join(',', 1, 2)", 1),
    "gui.open": ("Invoke-Item ./report.csv", "Get-Item ./report.csv", 1),
    "com": ("$x = New-Object -ComObject Excel.Application", "$x = New-Object psobject", 1),
    "windows.path": (
        "Get-Mailbox | Export-Csv C:\\Temp\\a.csv",
        "Get-Mailbox | Export-Csv a.csv",
        1,
    ),
    "windows.separator": ("Export-Csv '.\\a.csv'", "'a\\d+' -match 'x'", 1),
    "windows.variable": ('"$env:USERPROFILE/x"', '"$env:HOME/x"', 1),
    "windows.only": ("Get-WmiObject Win32_BIOS", "Get-Date", 1),
    "connect.own": (
        "Connect-ExchangeOnline -UserPrincipalName a@b",
        "Get-ConnectionInformation",
        1,
    ),
    "connect.other": ("Connect-MgGraph", "Get-Date", 1),
    "connect.retired": (
        "New-PSSession -ConfigurationName Microsoft.Exchange",
        "New-PSSession -ConfigurationName Other",
        1,
    ),
    "module.install": ("Install-Module ExchangeOnlineManagement", "Get-Module", 1),
    "module.import": ("Import-Module ActiveDirectory", "Import-Module ExchangeOnlineManagement", 1),
    "module.retired": ("Import-Module MSOnline", "Import-Module ExoJobs", 1),
    "cmdlet.retired": ("Get-MessageTrace", "Get-MessageTraceV2", 1),
    "cmdlet.unknown": ("Get-Mailbocks", "function Get-Mine {}; Get-Mine", 1),
    "cmdlet.parameter": ("Get-Mailbox -Sise 3", "Get-Mailbox -ResultSize 3 -ErrorA Stop", 1),
    "whatif": ("Set-Mailbox x -WhatIf", "Set-Mailbox x", 1),
    "output.format": ("Get-Mailbox | Format-Table", "Get-Mailbox | ft | Out-String", 1),
    "output.host": ("Write-Host 'done'", "Write-Verbose 'done'", 1),
    "output.transcript": ("Start-Transcript ./log", "Stop-Transcript", 1),
    "errors.silenced": (
        "$ErrorActionPreference = 'SilentlyContinue'",
        "$ErrorActionPreference = 'Stop'",
        1,
    ),
    "errors.hidden": (
        "Get-Mailbox x -ErrorAction SilentlyContinue",
        "Get-Item x -ErrorAction SilentlyContinue",
        1,
    ),
    "secret.literal": (
        "ConvertTo-SecureString 'P@ss' -AsPlainText -Force",
        "ConvertTo-SecureString $Password -AsPlainText -Force",
        1,
    ),
    "exit.function": ("function f {\n exit 3\n}", "exit 3", 2),
    "loop.endless": (
        "while ($true) { Start-Sleep 1 }",
        "while ($true) { if (Test-Path x) { break } }",
        1,
    ),
    "sleep.long": ("Start-Sleep -Seconds 900", "Start-Sleep -Seconds 899", 1),
    "parameter.type": ("param([IO.FileInfo] $File)", "param([datetime] $Since, [switch] $All)", 1),
}
OF_JOBS = {"spec.parameter-missing", "spec.parameter-unknown", "spec.cmdlets", "spec.write"}


def check(*argv: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `exo-job check` in *folder*."""
    return subprocess.run(
        [sys.executable, "-m", "runner", "check", *map(str, argv)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, object]]]:
    """What is found in every script of the table, by the script's name; one pwsh reads all."""
    folder = tmp_path_factory.mktemp("scripts")
    for name, (breaks, keeps, _) in CASES.items():
        (folder / f"{name}.breaks.ps1").write_text(breaks)
        (folder / f"{name}.keeps.ps1").write_text(keeps)
    done = check(".", "--output", "json", folder=folder)
    by_script: dict[str, list[dict[str, object]]] = {}
    for each in json.loads(done.stdout):
        by_script.setdefault(str(each["path"]), []).append(each)
    return by_script


@pytest.mark.parametrize("name", CASES)
def test_a_rule_finds_what_it_is_for(found: dict[str, list[dict[str, object]]], name: str) -> None:
    """What breaks unattended is found at its line, and what is like it is not."""
    broken = [each for each in found.get(f"{name}.breaks.ps1", []) if each["rule"] == name]
    kept = [each for each in found.get(f"{name}.keeps.ps1", []) if each["rule"] == name]

    assert [each["line"] for each in broken] == [CASES[name][2]]
    assert kept == []


def test_every_rule_is_tried() -> None:
    """No rule is without its two scripts."""
    assert CASES.keys() | OF_JOBS == RULES.keys()


def test_errors_decide_how_it_ends(tmp_path: Path) -> None:
    """78 for errors, 0 for warnings unless they shall count."""
    (tmp_path / "warn.ps1").write_text("Get-Mailbox | Format-Table")
    (tmp_path / "wrong.ps1").write_text("Read-Host x")

    assert check("warn.ps1", folder=tmp_path).returncode == 0
    assert check("warn.ps1", "--strict", folder=tmp_path).returncode == 78
    assert check("wrong.ps1", folder=tmp_path).returncode == 78


def test_people_are_told_place_rule_and_remedy(tmp_path: Path) -> None:
    """The text names file, line, column, what it is and what to do, and sums up."""
    (tmp_path / "a.ps1").write_text("\n  Read-Host 'Name'\nGet-Mailbox")

    said = check("a.ps1", folder=tmp_path).stdout.splitlines()

    assert said[0] == "a.ps1"
    assert said[1] == "  2:3  error  Read-Host  [prompt.read-host]"
    assert "spec.prompts" in said[2]
    assert said[-2:] == ["1 script: 1 error, 0 warnings, 0 notes", "cmdlets: [Get-Mailbox]"]


def test_sarif_points_into_the_files(tmp_path: Path) -> None:
    """Every result names a rule of the run, a level, and a region of a relative path."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.ps1").write_text("Read-Host x")

    log = json.loads(check(".", "--output", "sarif", folder=tmp_path).stdout)

    (run,) = log["runs"]
    (result,) = run["results"]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    place = result["locations"][0]["physicalLocation"]
    assert (log["version"], rule["id"], result["level"]) == ("2.1.0", "prompt.read-host", "error")
    assert place["artifactLocation"]["uri"] == "sub/a.ps1"
    assert place["region"] == {"startLine": 1, "startColumn": 1}
    assert rule["help"]["text"]


def test_nothing_of_a_script_is_run(tmp_path: Path) -> None:
    """A script that would write a file has not written it."""
    (tmp_path / "a.ps1").write_text("Set-Content ran x\nparam($A = (Set-Content ran x))")

    check("a.ps1", folder=tmp_path)

    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("argv", "code"),
    [(("none.ps1",), 66), (("--pwsh", "/none", "."), 70), ((), 64)],
    ids=["no file", "no pwsh", "nothing to check"],
)
def test_what_cannot_be_checked_is_told(tmp_path: Path, argv: tuple[str, ...], code: int) -> None:
    """A sentence and a code of its own for each."""
    done = check(*argv, folder=tmp_path)

    assert done.returncode == code
    assert done.stderr
