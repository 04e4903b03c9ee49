"""Mailboxes have folders with what is in them, and with rights that can be given and taken."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.sample import sample_tenant
from emulator.tenant.estate import Estate
from emulator.tenant.folders import folders_of

ESTATE = Estate(sample_tenant(mailboxes=1_000_000))
EVERYBODY = ["Default", "Anonymous"]


def bytes_of(text):
    """Return the number in `1.2 GB (1,234 bytes)`."""
    return int(text.partition("(")[2].split()[0].replace(",", ""))


@pytest.mark.behaviour("tenant.folders.sums")
@given(st.integers(0, 999_999))
def test_folders_hold_what_the_mailbox_holds(index):
    """Items and bytes of the visible folders, and of the recoverable ones, add up."""
    mailbox = ESTATE.mailbox(index)
    folders = folders_of(mailbox)
    assert len({each.path for each in folders}) == len(folders)
    visible = [each for each in folders if not each.kind.startswith("Recoverable")]
    recoverable = [each for each in folders if each not in visible]
    assert sum(each.items for each in visible) == mailbox.item_count
    assert sum(each.size for each in visible) == mailbox.total_bytes
    assert sum(each.items for each in recoverable) == mailbox.deleted_item_count
    assert sum(each.size for each in recoverable) == mailbox.deleted_bytes
    assert all(each.items >= 0 and each.size >= 0 for each in folders)


@pytest.mark.behaviour("tenant.folders.statistics")
def test_folder_statistics_agree_with_the_mailbox(client):
    """The root counts all that is below it, and dates come only when they are asked for."""
    who = client.alias(4)
    (whole,) = client.rows("Get-MailboxStatistics", Identity=who)
    rows = client.rows("Get-MailboxFolderStatistics", Identity=who)
    root = next(row for row in rows if row["FolderType"] == "Root")
    assert root["ItemsInFolderAndSubfolders"] == whole["ItemCount"]
    assert root["FolderAndSubfolderSize"] == whole["TotalItemSize"]
    assert {row["NewestItemReceivedDate"] for row in rows} == {None}
    dated = client.rows(
        "Get-MailboxFolderStatistics", Identity=who, IncludeOldestAndNewestItems=True
    )
    for row in dated:
        dates = (row["OldestItemReceivedDate"], row["NewestItemReceivedDate"])
        assert (None in dates) == (row["ItemsInFolder"] == 0)
        assert None in dates or dates[0] <= dates[1]


@pytest.mark.parametrize(
    ("scope", "kinds"),
    [
        ("Inbox", {"Inbox"}),
        ("calendar", {"Calendar"}),
        (
            "RecoverableItems",
            {
                "RecoverableItemsRoot",
                "RecoverableItemsDeletions",
                "RecoverableItemsPurges",
                "RecoverableItemsVersions",
                "RecoverableItemsDiscoveryHolds",
            },
        ),
    ],
)
def test_a_scope_chooses_folders(client, scope, kinds):
    """-FolderScope leaves the folders of one kind, by cmdlet and by resource."""
    who = client.alias(2)
    rows = client.rows("Get-MailboxFolderStatistics", Identity=who, FolderScope=scope)
    assert {row["FolderType"] for row in rows} == kinds
    place = f"Mailbox('{who}')/MailboxFolder/Exchange.GetMailboxFolderStatistics"
    answer = client.get(f"{place}(folderscope=Exchange.ElcFolderType'{scope}')")
    assert answer.json()["value"] == rows


@pytest.mark.behaviour("tenant.folders.language")
def test_folders_are_named_in_the_language_of_the_mailbox(client):
    """Who looks for `Calendar` does not find it where it is called `Kalender`."""
    names = {}
    for row in client.rows("Get-Mailbox", ResultSize=40):
        who = row["Alias"]
        (region,) = client.rows("Get-MailboxRegionalConfiguration", Identity=who)
        folders = client.rows("Get-MailboxFolderStatistics", Identity=who, FolderScope="Calendar")
        names[region["Language"]] = (who, folders[0]["Name"])
    assert names["de-DE"][1] == "Kalender"
    assert names["en-US"][1] == "Calendar"
    who = names["de-DE"][0]
    assert client.refusal("Get-MailboxFolderPermission", Identity=f"{who}:\\Calendar")[0] == 404
    assert client.rows("Get-MailboxFolderPermission", Identity=f"{who}:\\kalender")


def english(client):
    """Return the alias of a mailbox whose folders have English names."""
    for row in client.rows("Get-Mailbox", ResultSize=40):
        (region,) = client.rows("Get-MailboxRegionalConfiguration", Identity=row["Alias"])
        if region["Language"].startswith("en"):
            return row["Alias"]
    raise AssertionError("every mailbox speaks another language")


@pytest.mark.behaviour("tenant.folders.permissions")
def test_rights_in_a_folder_are_given_changed_and_taken(own):
    """Each step is seen by the next reader, by the display name, and by no other folder's."""
    who, friend = english(own), own.rows("Get-Mailbox", ResultSize=60)[-1]
    place = {"Identity": f"{who}:\\Calendar"}
    user = {"User": friend["PrimarySmtpAddress"]}

    def rights(folder="Calendar"):
        rows = own.rows("Get-MailboxFolderPermission", Identity=f"{who}:\\{folder}")
        assert [row["User"] for row in rows][:2] == EVERYBODY
        return {row["User"]: row["AccessRights"] for row in rows}

    before = rights(), rights("Inbox")
    assert friend["DisplayName"] not in before[0]
    (added,) = own.rows("Add-MailboxFolderPermission", **place, **user, AccessRights=["editor"])
    assert (added["User"], added["AccessRights"]) == (friend["DisplayName"], ["Editor"])
    assert rights() == before[0] | {friend["DisplayName"]: ["Editor"]}
    own.rows("Set-MailboxFolderPermission", **place, **user, AccessRights=["Reviewer"])
    assert rights()[friend["DisplayName"]] == ["Reviewer"]
    own.rows(
        "Set-MailboxFolderPermission", **place, User="default", AccessRights=["LimitedDetails"]
    )
    assert rights()["Default"] == ["LimitedDetails"]
    own.rows("Remove-MailboxFolderPermission", **place, **user)
    assert rights() == before[0] | {"Default": ["LimitedDetails"]}
    assert rights("Inbox") == before[1]


@pytest.mark.behaviour("tenant.folders.permissions.refused")
def test_an_entry_is_there_once_or_not_at_all(own):
    """A second entry, and one that is not there, are refused in Exchange's words."""
    who, friend = english(own), own.rows("Get-Mailbox", ResultSize=60)[-1]
    given = {"Identity": f"{who}:\\Calendar", "User": friend["Alias"]}
    status, text = own.refusal("Remove-MailboxFolderPermission", **given)
    missing = f"There is no existing permission entry found for user: {friend['DisplayName']}."
    assert (status, missing in text) == (404, True)
    own.rows("Add-MailboxFolderPermission", **given, AccessRights=["Editor"])
    status, text = own.refusal("Add-MailboxFolderPermission", **given, AccessRights=["Owner"])
    twice = f"An existing permission entry was found for user: {friend['DisplayName']}."
    assert (status, twice in text) == (400, True)
    assert own.refusal("Add-MailboxFolderPermission", **given, AccessRights=["King"])[0] == 400
    nobody = given | {"User": "nobody"}
    assert own.refusal("Get-MailboxFolderPermission", **nobody)[0] == 404


@pytest.mark.behaviour("tenant.folders.resource")
def test_the_resource_of_a_folder_has_its_rights(client):
    """Get-EXOMailboxFolderPermission reads what the cmdlet reads; both keys are encoded."""
    who = english(client)
    keys = [
        quote(base64.b64encode(text.encode()).decode(), safe="") for text in (who, "\\Calendar")
    ]
    path = f"Mailbox('{keys[0]}')/MailboxFolder('{keys[1]}')/MailboxFolderPermission"
    answer = client.get(f"{path}?isEncoded=true").json()["value"]
    assert answer == client.rows("Get-MailboxFolderPermission", Identity=f"{who}:\\Calendar")
    found = client.get(f"{path}?isEncoded=true&User=Anonymous").json()["value"]
    assert [row["User"] for row in found] == ["Anonymous"]
