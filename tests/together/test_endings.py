"""Each way in which a script can end has its own code, class and rule, and none of them is 0."""

import os
import signal

import pytest

from sidecar.testing import until
from tests.together.work import Outcome, Work

# Its output goes nowhere: a background process is deaf to SIGINT, and PowerShell would wait for
# whoever holds the pipe before it came to the `finally` block (measured).
SLEEPER = "& sh -c 'sleep 300 >/dev/null 2>&1 & echo $! > sleeper; wait'"


def verdict_of(done: Outcome) -> tuple[int, int, str, str]:
    """Return the code of the process and what the result says."""
    result = done.result
    return done.code, result["exit_code"], result["class"], result["rule"]


@pytest.mark.parametrize(
    ("script", "spec", "code", "name", "rule"),
    [
        pytest.param("throw 'no'", {}, 80, "script", "script.terminating_error", id="throw"),
        pytest.param("'a'; exit 3", {}, 81, "script", "script.exit", id="exit 3"),
        pytest.param(
            "Write-Error 'no'; 'a'", {}, 80, "script", "script.non_terminating_errors", id="error"
        ),
        pytest.param("if ($true) {", {}, 78, "config", "pwsh.syntax_error", id="syntax error"),
        pytest.param(
            "'a'",
            {"cmdlets": ["Get-EXOMailbox", "Get-Nothing"]},
            77,
            "denied",
            "pwsh.missing_cmdlets",
            id="a declared cmdlet is not there",
        ),
        pytest.param(
            "Get-Nothing -At All",
            {},
            80,
            "script",
            "script.command_not_found",
            id="an unknown cmdlet is called",
        ),
        pytest.param(
            "$ErrorActionPreference = 'Stop'; Get-Nothing",
            {},
            80,
            "script",
            "script.command_not_found",
            id="an unknown cmdlet is called, and errors stop",
        ),
        pytest.param(
            "Get-EXOMailbox -Identity nobody@contoso.com",
            {},
            80,
            "script",
            "script.non_terminating_errors",
            id="a mailbox that is not there",
        ),
        pytest.param(
            "param([int] $Days) $Days",
            {"parameters": {"Weeks": {"type": "integer", "default": 2}}},
            65,
            "input",
            "pwsh.bad_parameters",
            id="a parameter that the script does not have",
        ),
        pytest.param(
            "param([int] $Days) $Days",
            {"parameters": {"Days": {"type": "string", "default": "many"}}},
            65,
            "input",
            "pwsh.bad_parameters",
            id="a parameter of another type",
        ),
        pytest.param(
            "Start-Sleep 60",
            {"timeouts": {"idle": "3s"}},
            124,
            "timeout",
            "timeout.idle",
            id="hung",
        ),
        pytest.param(
            "while ($true) { 'more'; Start-Sleep -Milliseconds 100 }",
            {"timeouts": {"run": "4s"}},
            124,
            "timeout",
            "timeout.run",
            id="without end",
        ),
        pytest.param(
            "[Environment]::Exit(0)",
            {},
            70,
            "runtime",
            "pwsh.no_final_record",
            id="the process ends",
        ),
        pytest.param(
            "'a'; 'b'",
            {"output": {"maxRecords": 1}},
            83,
            "contract",
            "output.max_records",
            id="more than promised",
        ),
    ],
)
def test_each_ending_has_its_code_class_and_rule(  # noqa: PLR0917 - a row of the table
    work: Work, script: str, spec: dict[str, object], code: int, name: str, rule: str
) -> None:
    """The process, the result and the termination message agree, and nothing is left alive."""
    done = work.run(script, **spec)
    assert verdict_of(done) == (code, code, name, rule), done.stdout + done.stderr
    assert (done.last_word["exit_code"], done.last_word["rule"]) == (code, rule)
    assert not (done.folder / "tmp").exists()
    assert done.left_alive == []


def test_a_script_that_does_all_right_is_a_success(work: Work) -> None:
    """The table above can fail: the same job with a good script ends with 0."""
    done = work.run("Get-EXOMailbox -ResultSize 2 | Select-Object -Property PrimarySmtpAddress")
    assert verdict_of(done) == (0, 0, "ok", "script.completed"), done.stdout + done.stderr
    assert len(done.rows) == 2
    assert done.left_alive == []


def test_a_killed_pwsh_is_no_success(work: Work) -> None:
    """After kill -9 of pwsh the run says that the final record is missing, and what killed it."""
    child = work.start(work.job(f"'begun'\n{SLEEPER}"))
    until(lambda: work.runs.exists() and list(work.runs.glob("*/files/sleeper")), "the script")
    (pwsh,) = [each for each in work.processes() if "-Plan" in each.argv]
    os.kill(pwsh.pid, signal.SIGKILL)
    done = work.finish(child)
    assert verdict_of(done) == (70, 70, "runtime", "pwsh.no_final_record")
    assert "SIGKILL" in done.result["reason"]
    assert done.result["pwsh_exit_code"] == -9
    assert done.left_alive == []


@pytest.mark.parametrize(
    ("number", "code", "status"),
    [
        pytest.param(signal.SIGTERM, 143, "terminated", id="SIGTERM"),
        pytest.param(signal.SIGINT, 130, "cancelled", id="SIGINT"),
    ],
)
def test_a_stopped_run_lets_the_script_finish_its_finally(
    work: Work, number: signal.Signals, code: int, status: str
) -> None:
    """The `finally` block runs, result and code tell the signal, and a grandchild is gone too."""
    script = f"""
        try {{ 'begun'; {SLEEPER}; Start-Sleep 300 }}
        finally {{ 'tidy' | Set-Content tidied }}
    """
    child = work.start(work.job(script))
    until(lambda: work.runs.exists() and list(work.runs.glob("*/files/sleeper")), "the script")
    assert [each for each in work.processes() if each.argv[0] == "sleep"]
    child.send_signal(number)
    done = work.finish(child)
    assert (done.code, done.result["status"]) == (code, status), done.stdout + done.stderr
    assert (done.folder / "files" / "tidied").read_text().strip() == "tidy"
    assert done.last_word["exit_code"] == code
    assert done.left_alive == []


def test_a_run_stopped_at_once_is_told_as_stopped(work: Work) -> None:
    """SIGTERM while pwsh still starts ends it before the script has run, and leaves a result."""
    child = work.start(work.job("'ran' | Set-Content ran; Start-Sleep 300"))
    until(lambda: [each for each in work.processes() if "-Plan" in each.argv], "pwsh")
    child.send_signal(signal.SIGTERM)
    done = work.finish(child)
    assert (done.code, done.result["rule"]) == (143, "runner.sigterm")
    assert done.left_alive == []
