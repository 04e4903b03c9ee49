"""Only a job that says so changes something in Exchange."""

import pytest

from runner.job.fields import READ_VERBS
from tests.powershell.test_calls import reasons
from tests.powershell.test_session import wait_for

SET = "Set-Mailbox -Identity a"


@pytest.mark.parametrize("cmdlets", [(), ("Get-Mailbox",), ("*-Mailbox",)])
def test_a_job_that_only_reads_is_denied_a_write(session, outputs, cmdlets):
    """The script ends where it calls it, and the sentence says what to do."""
    records = session.run(f"(Get-Mailbox a).Identity; {SET}; 'after'", cmdlets=cmdlets)

    assert outputs(records) == ["a"]
    error = records[-1]["error"]
    assert (records[-1]["ending"], error["id"]) == ("threw", "WriteNotDeclared")
    assert "There is no Set-Mailbox here" in error["message"]
    assert "write: true" in error["message"]


def test_a_job_that_writes_writes(session, outputs):
    """With write: true the cmdlet is Exchange's own."""
    records = session.run(
        f"({SET}).From; Set-VivaInsightsSettings",
        cmdlets=("Get-Mailbox", "Set-Mailbox"),
        write=True,
    )

    assert outputs(records) == ["exchange", "set"]
    assert records[-1]["ending"] == "completed"


@pytest.mark.parametrize(
    ("script", "named"),
    [
        ("Set-VivaInsightsSettings", "Set-VivaInsightsSettings"),
        ("Connect-IPPSSession; Set-ComplianceCase a", "Set-ComplianceCase"),
        ("Connect-IPPSSession -CommandName Set-ComplianceCase; Set-ComplianceCase a", "Set-Compl"),
    ],
    ids=["the module's own", "compliance", "compliance by name"],
)
def test_no_other_way_leads_to_a_write(session, script, named):
    """Neither what the module brings by itself nor a second connection opens one."""
    session.renew(resource="compliance")

    error = session.run(script)[-1]["error"]

    assert error["id"] == "WriteNotDeclared"
    assert named in error["message"]


def test_what_nobody_knows_is_as_unknown_as_ever(session):
    """A verb that Exchange does not write by, and a read, are plain mistakes."""
    for script in ("Format-Everything", "Get-Mailbocks", "nonsense"):
        assert session.run(script)[-1]["error"]["id"] == "CommandNotFoundException"


@pytest.mark.parametrize(
    ("call", "options", "attempts"),
    [
        ("Get-Mailbox", {"write": True}, 2),
        ("Set-Mailbox", {"write": True}, 1),
        ("Set-Mailbox", {"write": True, "idempotent": True}, 2),
    ],
    ids=["a read", "a write", "a write that may be repeated"],
)
def test_a_write_that_may_have_happened_is_not_repeated(session, call, options, attempts):
    """Spent retries leave open whether one was carried out; only what does no harm goes again."""
    session.renew(token="spent")
    # The refusal comes with the newer token already there: the pipeline looked before it came.
    script = f"""
        1 | ForEach-Object {{ Write-Warning renew; {wait_for("go")}; 'a' }} | {call}
    """
    for record in session.start(script, cmdlets=("Get-Mailbox", "Set-Mailbox"), **options):
        if record.get("message") == "renew":
            session.renew()
            (session.folder / "go").touch()

    errors = [record for record in session.seen if record["kind"] == "error"]
    assert (len(reasons(session.seen)), len(errors)) == (attempts, 2 - attempts)


def test_both_languages_know_the_same_verbs(session):
    """The spec and the session take the same cmdlets for reading."""
    printed = session.alone("& (Import-Module ExoJobs -PassThru) { $ReadVerbs }")

    assert {each.casefold() for each in printed.split()} == READ_VERBS
