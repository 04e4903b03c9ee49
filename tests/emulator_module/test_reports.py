"""Message trace and audit log, as scripts read them to the end."""

import math

import pytest

from tests.emulator_module.shell import Shell

CONNECT = "Connect-ExchangeOnline @contoso\n"


def calls_of(shell: Shell, cmdlet: str) -> list[dict[str, object]]:
    """Return the parameters of each request for *cmdlet*."""
    return [dict(entry.parameters) for entry in shell.emulator.journal if entry.cmdlet == cmdlet]


@pytest.mark.behaviour("tenant.trace.going-on", "tenant.trace.more", "tenant.trace.result-size")
def test_both_ways_of_going_on_read_the_whole_trace(shell: Shell) -> None:
    """By the last row's values, and by running what the warning says, come the same rows."""
    done = shell.run(
        CONNECT
        + """
        $quiet = @{ WarningVariable = 'more'; WarningAction = 'SilentlyContinue' }
        $asked = @{ StartDate = (Get-Date).AddHours(-30); EndDate = (Get-Date).AddHours(-1) }
        $rows = @(do {
            $page = @(Get-MessageTraceV2 @asked -ResultSize 1500 @quiet)
            $page
            if ($page) {
                $asked.EndDate = $page[-1].Received
                $asked.StartingRecipientAddress = $page[-1].RecipientAddress
            }
        } while ($page.Count -eq 1500))
        $asked.Remove('StartingRecipientAddress')
        $asked.EndDate = $rows[0].Received
        $text = 'There are more results, use the following command to get more. '
        $again = @(Get-MessageTraceV2 @asked -ResultSize 5000 @quiet)
        $facts.warnings = @()
        while ($more) {
            $facts.warnings += $more.Count
            $next = [scriptblock]::Create("$($more[0])".Substring($text.Length))
            $again += @(Invoke-Command $next @quiet)
        }
        $facts.rows = @($rows | ForEach-Object { "$($_.MessageTraceId) $($_.RecipientAddress)" })
        $facts.again = @($again | ForEach-Object { "$($_.MessageTraceId) $($_.RecipientAddress)" })
        $facts.received = $rows[0].Received -is [datetime]
        """
    )
    rows = done.facts["rows"]
    assert done.facts["received"], done.stderr
    assert len(rows) > 3_000
    assert len(set(rows)) == len(rows)
    assert done.facts["again"] == rows
    assert set(done.facts["warnings"]) <= {1}


@pytest.mark.behaviour("tenant.trace.detail", "tenant.trace.retired")
def test_rows_flow_into_the_detail_and_the_retired_cmdlet_is_an_error(shell: Shell) -> None:
    """A piped row binds by its properties' names; Get-MessageTrace tells what to use."""
    done = shell.run(
        CONNECT
        + """
        $rows = @(Get-MessageTraceV2 -ResultSize 3 -WarningAction SilentlyContinue)
        $facts.details = @($rows | Get-MessageTraceDetailV2 | Where-Object Event -EQ Receive).Count
        $facts.retired = Get-Fault {
            Get-MessageTrace -StartDate (Get-Date) -PageSize 5000 -ErrorAction Stop }
        """
    )
    assert done.facts["details"] == 3
    assert "to switch to Get-MessageTraceV2." in done.facts["retired"]


@pytest.mark.behaviour("tenant.audit.session", "module.change.reading")
def test_a_large_set_is_read_to_its_end(shell: Shell) -> None:
    """The usual loop gets each record once; a search is sent once for each answer."""
    done = shell.run(
        CONNECT
        + """
        $asked = @{ StartDate = (Get-Date).AddDays(-6); EndDate = Get-Date; SessionId = 'all' }
        $records = @(do {
            $page = @(Search-UnifiedAuditLog @asked -SessionCommand ReturnLargeSet -ResultSize 2500)
            $page
        } while ($page.Count))
        $facts.ids = @($records.Identity)
        $facts.count = $records[0].ResultCount
        $facts.last = $records[-1].ResultIndex
        $facts.user = ($records[0].AuditData | ConvertFrom-Json).UserId -eq $records[0].UserIds
        $facts.date = $records[0].CreationDate -is [datetime]
        $facts.whatif = (Get-Command Search-UnifiedAuditLog).Parameters.ContainsKey('WhatIf')
        """
    )
    ids = done.facts["ids"]
    assert len(ids) > 2_500, done.stderr
    assert len(set(ids)) == len(ids) == done.facts["count"] == done.facts["last"]
    assert (done.facts["user"], done.facts["date"], done.facts["whatif"]) == (True, True, False)
    calls = calls_of(shell, "Search-UnifiedAuditLog")
    full, rest = divmod(len(ids), 2_500)
    assert len(calls) == full * 3 + math.ceil(rest / 1_000) + 1
    assert not any("Confirm" in call for call in calls)
