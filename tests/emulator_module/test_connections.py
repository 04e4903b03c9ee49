"""A connection keeps its token for life, the newest serves Get-EXO*, a disconnect ends them all."""

import signal
import subprocess
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from emulator.clock import system_clock
from emulator.journal import Journal
from emulator.testing import Fault, running, sample_world
from tests.emulator_module.shell import Shell

CONNECT = "Connect-ExchangeOnline @contoso\n"
GONE = "You must call Connect-ExchangeOnline before calling any other cmdlet."


class LeapingClock:
    """The emulator's clock: it leaps by two hours once the accepted domains were read."""

    journal: Journal = Journal()

    def __call__(self) -> datetime:
        """Return the time here, or two hours later."""
        has_leapt = any(entry.cmdlet == "Get-AcceptedDomain" for entry in self.journal)
        return system_clock() + timedelta(hours=2 * has_leapt)


@pytest.mark.behaviour("module.token.kept", "module.token.expired")
def test_an_expired_token_ends_in_waits_and_an_exit_code_of_0(tmp_path: Path) -> None:
    """Six tries, then a non-terminating error for each call, as with Microsoft's module."""
    clock = LeapingClock()
    world = sample_world(mailboxes=5, retry_wait_scale=0.001, token_lifetime="1h")
    with running(world, clock=clock) as emulator:
        clock.journal = emulator.journal
        done = Shell(emulator=emulator, folder=tmp_path).run(r"""
            Connect-ExchangeOnline @contoso
            $facts.before = @(Get-Mailbox).Count
            $null = Get-AcceptedDomain
            $facts.after = @(Get-Mailbox -Verbose).Count + @(Get-EXOMailbox).Count
            $facts.texts = @($Error | ForEach-Object { $_.Exception.Message })
            $ids = $Error.FullyQualifiedErrorId
            $facts.ids = @($ids -match '^\[Server=.*,Write-ErrorMessage$').Count
            $facts.status = $EXO_LastExecutionStatus
            $facts.state = (Get-ConnectionInformation).TokenStatus
        """)
        commands = [e.status for e in emulator.journal if e.path.endswith("/InvokeCommand")]
        resources = [e.status for e in emulator.journal if e.path.endswith("/Mailbox")]
    texts = done.facts.pop("texts")
    assert done.code == 0
    assert done.facts == {"before": 5, "after": 0, "ids": 2, "status": False, "state": "Active"}
    assert texts[1::2] == ["Maximum retry count reached."] * 2
    assert len(texts) == 4
    assert "HTTP 401 on try 5 of 6; the next in 32 ms." in done.stdout
    assert commands == [200, 200] + [401] * 6
    assert resources == [401] * 6


@pytest.mark.behaviour("module.exo.newest")
def test_the_newest_connection_serves_the_built_in_cmdlets(shell: Shell) -> None:
    """A second connect adds a connection; the imported cmdlets of the first stay with the first."""
    done = shell.run("""
        Connect-ExchangeOnline @contoso -Prefix First
        Connect-ExchangeOnline -AccessToken $token -Organization contoso.com @site
        $null = Get-EXOMailbox -ResultSize 1
        $null = Get-FirstMailbox -ResultSize 1
        $null = Get-Mailbox -ResultSize 1
        $facts.connections = @(Get-ConnectionInformation | ForEach-Object {
            $_.Organization, $_.ConnectionUsedForInbuiltCmdlets -join ' ' })
        $facts.modules = @(Get-Module tmpEXO_*).Count
    """)
    asked = [e.path.split("/")[3] for e in shell.emulator.journal if "/beta/" in e.path]
    assert asked == ["contoso.com", "contoso.onmicrosoft.com", "contoso.com"]
    assert done.facts["connections"] == ["contoso.onmicrosoft.com False", "contoso.com True"]
    assert done.facts["modules"] == 2


@pytest.mark.behaviour("module.disconnect.selective")
def test_closing_an_old_connection_leaves_the_newer_one_working(shell: Shell) -> None:
    """-ConnectionId ends one connection, its module and folder; the others keep their cmdlets."""
    done = shell.run("""
        Connect-ExchangeOnline @contoso
        Connect-ExchangeOnline @contoso
        $old, $new = Get-ConnectionInformation
        Disconnect-ExchangeOnline -ConnectionId $old.ConnectionId -Confirm:$false
        $facts.left = @(Get-ConnectionInformation).Count
        $facts.found = @(Get-Mailbox -ResultSize 2).Count + @(Get-EXOMailbox -ResultSize 2).Count
        $facts.folders = (Test-Path $old.ModuleName), (Test-Path $new.ModuleName)
        $facts.source = (Get-Command Get-Mailbox).Source -eq (Split-Path $new.ModuleName -Leaf)
    """)
    assert done.facts == {"left": 1, "found": 4, "folders": [False, True], "source": True}


@pytest.mark.behaviour("module.disconnect.process", "module.connection.process")
def test_a_disconnect_ends_every_connection_of_the_process(shell: Shell) -> None:
    """Without arguments, it takes the connections of all runspaces with it."""
    done = shell.run("""
        $facts.early = Get-Fault { Get-EXOMailbox }
        Connect-ExchangeOnline @contoso
        Connect-ExchangeOnline @contoso -Prefix Two
        $facts.elsewhere = 1 | ForEach-Object -Parallel {
            Import-Module ExchangeOnlineManagement
            @(Get-EXOMailbox -ResultSize 2).Count
            Disconnect-ExchangeOnline -Confirm:$false
        }
        $facts.connections = @(Get-ConnectionInformation).Count
        $facts.imported = Get-Fault { Get-Mailbox }
        $facts.late = Get-Fault { Get-EXOMailbox }
    """)
    assert (done.facts["elsewhere"], done.facts["connections"]) == (2, 0)
    for when in ("early", "imported", "late"):
        assert done.facts[when] == f"InvalidOperationException: {GONE}"


@pytest.mark.behaviour("module.disconnect.modules")
def test_a_disconnect_takes_modules_and_folders_with_it(shell: Shell) -> None:
    """What was imported and written for the connections is gone; connecting again works."""
    done = shell.run("""
        Connect-ExchangeOnline @contoso
        Connect-ExchangeOnline @contoso -Prefix Two
        Disconnect-ExchangeOnline -Confirm:$false
        $facts.modules = @(Get-Module tmpEXO_*).Count
        $facts.cmdlets = @(Get-Command Get-Mailbox, Get-TwoMailbox -ErrorAction Ignore).Count
        $facts.folders = @(Get-ChildItem ([IO.Path]::GetTempPath()) -Filter tmpEXO_*).Count
        Connect-ExchangeOnline @contoso
        $facts.again = @(Get-Mailbox -ResultSize 2).Count
        $facts.name = (Get-ConnectionInformation).Name
    """)
    assert done.facts == {
        "modules": 0,
        "cmdlets": 0,
        "folders": 0,
        "again": 2,
        "name": "ExchangeOnline_3",
    }


@pytest.mark.behaviour("module.disconnect.leftovers")
def test_a_disconnect_cleans_up_behind_another_runspace(shell: Shell) -> None:
    """What was imported here goes, although its connection was ended elsewhere."""
    done = shell.run("""
        Connect-ExchangeOnline @contoso
        1 | ForEach-Object -Parallel {
            Import-Module ExchangeOnlineManagement
            Disconnect-ExchangeOnline -Confirm:$false
        }
        $facts.before = [bool](Get-Command Get-Mailbox -ErrorAction Ignore)
        Disconnect-ExchangeOnline -Confirm:$false
        $facts.after = [bool](Get-Command Get-Mailbox -ErrorAction Ignore)
    """)
    assert done.facts == {"before": True, "after": False}


@pytest.mark.behaviour("module.disconnect.confirm")
def test_a_disconnect_that_nobody_can_confirm_does_nothing(shell: Shell) -> None:
    """Without -Confirm:$false an unattended script gets an error, and the connection stays."""
    done = shell.run(
        CONNECT
        + """
        Disconnect-ExchangeOnline
        $facts.text = $Error[0].Exception.Message
        $facts.found = @(Get-Mailbox -ResultSize 2).Count
        """
    )
    assert "NonInteractive mode" in done.facts["text"]
    assert done.facts["found"] == 2


@pytest.mark.behaviour("module.request.interrupt")
def test_an_interrupt_ends_a_request_that_hangs(shell: Shell) -> None:
    """SIGINT is noticed while a request waits, and the script's finally block runs."""
    hang = Fault(path="/InvokeCommand", delay=60, status=503)
    shell.emulator.faults.add(hang)
    command = shell.command(
        CONNECT + "try { Get-Mailbox } finally { [Console]::WriteLine('finally ran') }"
    )
    with subprocess.Popen(
        command,
        cwd=shell.folder,
        env=shell.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    ) as child:
        _wait_until_asked(shell, hang)
        child.send_signal(signal.SIGINT)
        printed, _ = child.communicate(timeout=30)
    assert "finally ran" in printed


def _wait_until_asked(shell: Shell, hang: Fault) -> None:
    deadline = time.monotonic() + 30
    while hang in shell.emulator.faults.waiting:
        assert time.monotonic() < deadline, "the request did not come"
        time.sleep(0.02)
