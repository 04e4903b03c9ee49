"""How the bootstrap says that a script ended."""

import pytest

ENDINGS = {
    "a plain end": ("'done'", {}, "completed", None),
    "exit 0": ("'a'; exit 0", {}, "completed", None),
    "exit 3": ("'a'; exit 3", {}, "exited", None),
    "throw": ("'a'; throw 'boom'", {}, "threw", "boom"),
    "a missing command": ("Get-Nothing; 'after'", {}, "threw", "Get-Nothing"),
    "an exception of .NET": ("1/0; 'after'", {}, "threw", "divide by zero"),
    "a question to a person": (
        "Read-Host 'Name?'",
        {},
        "threw",
        "nobody is here to answer 'Name?'",
    ),
    "an error that ends nothing": ("Write-Error bad; 'after'", {}, "completed", None),
    "a program that fails last": ("sh -c 'exit 7'", {}, "completed", None),
    "a syntax error": ("'a'\nif (", {}, "syntax_error", "line 2, column 5"),
    "a parameter it does not have": ("param($A) $A", {"B": 1}, "bad_parameters", "It has: A"),
    "a parameter of the wrong type": ("param([int]$A) $A", {"A": "x"}, "bad_parameters", "'A'"),
    "a missing mandatory parameter": (
        "param([Parameter(Mandatory)] [int] $A) $A",
        {},
        "bad_parameters",
        "mandatory parameters: A",
    ),
    "the same inside the script": (
        "function f { param([int] $A) } f -A x",
        {},
        "threw",
        "'A'",
    ),
}


@pytest.mark.parametrize(
    ("script", "parameters", "ending", "message"), ENDINGS.values(), ids=ENDINGS
)
def test_the_last_record_says_how_the_script_ended(session, script, parameters, ending, message):
    """Each way a script can end has an ending of its own, in a final record."""
    last = session.run(script, parameters)[-1]

    assert (last["kind"], last["ending"]) == ("finished", ending)
    assert message in last["error"]["message"] if message else last["error"] is None


def test_the_scripts_exit_code_is_told_and_not_passed_on(session):
    """`exit 300` is told as 300, though a process can only end with eight bits of it."""
    last = session.run("exit 300")[-1]

    assert (last["ending"], last["script_exit_code"]) == ("exited", 300)


def test_a_programs_leftover_code_is_not_the_scripts(session):
    """A script without `exit` did not ask for the code that a program left behind."""
    last = session.run("$PSNativeCommandUseErrorActionPreference = $false; sh -c 'exit 9'; 'on'")[
        -1
    ]

    assert (last["ending"], last["script_exit_code"]) == ("completed", None)


def test_a_refused_token_ends_before_the_script(session):
    """A connection that Exchange refuses is told as such, and no line of the script runs."""
    session.renew(token="refused")

    *before, last = session.run("Set-Content ran yes")

    assert last["ending"] == "connect_failed"
    assert "System.UnauthorizedAccessException: UnAuthorized" in last["error"]["exception"]
    assert not (session.folder / "ran").exists()
    assert [record["kind"] for record in before] == ["hello"]


def test_cmdlets_that_did_not_come_are_named_before_the_script(session):
    """A cmdlet of the spec that the role does not allow ends the run before it begins."""
    last = session.run("Set-Content ran yes", cmdlets=("Get-Mailbox", "Get-Case", "Get-Rule"))[-1]

    assert last["ending"] == "missing_cmdlets"
    assert "Get-Case, Get-Rule" in last["error"]["message"]
    assert not (session.folder / "ran").exists()


def test_a_missing_module_is_told_with_the_path_that_was_searched(session, tmp_path):
    """Without the Exchange module the ending names PSModulePath."""
    last = session.run("1", modules=tmp_path / "empty")[-1]

    assert last["ending"] == "no_module"
    assert str(tmp_path / "empty") in last["error"]["message"]


def test_sigint_runs_finally_and_leaves_no_final_record(session, outputs):
    """An interrupted script cleans up, its objects arrive, and the missing final record tells."""
    for record in session.start(
        "try { 'a'; Write-Warning w; Start-Sleep 60 } finally { 'cleaned' }"
    ):
        if record["kind"] == "warning":
            session.interrupt()

    assert outputs(session.seen) == ["a", "cleaned"]
    assert session.seen[-1]["kind"] != "finished"
    assert session.child.returncode == 0  # which is why nobody believes it
