"""A night of an administrator: what published scripts do, through the module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.testing import running, sample_world
from tests.emulator_module.shell import Shell

CONNECT = "Connect-ExchangeOnline @contoso; $quiet = @{ Confirm = $false }\n"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Shell]:
    """A shell whose tenant only this test changes."""
    with running(sample_world(mailboxes=60, retry_wait_scale=0.001)) as emulator:
        yield Shell(emulator=emulator, folder=tmp_path)


@pytest.mark.behaviour("module.list-change")
def test_a_hash_table_adds_and_removes(own: Shell) -> None:
    """`@{Add=…; Remove=…}` and a plain list reach the service as what they are."""
    done = own.run(
        CONNECT
        + """
        $who = (Get-Mailbox -ResultSize 1).Alias
        $other = (Get-Mailbox -ResultSize 2)[1].Alias
        $one, $two, $three = 'one', 'two', 'three' | ForEach-Object { "smtp:$_@contoso.com" }
        Set-Mailbox $who -EmailAddresses @{ Add = $one, $two } @quiet
        Set-Mailbox $who -EmailAddresses @{ Add = $three; Remove = $one } @quiet
        $facts.addresses = @((Get-Mailbox $who).EmailAddresses -match ':(one|two|three)@')
        Set-Mailbox $who -GrantSendOnBehalfTo $other @quiet
        $facts.delegates = @((Get-Mailbox $who).GrantSendOnBehalfTo).Count
        Set-Mailbox $who -GrantSendOnBehalfTo $null @quiet
        $facts.cleared = @((Get-Mailbox $who).GrantSendOnBehalfTo).Count
        """
    )
    assert done.stderr == ""
    assert done.facts["addresses"] == ["smtp:two@contoso.com", "smtp:three@contoso.com"]
    assert (done.facts["delegates"], done.facts["cleared"]) == (1, 0)


def test_a_mailbox_is_handed_over(own: Shell) -> None:
    """Convert, hide, forward, give rights, answer for: the steps when somebody leaves."""
    done = own.run(
        CONNECT
        + r"""
        $ErrorActionPreference = 'Stop'
        $users = "RecipientTypeDetails -eq 'UserMailbox'"
        $leaver, $boss = Get-EXOMailbox -Filter $users -ResultSize 2
        $friend = @{ User = $boss.Alias }
        $who = $leaver.UserPrincipalName
        Set-Mailbox $who -Type Shared -HiddenFromAddressListsEnabled $true @quiet
        Set-Mailbox $who -ForwardingAddress $boss.Alias -DeliverToMailboxAndForward $true @quiet
        $null = Add-MailboxPermission $who @friend -AccessRights FullAccess @quiet
        $null = Add-RecipientPermission $who -Trustee $boss.Alias -AccessRights SendAs @quiet
        $replies = @{ AutoReplyState = 'Enabled'; InternalMessage = 'Gone' }
        Set-MailboxAutoReplyConfiguration $who @replies @quiet
        Set-CASMailbox $who -PopEnabled $false -ImapEnabled $false @quiet
        $calendar = Get-EXOMailboxFolderStatistics $who -FolderScope Calendar
        $folder = "${who}:\$($calendar.Name)"
        $null = Add-MailboxFolderPermission $folder @friend -AccessRights Editor @quiet
        $facts.mailbox = Get-EXOMailbox $who -PropertySets Delivery |
            Select-Object RecipientTypeDetails, ForwardingAddress
        $address = $boss.PrimarySmtpAddress
        $facts.access = (Get-EXOMailboxPermission $who |
                Where-Object User -eq $address).AccessRights
        $facts.sendAs = @(Get-EXORecipientPermission $who -Trustee $address).Count
        $facts.replies = (Get-MailboxAutoReplyConfiguration $who).InternalMessage
        $facts.pop = (Get-EXOCasMailbox $who).PopEnabled
        $facts.folder = (Get-EXOMailboxFolderPermission $folder |
                Where-Object User -eq $boss.DisplayName).AccessRights
        $facts.boss = $boss.Alias
        """
    )
    assert done.stderr == ""
    facts = done.facts
    assert facts["mailbox"] == {
        "RecipientTypeDetails": "SharedMailbox",
        "ForwardingAddress": facts["boss"],
    }
    assert (facts["access"], facts["sendAs"], facts["replies"], facts["pop"], facts["folder"]) == (
        ["FullAccess"],
        1,
        "Gone",
        False,
        ["Editor"],
    )


def test_reports_read_what_they_need(own: Shell) -> None:
    """Groups with their members, recipients, devices, rules of transport and plans, by pipeline."""
    done = own.run(
        CONNECT
        + """
        $ErrorActionPreference = 'Stop'
        $facts.members = @(Get-DistributionGroup | Get-DistributionGroupMember).Count
        $facts.staff = @(Get-DynamicDistributionGroupMember 'All Staff').Count
        $facts.recipients = @(Get-EXORecipient -ResultSize Unlimited).Count
        $facts.devices = @(Get-EXOMailbox -ResultSize Unlimited |
            ForEach-Object { Get-EXOMobileDeviceStatistics -Mailbox $_.Alias }).Count
        $facts.all = @(Get-MobileDevice -ResultSize Unlimited).Count
        $facts.rules = @(Get-TransportRule | Where-Object State -eq 'Enabled').Count
        $facts.connectors = @(Get-InboundConnector).Count + @(Get-OutboundConnector).Count
        $facts.plan = (Get-MailboxPlan | Where-Object IsDefault).Name
        $facts.deleted = @(Get-EXOMailbox -SoftDeletedMailbox).Count
        $facts.cmdlets = (Get-Command -Module tmpEXO_*).Count
        """
    )
    assert done.stderr == ""
    facts = done.facts
    assert facts["recipients"] == 68
    assert facts["devices"] == facts["all"] > 20
    assert (facts["rules"], facts["connectors"]) == (4, 4)
    assert (facts["plan"], facts["deleted"]) == ("ExchangeOnlineEnterprise", 2)
    assert facts["members"] > 0
    assert 0 < facts["staff"] < 60
    assert facts["cmdlets"] > 150
