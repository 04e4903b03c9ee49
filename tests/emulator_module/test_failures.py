"""Cmdlets fail the way Microsoft's do."""

import pytest

from emulator.testing import Fault
from tests.emulator_module.shell import Shell

CONNECT = "Connect-ExchangeOnline @contoso\n"


TOLD = '{"error":{"code":"X","message":"Internal server error"}}'


UNREADABLE = (
    "Exception: A server side error has occurred because of which the operation could not be "
    "completed. Please try again after some time. If the problem still persists, please reach out "
    "to MS support."
)


def requests_of(shell: Shell, text: str) -> int:
    """Return how many requests had *text* as their cmdlet or in their path."""
    return sum(text == entry.cmdlet or text in entry.path for entry in shell.emulator.journal)


@pytest.mark.behaviour("module.error.non-terminating", "module.error.status")
def test_a_missing_object_is_a_non_terminating_error(shell: Shell) -> None:
    """The id names server, request and time; the script goes on and exits with 0."""
    done = shell.run(
        CONNECT
        + """
        Get-Mailbox nobody@contoso.com
        $facts.id = $Error[0].FullyQualifiedErrorId
        $facts.text = $Error[0].Exception.Message
        $facts.reason = $Error[0].CategoryInfo.Reason
        $facts.activity = $Error[0].CategoryInfo.Activity
        $facts.status = $EXO_LastExecutionStatus
        $null = Get-Mailbox -ResultSize 1
        $facts.healed = $EXO_LastExecutionStatus
        $facts.stopped = Get-Fault { Get-Mailbox nobody -ErrorAction Stop }
        $null = Get-EXOMailbox nobody -ErrorAction SilentlyContinue -ErrorVariable quiet
        $facts.quiet = $quiet.Count
        """
    )
    assert done.code == 0
    assert done.facts["text"].startswith(
        "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|"
        "The operation couldn't be performed because object 'nobody@contoso.com'"
    )
    start, request, moment = done.facts["id"].split(",", maxsplit=2)
    assert start.startswith("[Server=AM0PR")
    assert request.startswith("RequestId=")
    assert moment.startswith("TimeStamp=")
    assert moment.endswith("GMT],Write-ErrorMessage")
    assert done.facts["reason"] == "ManagementObjectNotFoundException"
    assert done.facts["activity"] == "Get-Mailbox"
    assert (done.facts["status"], done.facts["healed"], done.facts["quiet"]) == (False, True, 1)
    assert "ManagementObjectNotFoundException" in done.facts["stopped"]


@pytest.mark.behaviour("module.error.binding")
def test_an_argument_that_does_not_bind_shows_what_powershell_said(shell: Shell) -> None:
    """Where an error has no details, the innermost exception's text is the message."""
    done = shell.run(
        CONNECT
        + """
        $facts.kind = Get-Fault { Get-Mailbox -RecipientTypeDetails Nonsense -ErrorAction Stop }
        $facts.size = Get-Fault { Get-Mailbox -ResultSize plenty -ErrorAction Stop }
        """
    )
    assert "Cannot process argument transformation on parameter" in done.facts["kind"]
    assert '"Nonsense"' in done.facts["kind"]
    assert '"plenty"' in done.facts["size"]


@pytest.mark.behaviour("module.retry.healed")
def test_a_passing_failure_is_only_a_wait(shell: Shell) -> None:
    """503, 504, 429 and a transient exception are tried again; the script sees no error."""
    transient = '{"error":{"details":[{"message":"Ex1|Data.StorageTransientException|later"}]}}'
    for fault in (
        Fault(path="/InvokeCommand", status=503, body="busy"),
        Fault(path="/InvokeCommand", status=429, headers={"Retry-After": "0"}, body="slow down"),
        Fault(path="/InvokeCommand", status=400, body=transient),
        Fault(path="/Mailbox", status=504),
    ):
        shell.emulator.faults.add(fault)
    done = shell.run(
        CONNECT
        + """
        $facts.found = @(Get-Mailbox -ResultSize 2).Count + @(Get-EXOMailbox -ResultSize 2).Count
        $facts.errors = $Error.Count
        """
    )
    assert done.facts == {"found": 4, "errors": 0}
    assert requests_of(shell, "/InvokeCommand") == 4


@pytest.mark.behaviour("module.error.unreadable", "module.error.exo-message")
def test_a_lasting_failure_is_told_at_once(shell: Shell) -> None:
    """What another try would not heal is tried once, whatever the body looks like."""
    bodies = ("<html>oops</html>", "", "\0" * 64, TOLD)
    for body in bodies:
        shell.emulator.faults.add(Fault(path="/InvokeCommand", status=500, body=body))
    shell.emulator.faults.add(Fault(path="/InvokeCommand", status=200, body='{"value": ['))
    shell.emulator.faults.add(Fault(path="/Mailbox", status=500, body=TOLD))
    done = shell.run(
        CONNECT
        + """
        $facts.texts = @(1..5 | ForEach-Object { Get-Fault { Get-Mailbox -ErrorAction Stop } })
        $facts.resource = Get-Fault { Get-EXOMailbox -ErrorAction Stop }
        """
    )
    assert set(done.facts["texts"]) == {UNREADABLE}
    assert done.facts["resource"] == "Exception: Internal server error"
    assert requests_of(shell, "/InvokeCommand") == 5
