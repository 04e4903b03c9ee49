"""Small scripts on real pwsh: each way to end has its code, status, counts and files."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.runner.conftest import JOB, Bench

MODULES = Path(__file__).parents[1] / "powershell" / "module"
LIMIT = "  errors: {limit: 2}\n"
WARN = "  errors: {nonTerminating: warn}\n"
IGNORE = "  errors: {nonTerminating: ignore}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A script, and what its run must come to."""

    script: str
    code: int = 0
    status: str = "succeeded"
    counts: dict[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    more: str = ""
    """More of the job's spec."""
    output: list[object] | None = None


def failed(script: str, code: int = 80, **more: object) -> Case:
    """Return the case of a script that fails."""
    return Case(script=script, code=code, status="failed", **more)  # type: ignore[arg-type]


def warned(script: str, **more: object) -> Case:
    """Return the case of a script that succeeds with warnings."""
    return Case(script=script, status="succeeded_with_warnings", **more)  # type: ignore[arg-type]


CASES = {
    # Ends
    "nothing": Case(script="", counts={"output": 0}),
    "a comment": Case(script="# nothing"),
    "a value": Case(script="1", output=[1]),
    "exit": Case(script="'a'; exit", output=["a"]),
    "exit 0": Case(script="exit 0"),
    "exit 1": failed("exit 1", 81),
    "exit 255": failed("exit 255", 81),
    "exit 256": failed("exit 256", 81),
    "exit -1": failed("exit -1", 81),
    "exit with a text": Case(script="exit 'abc'"),
    "exit in a function": failed("function f { exit 4 }; f; 'after'", 81),
    "exit after output": failed("1..3; exit 2", 81, output=[1, 2, 3]),
    "exit while a table is formatted": failed("Get-Item .; exit 7", 81, counts={"output": 1}),
    "return": Case(script="'a'; return; 'b'", output=["a"]),
    "return with a value": Case(script="return 5", output=[5]),
    "break outside a loop": Case(script="'a'; break; 'b'", output=["a"]),
    "throw a text": failed("throw 'x'"),
    "throw nothing": failed("throw"),
    "throw an exception": failed("throw [System.IO.IOException]::new('x')"),
    "throw after output": failed("'a'; throw 'x'; 'b'", output=["a"]),
    "throw in finally": failed("try { 'a' } finally { throw 'x' }", output=["a"]),
    "throw that is caught": Case(script="try { throw 'x' } catch { 'caught' }", output=["caught"]),
    "throw in a pipeline": failed("1, 2 | ForEach-Object { if ($_ -eq 2) { throw 'x' }; $_ }"),
    "trap and go on": Case(script="trap { continue }; throw 'x'; 'after'", output=["after"]),
    "division by zero": failed("1 / 0"),
    "a method of null": failed("$x = $null; $x.Do()"),
    "an index of null": failed("$x = $null; $x[0]"),
    "a cast that fails": failed("[int] 'abc'"),
    "a missing command": failed("Get-Nothing"),
    "a missing command, caught": Case(script="try { Get-Nothing } catch { 'c' }", output=["c"]),
    "a missing type": failed("[No.Such.Type]::new()"),
    "a syntax error": failed("if (", 78),
    "two syntax errors": failed("if (\n}}", 78),
    "requires a later PowerShell": failed("#requires -Version 99.0\n'a'"),
    "requires a module": failed("#requires -Modules NoSuchModule\n'a'"),
    "a parameter it has": Case(script="param($Days) $Days", output=[30]),
    "a parameter of another type": failed("param([guid] $Days) 'a'", 65),
    "a mandatory one that is missing": failed("param([Parameter(Mandatory)] $X, $Days) 'a'", 65),
    "a parameter it does not have": failed("param($Other) 'a'", 65),
    "a validation that fails": failed("param([ValidateRange(1, 5)] $Days) 'a'", 65),
    "Stop-Process of itself": failed("Stop-Process -Id $PID -Force", 70),
    "Environment.Exit": failed("[Environment]::Exit(0)", 70),
    "FailFast": failed("[Environment]::FailFast('x')", 70),
    # Errors that end nothing
    "one error": failed("Write-Error x; 'after'", counts={"error": 1, "output": 1}),
    "three errors of two": failed("1..3 | ForEach-Object { Write-Error x }", more=LIMIT),
    "two errors of two": warned("1..2 | ForEach-Object { Write-Error x }", more=LIMIT),
    "errors that warn": warned("Write-Error x", more=WARN, counts={"error": 1}),
    "errors that are ignored": Case(script="Write-Error x", more=IGNORE, counts={"error": 1}),
    "a silenced error": Case(script="Write-Error x -ErrorAction SilentlyContinue"),
    "an error to a variable": failed("Write-Error x -ErrorVariable e; $e.Count", output=[1]),
    "errors to nowhere": Case(script="Write-Error x 2>$null; 'a'", output=["a"]),
    "errors as output": failed("Write-Error x 2>&1", counts={"error": 1}),
    "Stop by preference": failed("$ErrorActionPreference = 'Stop'; Write-Error x; 'after'"),
    "Stop by parameter": failed("Write-Error x -ErrorAction Stop; 'after'", counts={"output": 0}),
    "an item that is not there": failed("Get-Item /none; 'after'", counts={"error": 1}),
    "a program that fails": failed("sh -c 'exit 3'; 'after'", counts={"error": 1}),
    "a program that is not there": failed("no-such-program"),
    "a program that succeeds": Case(script="sh -c 'echo a'", output=["a"]),
    "a program's stderr": Case(script="sh -c 'echo a >&2'", counts={"information": 1}),
    # Streams
    "a warning": Case(script="Write-Warning x", counts={"warning": 1}),
    "verbose that is off": Case(script="Write-Verbose x", counts={"verbose": 0}),
    "verbose that is on": Case(script="Write-Verbose x -Verbose", counts={"verbose": 1}),
    "debug that is on": Case(
        script="$DebugPreference = 'Continue'; Write-Debug x", counts={"debug": 1}
    ),
    "Write-Host": Case(script="Write-Host x; Write-Host y", counts={"information": 2}),
    "information": Case(script="Write-Information x", counts={"information": 1}),
    "progress": Case(script="Write-Progress a -PercentComplete 100", counts={"progress": 1}),
    "the console": Case(script="[Console]::WriteLine('x')", counts={"stdout": 1, "output": 0}),
    "the console's error": Case(script="[Console]::Error.WriteLine('x')", counts={"stderr": 1}),
    "everything in order": Case(
        script="1; Write-Warning w; 2; Write-Host h; 3",
        counts={"output": 3, "warning": 1, "information": 1},
        output=[1, 2, 3],
    ),
    # Values
    "null": Case(script="$null", counts={"output": 0}),
    "true": Case(script="$true", output=[True]),
    "texts": Case(script="'ä', '名', \"a`nb\"", output=["ä", "名", "a\nb"]),
    "a number beyond 64 bits": Case(script="[bigint]::Pow(2, 70)", output=[1180591620717411303424]),
    "an array in an array": Case(script=", @(1, 2)", output=[[1, 2]]),
    "a hashtable": Case(script="[ordered]@{ A = 1; B = $null }", output=[{"A": 1, "B": None}]),
    "an object": Case(script="[pscustomobject]@{ A = 'x' }", output=[{"A": "x"}]),
    "an enum": Case(script="[DayOfWeek]::Monday", output=["Monday"]),
    "a date": Case(
        script="[datetime]::new(2026, 1, 2, 3, 4, 5, [DateTimeKind]::Utc)",
        output=["2026-01-02T03:04:05Z"],
    ),
    "a guid": Case(script="[guid]::Empty", output=["00000000-0000-0000-0000-000000000000"]),
    "an object that holds itself": Case(
        script="$a = @{ N = 1 }; $a.Self = $a; [pscustomobject] $a", counts={"output": 1}
    ),
    "objects that grow columns": warned(
        "[pscustomobject]@{ A = 1 }; [pscustomobject]@{ A = 2; B = 3 }", counts={"output": 2}
    ),
    "more than allowed": failed("1..9", 83, more="  output: {maxRecords: 5}\n"),
    # Files
    "a file": Case(script="Set-Content a.txt x", files=("files/a.txt",)),
    "a CSV of its own": Case(script="1, 2 | Export-Csv ./r.csv", files=("files/r.csv",)),
    "a folder": Case(script="$null = mkdir d; Set-Content d/a x", files=("files/d/a",)),
    "a file by a backslash": Case(script="Set-Content .\\a.txt x", files=("files/a.txt",)),
    "a file though it fails": failed("Set-Content a x; throw 'x'", files=("files/a",)),
    # Exchange
    "a cmdlet": Case(script="(Get-Mailbox a).Identity", output=["a"]),
    "its own connect": Case(
        script="Connect-ExchangeOnline -AppId x; (Get-Mailbox a).Identity",
        counts={"warning": 1},
        output=["a"],
    ),
    "another tenant": failed("Connect-ExchangeOnline -Organization fabrikam.onmicrosoft.com"),
    "a question": failed("Read-Host x"),
    "items": Case(
        script="'a', 'b' | Register-JobItem | ForEach-Object { Write-JobItem $_ Succeeded }",
        counts={"items": 2, "item": 2},
        files=("items.ndjson",),
    ),
    "an item that failed": Case(
        script="Write-JobItem a Succeeded; Write-JobItem b Failed", code=82, status="partial"
    ),
    "an item that was forgotten": Case(
        script="$null = 'a', 'b' | Register-JobItem; Write-JobItem a Succeeded",
        code=82,
        status="partial",
    ),
}


def test_there_are_enough_of_them() -> None:
    """The table covers the ways to end, errors, streams, values, files and Exchange."""
    assert len(CASES) >= 80


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_script_ends_as_it_should(bench: Bench, case: Case) -> None:
    """Code, status, counts, outputs and files are those of the table."""
    job = JOB
    if case.more.startswith("  output:"):
        job = job.replace("  output: {format: [csv, jsonl]}\n", case.more)
    else:
        job += case.more
    if "$Days" not in case.script and "param($Other)" not in case.script:
        job = job.replace("  parameters:\n    Days: {type: integer, default: 30, minimum: 1}\n", "")
    bench.write(case.script, job)
    argv = bench.argv()
    argv[argv.index("--pwsh") + 1] = os.environ["PWSH"]

    done = subprocess.run(
        argv,
        env=os.environ | {"PSModulePath": str(MODULES)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    folder = bench.run_folder()
    result = json.loads((folder / "result.json").read_text())
    assert (done.returncode, result["status"]) == (case.code, case.status), result["reason"]
    counts = {name: result["counts"].get(name, 0) for name in case.counts}
    assert counts == case.counts
    assert [name for name in case.files if not (folder / name).exists()] == []
    if case.output is not None:
        lines = next(folder.glob("output.jsonl*")).read_text().splitlines()
        assert [json.loads(line) for line in lines] == case.output
