"""Which resource each built-in cmdlet reads, and how it asks."""

import base64

import pytest

from tests.emulator_module.recorder import Recorder
from tests.emulator_module.shell import Shell

CONNECT = "Connect-ExchangeOnline @contoso\n"


def coded(text: str) -> str:
    """Return *text* as it stands in the address of a resource."""
    return base64.b64encode(text.encode()).decode()


ANN = f"'{coded('ann')}'"


CALENDAR = f"'{coded(chr(92) + 'Calendar')}'"


FOLDERS = "MailboxFolder/Exchange.GetMailboxFolderStatistics"


DEVICES = "Exchange.GetMobileDeviceStatistics()"


RESOURCES = {
    "mailboxes": ("Get-EXOMailbox", "Mailbox?PropertySet=Minimum"),
    "null is everybody": ("Get-EXOMailbox -Identity $null", "Mailbox?PropertySet=Minimum"),
    "a mailbox": ("Get-EXOMailbox ann", f"Mailbox({ANN})?isEncoded=true&PropertySet=Minimum"),
    "properties": (
        "Get-EXOMailbox -Properties A,B -PropertySets Quota,Audit -Filter 'A -eq 1'",
        "Mailbox?PropertySet=Quota,Audit&$select=A,B&$filter=A -eq 1",
    ),
    "switches": (
        "Get-EXOMailbox -Archive -SoftDeletedMailbox:$false -Anr x",
        "Mailbox?PropertySet=Minimum&Anr=x&Archive=true",
    ),
    "protocols": ("Get-EXOCasMailbox ann", f"CasMailbox({ANN})?isEncoded=true&PropertySet=Minimum"),
    "recipients": (
        "Get-EXORecipient -RecipientType MailUser",
        "Recipient?PropertySet=Minimum&RecipientType=MailUser",
    ),
    "statistics": (
        "Get-EXOMailboxStatistics ann -Archive",
        f"Mailbox({ANN})/Exchange.GetMailboxStatistics()?isEncoded=true&Archive=true",
    ),
    "folders": (
        "Get-EXOMailboxFolderStatistics ann -Folderscope Inbox",
        f"Mailbox({ANN})/{FOLDERS}(folderscope=Exchange.ElcFolderType'Inbox')?isEncoded=true",
    ),
    "permissions": (
        "Get-EXOMailboxPermission -Identity ann -User bob",
        f"Mailbox({ANN})/MailboxPermission?isEncoded=true&User=bob",
    ),
    "recipient permissions": (
        "Get-EXORecipientPermission ann",
        f"Recipient({ANN})/RecipientPermission?isEncoded=true",
    ),
    "folder permissions": (
        "Get-EXOMailboxFolderPermission ann:\\Calendar",
        f"Mailbox({ANN})/MailboxFolder({CALENDAR})/MailboxFolderPermission?isEncoded=true",
    ),
    "devices": (
        "Get-EXOMobileDeviceStatistics -Mailbox ann -ActiveSync",
        f"Mailbox({ANN})/MobileDevice/{DEVICES}?isEncoded=true&ActiveSync=true",
    ),
    "a device": (
        "Get-EXOMobileDeviceStatistics -Identity ann",
        f"MobileDevice({ANN})/{DEVICES}?isEncoded=true",
    ),
    "the most exact name": (
        "[pscustomobject]@{Identity='x'; UserPrincipalName='ann'} | Get-EXOMailboxStatistics",
        f"Mailbox({ANN})/Exchange.GetMailboxStatistics()?isEncoded=true",
    ),
    "a piped text": (
        "'ann' | Get-EXOMailboxPermission",
        f"Mailbox({ANN})/MailboxPermission?isEncoded=true",
    ),
}


@pytest.mark.behaviour(
    "module.exo.resources",
    "module.exo.resources.guessed",
    "module.exo.null-identity",
    "module.exo.piped-identity",
)
def test_each_built_in_cmdlet_reads_its_resource(recorded: Shell, recorder: Recorder) -> None:
    """Path and query of each, for names given by position, by name and by the pipeline."""
    done = recorded.run(CONNECT + "\n".join(call for call, _ in RESOURCES.values()))
    base = "/adminapi/beta/contoso.onmicrosoft.com/"
    asked = [each.path.removeprefix(base) for each in recorder.calls()]
    assert asked == [path for _, path in RESOURCES.values()], done.stderr
    assert {each.method for each in recorder.calls()} == {"GET"}
