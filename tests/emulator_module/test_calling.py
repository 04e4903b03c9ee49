"""Cmdlets page through everything exactly once, and hand on what the service says."""

from collections import Counter

import pytest

from tests.emulator_module.conftest import MAILBOXES
from tests.emulator_module.shell import Shell

MORE = "There are more results available than are currently displayed."


CONNECT = "Connect-ExchangeOnline @contoso\n"


def requests_of(shell: Shell, text: str) -> int:
    """Return how many requests had *text* as their cmdlet or in their path."""
    return sum(text == entry.cmdlet or text in entry.path for entry in shell.emulator.journal)


@pytest.mark.behaviour("module.paging.unlimited")
def test_every_mailbox_comes_exactly_once(shell: Shell) -> None:
    """Unlimited follows the links to the last page, for both kinds of cmdlet and any page size."""
    done = shell.run("""
        Connect-ExchangeOnline @contoso -PageSize 400
        $facts.rest = @(Get-Mailbox -ResultSize Unlimited | ForEach-Object UserPrincipalName)
        $facts.exo = @(Get-EXOMailbox -ResultSize Unlimited | ForEach-Object UserPrincipalName)
    """)
    assert Counter(done.facts["rest"]) == Counter(done.facts["exo"])
    assert len(set(done.facts["rest"])) == len(done.facts["rest"]) == MAILBOXES
    assert requests_of(shell, "Get-Mailbox") == 6


@pytest.mark.behaviour("module.paging.exo-default")
def test_a_thousand_come_unless_more_are_asked_for(shell: Shell) -> None:
    """Whatever cuts the output, the default or a size that was asked for, comes with a warning."""
    done = shell.run(
        CONNECT
        + """
        $facts.rest = @(Get-Mailbox -WarningVariable a -WarningAction SilentlyContinue).Count
        $facts.exo = @(Get-EXOMailbox -WarningVariable b -WarningAction SilentlyContinue).Count
        $facts.warnings = @($a + $b | ForEach-Object Message)
        $facts.few = @(Get-Mailbox -ResultSize 5 -WarningVariable c).Count
        $facts.few += @(Get-EXOMailbox -ResultSize 6).Count
        $facts.told = $c.Count
        """
    )
    assert [text.startswith(MORE) for text in done.facts.pop("warnings")] == [True, True]
    assert done.facts == {"rest": 1000, "exo": 1000, "few": 11, "told": 1}


@pytest.mark.behaviour("module.paging.streamed")
def test_objects_arrive_page_by_page(shell: Shell) -> None:
    """Who wants only the first object makes the module ask for one page only."""
    done = shell.run(
        CONNECT + "$facts.name = (Get-Mailbox -ResultSize Unlimited | Select-Object -First 1).Alias"
    )
    assert done.facts["name"]
    assert requests_of(shell, "Get-Mailbox") == 1


def test_objects_hold_what_the_service_says_and_no_annotation(shell: Shell) -> None:
    """The OData siblings of the wire are gone, numbers are numbers, times are times."""
    done = shell.run(
        CONNECT
        + """
        $mailbox = Get-Mailbox -ResultSize 1
        $one = $mailbox | Get-EXOMailboxStatistics
        $names = $mailbox, $one | ForEach-Object { $_.PSObject.Properties.Name }
        $facts.annotations = @($names | Where-Object { $_ -like '*@*' })
        $facts.addresses = $mailbox.EmailAddresses -is [Collections.IList]
        $facts.bytes = $one.TotalItemSize -is [long]
        $facts.created = $mailbox.WhenCreated -is [datetime]
        $more = Get-EXOMailbox $mailbox.Alias -Properties GrantSendOnBehalfTo
        $facts.asked = $more.PSObject.Properties.Name -contains 'GrantSendOnBehalfTo'
        """
    )
    assert done.facts == {
        "annotations": [],
        "addresses": True,
        "bytes": True,
        "created": True,
        "asked": True,
    }


def test_mailboxes_flow_down_the_pipeline(shell: Shell) -> None:
    """The statistics and permissions of each piped mailbox are those of that mailbox."""
    done = shell.run(
        CONNECT
        + """
        $self = 'NT AUTHORITY\\SELF'
        $mailboxes = @(Get-EXOMailbox -ResultSize 4)
        $facts.names = @($mailboxes.DisplayName)
        $facts.statistics = @($mailboxes | Get-EXOMailboxStatistics | ForEach-Object DisplayName)
        $facts.owners = @($mailboxes | Get-EXOMailboxPermission | Where-Object User -EQ $self).Count
        $facts.senders = @($mailboxes |
            Get-EXORecipientPermission -AccessRights SendAs -Trustee $self).Count
        $facts.classic = @($mailboxes | Get-MailboxStatistics).Count
        $facts.fault = Get-Fault { Get-EXOMailboxStatistics }
        """
    )
    assert done.facts["names"] == done.facts["statistics"]
    assert (done.facts["owners"], done.facts["senders"], done.facts["classic"]) == (4, 4, 4)
    assert "Get-EXOMailboxStatistics needs an identity" in done.facts["fault"]


def test_a_change_happens_once_and_not_at_all_with_whatif(shell: Shell) -> None:
    """-WhatIf asks the service what it would ask; only the confirmed call changes the mailbox."""
    done = shell.run(
        CONNECT
        + """
        $alias = (Get-Mailbox -ResultSize 1).Alias
        Set-Mailbox $alias -DisplayName Changed -WhatIf
        $facts.before = (Get-Mailbox $alias).DisplayName
        Set-Mailbox $alias -DisplayName Changed
        $facts.after = (Get-Mailbox $alias).DisplayName
        """
    )
    confirms = [
        e.parameters.get("Confirm") for e in shell.emulator.journal if e.cmdlet == "Set-Mailbox"
    ]
    assert done.facts["before"] != "Changed"
    assert done.facts["after"] == "Changed"
    assert confirms == [True, True, False]


@pytest.mark.behaviour("module.own.strict-mode")
def test_a_strict_caller_does_not_trip_the_module(shell: Shell) -> None:
    """Strict mode is the caller's business; an absent member of an answer is no error."""
    done = shell.run("""
        Set-StrictMode -Version Latest
        Connect-ExchangeOnline @contoso
        $facts.found = @(Get-Mailbox -ResultSize 2).Count + @(Get-EXOMailbox -ResultSize 2).Count
        $null = Get-Mailbox nobody -ErrorAction SilentlyContinue
        Disconnect-ExchangeOnline -Confirm:$false
        $facts.errors = @($Error | ForEach-Object { $_.Exception.Message })
    """)
    (told,) = done.facts["errors"]
    assert done.facts["found"] == 4
    assert "ManagementObjectNotFoundException" in told


@pytest.mark.behaviour("module.exo.encoded-id")
def test_names_of_any_script_are_found_by_the_built_in_cmdlets(shell: Shell) -> None:
    """An identity with quotes, slashes or foreign letters reaches the service as it is."""
    done = shell.run(
        CONNECT
        + """
        $facts.texts = @(foreach ($name in "O'Hara/Ops?", 'Zoë & Co#1', '株式会社', '>>>???') {
            Get-Fault { Get-EXOMailboxStatistics $name -ErrorAction Stop }
        })
        """
    )
    texts = done.facts["texts"]
    for name, text in zip(("O'Hara/Ops?", "Zoë & Co#1", "株式会社", ">>>???"), texts, strict=True):
        assert f"'{name}'" in text
