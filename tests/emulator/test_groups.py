"""Groups of every kind are listed, read into, made, changed and removed."""

import pytest

from emulator.exchange.mailboxrows import mailbox_row
from emulator.exchange.opath import predicate
from emulator.tenant.estate import Estate
from emulator.tenant.groupbook import GroupBook
from emulator.tenant.groups import GroupKind

LISTINGS = {
    "Get-DistributionGroup": {
        "MailUniversalDistributionGroup",
        "MailUniversalSecurityGroup",
        "RoomList",
    },
    "Get-DynamicDistributionGroup": {"DynamicDistributionGroup"},
    "Get-UnifiedGroup": {"GroupMailbox"},
}
IDENTITIES = ["Guid", "ExternalDirectoryObjectId", "Alias", "PrimarySmtpAddress", "DisplayName"]


@pytest.fixture(scope="module")
def large(client_of):
    """A client of a tenant with 800 mailboxes, which has groups of every kind."""
    from emulator.testing import running, sample_world

    with running(sample_world(mailboxes=800)) as emulator:
        yield client_of(emulator)


@pytest.mark.behaviour("tenant.groups")
def test_each_listing_has_its_kinds(large):
    """Together they have every group once, found by every identity."""
    seen = []
    for cmdlet, kinds in LISTINGS.items():
        rows = large.rows(cmdlet, ResultSize="Unlimited")
        assert {row["RecipientTypeDetails"] for row in rows} == kinds
        seen += rows
        for name in (*IDENTITIES, "DistinguishedName"):
            found = large.rows(cmdlet, Identity=rows[-1][name])
            assert [row["Guid"] for row in found] == [rows[-1]["Guid"]]
    assert len({row["Guid"] for row in seen}) == len(seen) == 100
    assert any(not row["ManagedBy"] for row in seen)
    assert large.refusal("Get-UnifiedGroup", Identity="nobody")[0] == 404


def test_a_listing_is_narrowed(large):
    """By type, owner, the beginning of a name, and a filter."""
    every = large.rows("Get-DistributionGroup", ResultSize="Unlimited")
    for parameters, fits in (
        (
            {"RecipientTypeDetails": "RoomList"},
            lambda row: row["RecipientTypeDetails"] == "RoomList",
        ),
        (
            {"ManagedBy": every[0]["ManagedBy"][0]},
            lambda row: row["ManagedBy"] == every[0]["ManagedBy"],
        ),
        ({"Anr": "it al"}, lambda row: row["DisplayName"].startswith("IT Al")),
        (
            {"Filter": "RequireSenderAuthenticationEnabled -eq $false"},
            lambda row: not row["RequireSenderAuthenticationEnabled"],
        ),
    ):
        rows = large.rows("Get-DistributionGroup", ResultSize="Unlimited", **parameters)
        assert rows == [row for row in every if fits(row)]
        assert 0 < len(rows) < len(every)


@pytest.mark.behaviour("tenant.groups.dynamic")
def test_a_dynamic_group_has_whoever_fits(large):
    """All staff are all users; a change makes somebody fit no more."""
    (group,) = large.rows("Get-DynamicDistributionGroup", Identity="All Staff")
    assert group["RecipientFilter"] == "RecipientTypeDetails -eq 'UserMailbox'"
    members = large.rows(
        "Get-DynamicDistributionGroupMember", Identity="All Staff", ResultSize="Unlimited"
    )
    users = large.rows("Get-Mailbox", RecipientTypeDetails="UserMailbox", ResultSize="Unlimited")
    assert [row["Guid"] for row in members] == [row["Guid"] for row in users]


@pytest.mark.behaviour("tenant.groups.members")
def test_members_are_mailboxes_and_groups(large):
    """Some groups are empty, some hold groups, none holds itself."""
    counts, kinds = set(), set()
    for group in large.rows("Get-DistributionGroup", ResultSize="Unlimited"):
        rows = large.rows("Get-DistributionGroupMember", Identity=group["Alias"])
        counts.add(len(rows))
        kinds |= {row["RecipientTypeDetails"] for row in rows}
        assert group["Guid"] not in {row["Guid"] for row in rows}
    assert 0 in counts
    assert kinds >= {"UserMailbox", "SharedMailbox", "MailUniversalDistributionGroup"}


def test_links_are_members_and_owners(large):
    """Get-UnifiedGroupLinks tells members from owners, as the group itself counts them."""
    for group in large.rows("Get-UnifiedGroup", ResultSize="Unlimited")[:8]:
        who = {"Identity": group["Guid"]}
        members = large.rows("Get-UnifiedGroupLinks", **who, LinkType="Members")
        owners = large.rows("Get-UnifiedGroupLinks", **who, LinkType="Owners")
        assert len(members) == group["GroupMemberCount"]
        assert [row["Alias"] for row in owners] == group["ManagedBy"]


@pytest.mark.behaviour("tenant.groups.changes")
def test_a_group_is_made_filled_and_removed(own):
    """Members come and go one by one or all at once; the group is found until it is removed."""
    first, second, third = (own.alias(number) for number in range(3))
    (made,) = own.rows(
        "New-DistributionGroup", Name="Night Watch", ManagedBy=[first], Members=[second]
    )
    group = {"Identity": "nightwatch@contoso.com"}
    assert own.rows("Get-DistributionGroup", **group)[0]["Guid"] == made["Guid"]

    def members():
        return [row["Alias"] for row in own.rows("Get-DistributionGroupMember", **group)]

    assert (made["ManagedBy"], members()) == ([first], [second])
    own.rows("Add-DistributionGroupMember", **group, Member=third)
    assert members() == [second, third]
    assert (
        "already a member" in own.refusal("Add-DistributionGroupMember", **group, Member=third)[1]
    )
    own.rows("Remove-DistributionGroupMember", **group, Member=second)
    assert (
        "isn't a member" in own.refusal("Remove-DistributionGroupMember", **group, Member=second)[1]
    )
    own.rows("Update-DistributionGroupMember", **group, Members=[first, second])
    assert members() == [first, second]
    own.rows("Set-DistributionGroup", **group, DisplayName="Day Watch", ManagedBy={"Add": second})
    (row,) = own.rows("Get-DistributionGroup", Identity="Day Watch")
    assert (row["Guid"], row["ManagedBy"]) == (made["Guid"], [first, second])
    assert own.refusal("New-DistributionGroup", Name="Night Watch")[0] == 400
    own.rows("Remove-DistributionGroup", **group)
    assert own.refusal("Get-DistributionGroup", **group)[0] == 404


@pytest.mark.behaviour("exchange.failure.app-only")
def test_groups_of_microsoft_365_are_not_made_by_applications(client):
    """The cmdlet is there, and refused whatever the role."""
    answer = client.invoke("New-UnifiedGroup", {"Identity": "x"})
    assert answer.status_code == 403
    assert "New-UnifiedGroup" in answer.json()["error"]["message"]


def test_a_million_mailboxes_have_groups_that_nobody_holds_in_memory(client):
    """The last of 125,000 groups is found without making the others."""
    tenant = client.emulator.state.world.tenants[0].model_copy(update={"mailboxes": 1_000_000})
    book = Estate(tenant).part(GroupBook)
    (last,) = book.found("group-124999")
    assert last.index == 124_999
    assert book.group(125_000) is None
    assert all(not each.is_group or each.index < last.index for each in last.members)


def test_every_dynamic_group_has_a_filter_that_is_understood(client):
    """What a generated filter names is there to be filtered by."""
    tenant = client.emulator.state.world.tenants[0].model_copy(update={"mailboxes": 2_000})
    estate = Estate(tenant)
    dynamic = [g for g in estate.part(GroupBook).groups() if g.kind is GroupKind.DYNAMIC]
    assert len(dynamic) > 3
    for group in dynamic:
        predicate(group.recipient_filter, mailbox_row(estate, estate.mailbox(0)))


@pytest.mark.behaviour("tenant.recipients")
def test_recipients_are_mailboxes_and_groups(large):
    """Get-Recipient lists both, in pages, and finds either."""
    rows = large.rows("Get-Recipient", ResultSize="Unlimited")
    assert len({row["Guid"] for row in rows}) == len(rows) == 900
    page = large.get("Recipient?$skiptoken=795", Prefer="odata.maxpagesize=10").json()
    following = large.get(page["@odata.nextLink"], Prefer="odata.maxpagesize=10").json()
    told = [row["Guid"] for row in (*page["value"], *following["value"])]
    assert told == [row["Guid"] for row in rows[795:815]]
    for row in (rows[3], rows[-1]):
        assert large.rows("Get-Recipient", Identity=row["Guid"]) == [row]
    groups = large.rows(
        "Get-Recipient", RecipientTypeDetails=["GroupMailbox"], ResultSize="Unlimited"
    )
    assert groups == [row for row in rows if row["RecipientTypeDetails"] == "GroupMailbox"]
    found = large.rows("Get-Recipient", Filter="Department -eq '人事'", ResultSize="Unlimited")
    assert {row["Department"] for row in found} == {"人事"}
