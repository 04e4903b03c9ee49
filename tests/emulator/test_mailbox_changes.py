"""Mailboxes are made, changed and removed by cmdlets, and what was done can be read back."""

from datetime import timedelta

import pytest

from emulator.exchange.mailboxchanges import PLAIN
from emulator.exchange.mailboxdefaults import DEFAULTS
from emulator.exchange.parameters import Kind
from emulator.testing import running, sample_world


def one(client, identity, **more):
    """Return the one mailbox of that identity."""
    (row,) = client.rows("Get-Mailbox", Identity=identity, **more)
    return row


VALUES = {Kind.STRING: "new value", Kind.BOOLEAN: None, Kind.MULTI: ["one", "two"]}


@pytest.mark.behaviour("tenant.mailbox.set")
@pytest.mark.parametrize("parameter", PLAIN, ids=lambda each: each.name)
def test_a_property_is_set_and_shown(parameter):
    """Each parameter of Set-Mailbox sets a property that Get-Mailbox shows."""
    assert parameter.name in DEFAULTS
    assert isinstance(DEFAULTS[parameter.name], list) == (parameter.kind is Kind.MULTI)


@pytest.mark.behaviour("tenant.mailbox.set")
def test_all_properties_are_set_at_once(own):
    """What was set is shown in full rows and in chosen ones, and nothing else is changed."""
    who = own.alias()
    before = one(own, who)
    wanted = {
        each.name: not before[each.name] if each.kind is Kind.BOOLEAN else VALUES[each.kind]
        for each in PLAIN
    }
    assert own.rows("Set-Mailbox", Identity=who, **wanted) == []
    after = one(own, who)
    assert {name: after[name] for name in wanted} == wanted
    assert {n: v for n, v in after.items() if n not in wanted} == {
        n: v for n, v in before.items() if n not in wanted
    }
    chosen = own.get(f"Mailbox('{who}')?$select=Office").json()
    assert chosen["Office"] == "new value"
    found = own.rows("Get-Mailbox", Filter="CustomAttribute3 -eq 'new value'")
    assert [row["Alias"] for row in found] == [who]


@pytest.mark.behaviour("tenant.mailbox.addresses")
def test_a_new_primary_address_leaves_the_old_one_as_a_second(own):
    """The mailbox is found by both, and keeps its user principal name."""
    who = own.alias()
    before = one(own, who)["PrimarySmtpAddress"]
    change = {"Add": ["SMTP:new.name@contoso.com"]}
    own.rows("Set-Mailbox", Identity=who, EmailAddresses=change)
    after = one(own, "NEW.name@contoso.com")
    assert (after["Alias"], after["PrimarySmtpAddress"]) == (who, "new.name@contoso.com")
    assert after["UserPrincipalName"] == before
    assert f"smtp:{before}" in after["EmailAddresses"]
    assert [each for each in after["EmailAddresses"] if each.startswith("SMTP:")] == [
        "SMTP:new.name@contoso.com"
    ]
    assert one(own, before)["Alias"] == who


BAD_ADDRESSES = {
    "of a foreign domain": ({"Add": "x@fabrikam.example"}, 400, "accepted domain"),
    "that are none": (["SMTP:nothing"], 400, "ProxyAddressCollection"),
    "without a primary one": (["smtp:x@contoso.com"], 400, "primary"),
    "by another word": ({"Plus": "x@contoso.com"}, 400, "MultiValuedProperty"),
}


@pytest.mark.behaviour("tenant.mailbox.addresses.refused")
@pytest.mark.parametrize(("change", "status", "text"), BAD_ADDRESSES.values(), ids=BAD_ADDRESSES)
def test_addresses_are_refused(client, change, status, text):
    """Addresses of foreign domains, without form, or without a primary one are not taken."""
    found, told = client.refusal("Set-Mailbox", Identity=client.alias(), EmailAddresses=change)
    assert found == status
    assert text in told


def test_delegates_are_named_by_any_identity(own):
    """GrantSendOnBehalfTo takes mailboxes that exist, adds them and removes them."""
    who, other = own.alias(), one(own, own.alias(1))
    for change, expected in (
        ({"Add": other["Guid"]}, [other["PrimarySmtpAddress"]]),
        ({"Remove": [other["Alias"]]}, []),
        (other["DistinguishedName"], [other["PrimarySmtpAddress"]]),
    ):
        own.rows("Set-Mailbox", Identity=who, GrantSendOnBehalfTo=change)
        assert one(own, who)["GrantSendOnBehalfTo"] == expected
    assert own.refusal("Set-Mailbox", Identity=who, GrantSendOnBehalfTo="nobody")[0] == 404


@pytest.mark.behaviour("tenant.mailbox.new")
def test_a_shared_mailbox_is_made(own):
    """It is listed last, found by its names, empty, and of the kind that was asked for."""
    (made,) = own.rows(
        "New-Mailbox", Name="Night Shift", Shared=True, PrimarySmtpAddress="night@contoso.com"
    )
    assert made["RecipientTypeDetails"] == "SharedMailbox"
    assert one(own, "night@contoso.com")["Guid"] == made["Guid"] == one(own, "NightShift")["Guid"]
    listed = own.rows("Get-Mailbox", ResultSize="Unlimited")
    assert [row["Guid"] for row in listed].index(made["Guid"]) == 80
    (statistics,) = own.rows("Get-MailboxStatistics", Identity="Night Shift")
    assert (statistics["ItemCount"], statistics["LastLogonTime"]) == (0, None)


def test_a_mailbox_is_made_once_and_of_one_kind(own):
    """An alias that is taken is refused, and so is a mailbox of no kind or of two."""
    own.rows("New-Mailbox", Name="Twice", Room=True)
    assert "already" in own.refusal("New-Mailbox", Name="Twice", Equipment=True)[1]
    for kinds in ({}, {"Room": True, "Shared": True}):
        status, text = own.refusal("New-Mailbox", Name="Other", **kinds)
        assert (status, "Parameter set" in text) == (400, True)


@pytest.mark.behaviour("tenant.mailbox.soft-deleted")
def test_a_removed_mailbox_is_soft_deleted(own):
    """It leaves the listing, is found among the deleted, and the deleted are all different."""
    who = own.alias(5)
    guid = one(own, who)["Guid"]
    before = own.rows("Get-Mailbox", SoftDeletedMailbox=True, ResultSize="Unlimited")
    own.rows("Remove-Mailbox", Identity=who, Confirm=False)
    assert own.refusal("Get-Mailbox", Identity=who)[0] == 404
    listed = own.rows("Get-Mailbox", ResultSize="Unlimited")
    assert (len(listed), guid in {row["Guid"] for row in listed}) == (79, False)
    after = own.rows("Get-Mailbox", SoftDeletedMailbox=True, ResultSize="Unlimited")
    assert {row["Guid"] for row in after} == {guid, *(row["Guid"] for row in before)}
    assert len(before) == 2
    assert all(row["WhenSoftDeleted"] for row in after)
    assert one(own, who, SoftDeletedMailbox=True)["Guid"] == guid


@pytest.mark.behaviour("tenant.mailbox.inactive")
def test_a_mailbox_removed_on_hold_is_inactive(own):
    """Who looks for inactive mailboxes finds it, alone or among the others, in one order."""
    who = own.alias(3)
    own.rows("Set-Mailbox", Identity=who, LitigationHoldEnabled=True)
    own.rows("Remove-Mailbox", Identity=who)
    inactive = own.rows("Get-Mailbox", InactiveMailboxOnly=True)
    assert who in {row["Alias"] for row in inactive}
    assert all(row["IsInactiveMailbox"] for row in inactive)
    both = own.rows("Get-Mailbox", IncludeInactiveMailbox=True, ResultSize="Unlimited")
    assert len(both) == len({row["Guid"] for row in both}) == 79 + len(inactive)
    pages, page = (
        [],
        own.get("Mailbox?IncludeInactiveMailbox=true&$top=200", Prefer="odata.maxpagesize=7"),
    )
    while page:
        pages += page.json()["value"]
        link = page.json().get("@odata.nextLink")
        page = own.get(link, Prefer="odata.maxpagesize=7") if link else None
    assert [row["Guid"] for row in pages] == [row["Guid"] for row in both]
    assert one(own, who, IncludeInactiveMailbox=True)["IsInactiveMailbox"] is True
    assert own.refusal("Get-Mailbox", Identity=own.alias(), InactiveMailboxOnly=True)[0] == 404


@pytest.mark.behaviour("tenant.mailbox.archive")
def test_an_archive_is_enabled_measured_and_disabled(own):
    """An archive has statistics of its own as long as it is there."""
    who = next(
        row["Alias"]
        for row in own.rows("Get-Mailbox", ResultSize="Unlimited")
        if row["ArchiveStatus"] == "None"
    )
    assert own.refusal("Get-MailboxStatistics", Identity=who, Archive=True)[0] == 404
    (enabled,) = own.rows("Enable-Mailbox", Identity=who, Archive=True)
    (statistics,) = own.rows("Get-MailboxStatistics", Identity=who, Archive=True)
    assert statistics["MailboxGuid"] == enabled["ArchiveGuid"]
    assert "already" in own.refusal("Enable-Mailbox", Identity=who, Archive=True)[1]
    own.rows("Disable-Mailbox", Identity=who, Archive=True)
    assert one(own, who)["ArchiveStatus"] == "None"


@pytest.mark.behaviour("exchange.staleness")
def test_a_change_is_stale_for_a_moment_if_asked(client_of):
    """Readers see what was, then what is; a second change goes on from the first."""
    world = sample_world(mailboxes=20, exchange={"staleness": "30s"})
    with running(world) as emulator:
        client = client_of(emulator)
        who = client.alias()
        for change in ({"Add": "smtp:a@contoso.com"}, {"Add": "smtp:b@contoso.com"}):
            client.rows("Set-Mailbox", Identity=who, EmailAddresses=change, Office="there")
        before = one(client, who)
        emulator.clocks.whole.shift += timedelta(seconds=31)
        after = one(client, who)
    assert (before["Office"], after["Office"]) == ("", "there")
    assert set(after["EmailAddresses"]) - set(before["EmailAddresses"]) == {
        "smtp:a@contoso.com",
        "smtp:b@contoso.com",
    }


def test_a_kind_is_converted(own):
    """Set-Mailbox -Type makes a shared mailbox of a user's."""
    who = next(
        row["Alias"]
        for row in own.rows("Get-Mailbox")
        if row["RecipientTypeDetails"] == "UserMailbox"
    )
    own.rows("Set-Mailbox", Identity=who, Type="shared")
    row = one(own, who)
    assert (row["RecipientTypeDetails"], row["IsShared"]) == ("SharedMailbox", True)
