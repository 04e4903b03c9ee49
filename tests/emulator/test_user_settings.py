"""What is set for a user, mailbox by mailbox, is read, changed and filtered."""

import pytest

SETTINGS = {
    "the directory's entry": (
        "User",
        {"Title": "Chief, everything", "Department": "Ölwerk", "Manager": "somebody"},
    ),
    "protocols": (
        "CASMailbox",
        {"PopEnabled": False, "ImapEnabled": False, "ActiveSyncAllowedDeviceIDs": ["a", "b"]},
    ),
    "replies": (
        "MailboxAutoReplyConfiguration",
        {
            "AutoReplyState": "Scheduled",
            "StartTime": "2026-11-27T08:00:00Z",
            "ExternalMessage": "<b>Away</b>",
            "ExternalAudience": "All",
        },
    ),
    "the language": (
        "MailboxRegionalConfiguration",
        {"Language": "fr-FR", "TimeZone": "Romance Standard Time"},
    ),
    "junk mail": (
        "MailboxJunkEmailConfiguration",
        {"Enabled": False, "BlockedSendersAndDomains": ["x.example"]},
    ),
    "the focused inbox": ("FocusedInbox", {"FocusedInboxOn": False}),
    "meeting requests": (
        "CalendarProcessing",
        {"AutomateProcessing": "AutoAccept", "BookingWindowInDays": 30, "AllowConflicts": True},
    ),
}


@pytest.mark.behaviour("tenant.settings")
@pytest.mark.parametrize(("noun", "wanted"), SETTINGS.values(), ids=SETTINGS)
def test_a_setting_is_changed_for_one_mailbox(own, noun, wanted):
    """What is set is read back, what is not set stays, and nobody else's is touched."""
    who, other = own.alias(0), own.alias(1)
    (before,) = own.rows(f"Get-{noun}", Identity=who)
    (others,) = own.rows(f"Get-{noun}", Identity=other)
    assert set(wanted) <= set(before)
    assert own.rows(f"Set-{noun}", Identity=who, **wanted) == []
    (after,) = own.rows(f"Get-{noun}", Identity=who)
    plain = {name: value for name, value in after.items() if "@" not in name}
    assert plain == {n: v for n, v in before.items() if "@" not in n} | wanted
    assert own.rows(f"Get-{noun}", Identity=other) == [others]
    assert own.refusal(f"Set-{noun}", Identity="nobody", **wanted)[0] == 404


@pytest.mark.parametrize("noun", ["User", "CASMailbox"])
def test_a_listing_has_every_mailbox_and_takes_a_filter(client, noun):
    """All are listed in pages, once each; a filter leaves those that fit."""
    rows = client.rows(f"Get-{noun}", ResultSize="Unlimited")
    assert len({row["Guid"] for row in rows}) == len(rows) == 120
    name = {"User": "Department", "CASMailbox": "PopEnabled"}[noun]
    value = rows[7][name]
    written = f"${value}".lower() if isinstance(value, bool) else f"'{value}'"
    found = client.rows(f"Get-{noun}", ResultSize="Unlimited", Filter=f"{name} -eq {written}")
    assert found == [row for row in rows if row[name] == value]
    assert 0 < len(found) < 120
    page = client.invoke(f"Get-{noun}", {"ResultSize": "Unlimited"}, prefer="odata.maxpagesize=50")
    link = page.json()["@odata.nextLink"]
    assert client.invoke("", url=link).json()["value"][0] == rows[50]


def test_a_list_is_added_to(own):
    """`@{Add=…}` goes on from what is there."""
    who = own.alias()
    for value in ("one.example", "two.example"):
        change = {"TrustedSendersAndDomains": {"Add": value}}
        own.rows("Set-MailboxJunkEmailConfiguration", Identity=who, **change)
    (row,) = own.rows("Get-MailboxJunkEmailConfiguration", Identity=who)
    assert row["TrustedSendersAndDomains"][-2:] == ["one.example", "two.example"]


@pytest.mark.behaviour("tenant.people")
def test_people_are_as_various_as_real_ones(client):
    """Titles with commas, departments of other alphabets, none at all; the blocked; the absent."""
    users = client.rows("Get-User", ResultSize="Unlimited")
    departments = {row["Department"] for row in users}
    assert {"", "人事", "Sales, EMEA"} <= departments
    assert {row["AccountDisabled"] for row in users} == {True, False}
    states = {
        client.rows("Get-MailboxAutoReplyConfiguration", Identity=row["Guid"])[0]["AutoReplyState"]
        for row in users
    }
    assert states == {"Disabled", "Enabled", "Scheduled"}


def test_rooms_answer_by_themselves(client):
    """A room accepts; a person is only kept up to date."""
    kinds = {
        (
            row["RecipientTypeDetails"] == "RoomMailbox",
            client.rows("Get-CalendarProcessing", Identity=row["Alias"])[0]["AutomateProcessing"],
        )
        for row in client.rows("Get-Mailbox", ResultSize="Unlimited")
    }
    assert kinds == {(True, "AutoAccept"), (False, "AutoUpdate")}
