"""Cmdlets find, choose, change and report mailboxes."""

import pytest

from emulator.testing import running, sample_world

IDENTITIES = [
    "Identity",
    "Guid",
    "ExchangeGuid",
    "ExternalDirectoryObjectId",
    "Alias",
    "PrimarySmtpAddress",
    "UserPrincipalName",
    "DistinguishedName",
]


@pytest.mark.parametrize("name", IDENTITIES)
def test_a_mailbox_is_found_by_every_identity(client, name):
    """Whatever of a mailbox identifies it in Exchange leads back to it."""
    for row in client.invoke("Get-Mailbox", {"ResultSize": 9}).json()["value"]:
        found = client.invoke("Get-Mailbox", {"Identity": str(row[name]).upper()}).json()["value"]
        assert [each["Guid"] for each in found] == [row["Guid"]]


def test_a_change_can_be_read_back(client_of):
    """Set-Mailbox changes what Get-Mailbox shows, and `$null` clears it again."""
    with running(sample_world()) as emulator:
        client = client_of(emulator)
        alias = client.invoke("Get-Mailbox", {"ResultSize": 1}).json()["value"][0]["Alias"]

        def forwarding():
            row = client.invoke("Get-Mailbox", {"Identity": alias}).json()["value"][0]
            return row["ForwardingSmtpAddress"], row["DeliverToMailboxAndForward"]

        setting = {"Identity": alias, "DeliverToMailboxAndForward": True}
        address = {"ForwardingSmtpAddress": "backup@fabrikam.example"}
        assert client.invoke("Set-Mailbox", setting | address).json()["value"] == []
        assert forwarding() == ("smtp:backup@fabrikam.example", True)
        client.invoke("Set-Mailbox", setting | {"ForwardingSmtpAddress": None})
        assert forwarding() == (None, True)


def test_a_validation_call_changes_nothing(client_of):
    """`Confirm` asks what to ask; only the second call acts."""
    with running(sample_world()) as emulator:
        client = client_of(emulator)
        alias = client.invoke("Get-Mailbox", {"ResultSize": 1}).json()["value"][0]["Alias"]
        change = {"Identity": alias, "DisplayName": "Changed", "Confirm": True}
        asked = client.invoke("Set-Mailbox", change).json()
        before = client.invoke("Get-Mailbox", {"Identity": alias}).json()["value"][0]
        client.invoke("Set-Mailbox", change | {"Confirm": False})
        after = client.invoke("Get-Mailbox", {"Identity": "Changed"}).json()["value"][0]
    assert asked["@adminapi.confirmationmessage"]
    assert before["DisplayName"] != "Changed"
    assert after["Alias"] == alias


def test_statistics_show_sizes_as_text(client):
    """Get-MailboxStatistics writes sizes as Exchange prints them."""
    rows = client.invoke("Get-Mailbox", {"ResultSize": 10}).json()["value"]
    for row in rows:
        answer = client.invoke("Get-MailboxStatistics", {"Identity": row["Alias"]}).json()
        (statistics,) = answer["value"]
        assert statistics["MailboxGuid"] == row["ExchangeGuid"]
        assert statistics["TotalItemSize"].endswith(" bytes)")


def test_rules_permissions_and_domains_are_there_to_be_reported(client):
    """Among 120 mailboxes some have rules that forward, delegates and senders."""
    rows = client.invoke("Get-Mailbox", {"ResultSize": "Unlimited"}).json()["value"]

    def outputs(cmdlet, parameter):
        for row in rows:
            yield from client.invoke(cmdlet, {parameter: row["PrimarySmtpAddress"]}).json()["value"]

    rules = list(outputs("Get-InboxRule", "Mailbox"))
    assert any(rule["ForwardTo"] or rule["RedirectTo"] for rule in rules)
    own = "NT AUTHORITY\\SELF"
    trustees = {each["User"] for each in outputs("Get-MailboxPermission", "Identity")}
    assert own in trustees
    assert len(trustees) > 3
    senders = client.invoke("Get-RecipientPermission", {"ResultSize": "Unlimited"}).json()["value"]
    assert len(senders) > len(rows)
    domains = client.invoke("Get-AcceptedDomain").json()["value"]
    assert [each["DomainName"] for each in domains] == ["contoso.onmicrosoft.com", "contoso.com"]


CHOICES = {
    "by the beginning of a name": ({"Anr": "team-"}, lambda row: row["Alias"].startswith("team-")),
    "by a filter": (
        {"Filter": "ForwardingSmtpAddress -ne $null"},
        lambda row: row["ForwardingSmtpAddress"] is not None,
    ),
    "by a kind": (
        {"RecipientTypeDetails": "roommailbox"},
        lambda row: row["RecipientTypeDetails"] == "RoomMailbox",
    ),
    "the archives": (
        {"Archive": {"IsPresent": True}},
        lambda row: row["ArchiveStatus"] == "Active",
    ),
    "a plan": (
        {"MailboxPlan": "exchangeonlineenterprise"},
        lambda row: row["MailboxPlan"] == "ExchangeOnlineEnterprise",
    ),
    "a plan that nobody has": ({"MailboxPlan": "ExchangeOnlineDeskless"}, lambda _: False),
    "the organization's own unit": (
        {"OrganizationalUnit": "contoso.onmicrosoft.com"},
        lambda _: True,
    ),
}


@pytest.mark.parametrize(("parameters", "fits"), CHOICES.values(), ids=CHOICES)
def test_get_mailbox_chooses(client, parameters, fits):
    """Exactly the mailboxes that fit come, each once."""
    everything = client.invoke("Get-Mailbox", {"ResultSize": "Unlimited"}).json()["value"]
    chosen = client.invoke("Get-Mailbox", {"ResultSize": "Unlimited"} | parameters).json()["value"]
    assert chosen == [row for row in everything if fits(row)]


def test_one_rule_is_found_by_its_name(client):
    """Get-InboxRule -Identity chooses among a mailbox's rules."""
    rows = client.invoke("Get-Mailbox", {"ResultSize": "Unlimited"}).json()["value"]
    mailbox, rule = next(
        (row["Alias"], found[-1])
        for row in rows
        if (found := client.invoke("Get-InboxRule", {"Mailbox": row["Alias"]}).json()["value"])
    )
    for name in ("Name", "Identity", "RuleIdentity"):
        parameters = {"Mailbox": mailbox, "Identity": str(rule[name])}
        assert rule in client.invoke("Get-InboxRule", parameters).json()["value"]
    nothing = client.invoke("Get-InboxRule", {"Mailbox": mailbox, "Identity": "Nope"})
    assert nothing.status_code == 404


def test_a_mailbox_may_forward_to_another(client_of):
    """ForwardingAddress takes any identity of a mailbox that exists, and no other."""
    with running(sample_world()) as emulator:
        client = client_of(emulator)
        first, second = client.invoke("Get-Mailbox", {"ResultSize": 2}).json()["value"]
        target = {"Identity": first["Alias"], "ForwardingAddress": second["Guid"]}
        hiding = {"HiddenFromAddressListsEnabled": True}
        assert client.invoke("Set-Mailbox", target | hiding).status_code == 200
        changed = client.invoke("Get-Mailbox", {"Identity": first["Guid"]}).json()["value"][0]
        wrong = client.invoke("Set-Mailbox", target | {"ForwardingAddress": "nobody"})
        worse = client.invoke(
            "Set-Mailbox", {"Identity": first["Alias"], "ForwardingSmtpAddress": "no-address"}
        )
    assert changed["ForwardingAddress"] == second["Alias"]
    assert changed["HiddenFromAddressListsEnabled"] is True
    assert (wrong.status_code, worse.status_code) == (404, 400)
