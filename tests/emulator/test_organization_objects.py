"""Rules of transport, connectors and policies are read, made, changed, switched and removed."""

import pytest

from emulator.exchange.organizationobjects import KINDS

SAMPLES = {bool: True, int: 3, str: "a text", list: ["one", "two"]}
WRITABLE = [noun for noun, kind in KINDS.items() if "New" in kind.verbs]
SETTABLE = [noun for noun, kind in KINDS.items() if "Set" in kind.verbs]


@pytest.mark.behaviour("tenant.objects")
@pytest.mark.parametrize("noun", KINDS)
def test_an_object_is_found_by_each_of_its_names(client, noun):
    """Every object of the listing is found by name and GUID, and nobody by another name."""
    rows = client.rows(f"Get-{noun}")
    for row in rows:
        assert client.rows(f"Get-{noun}", Identity=row["Name"].upper()) == [row]
        assert client.rows(f"Get-{noun}", Identity=row["Guid"]) == [row]
    assert client.refusal(f"Get-{noun}", Identity="there is none")[0] == 404


@pytest.mark.behaviour("tenant.objects.changes")
@pytest.mark.parametrize("noun", WRITABLE)
def test_an_object_is_made_once_and_removed(own, noun):
    """What is given is shown, a second of the name is refused, and the others stay."""
    before = own.rows(f"Get-{noun}")
    given = {name: SAMPLES[type(value)] for name, value in KINDS[noun].usual.items()}
    (made,) = own.rows(f"New-{noun}", Name="New, one", **given)
    assert {name: made[name] for name in given} == given
    assert own.rows(f"Get-{noun}") == [*before, made]
    assert "already exists" in own.refusal(f"New-{noun}", Name="new, one")[1]
    own.rows(f"Remove-{noun}", Identity=made["Guid"])
    assert own.rows(f"Get-{noun}") == before


@pytest.mark.behaviour("tenant.objects.changes")
@pytest.mark.parametrize("noun", SETTABLE)
def test_a_property_is_set_on_one_object(own, noun):
    """Each property can be set alone; lists can be added to; no other object changes."""
    kind, rows = KINDS[noun], own.rows(f"Get-{noun}")
    if not rows:
        rows = own.rows(f"New-{noun}", Name="one")
    first, others = rows[0], rows[1:]
    identity = {} if kind.is_one else {"Identity": first["Identity"]}
    for name, usual in kind.usual.items():
        wanted = SAMPLES[type(usual)]
        own.rows(f"Set-{noun}", **identity, **{name: wanted})
        now = own.rows(f"Get-{noun}")
        assert now[0][name] == wanted
        assert now[1:] == others
        if isinstance(usual, list):
            own.rows(f"Set-{noun}", **identity, **{name: {"Add": "three", "Remove": ["one"]}})
            assert own.rows(f"Get-{noun}")[0][name] == ["two", "three"]


def test_a_rule_is_switched_off_and_on(own):
    """Disable- and Enable-TransportRule change the state and nothing else."""
    (rule, *_) = own.rows("Get-TransportRule")
    for verb, state in (("Disable", "Disabled"), ("Enable", "Enabled")):
        own.rows(f"{verb}-TransportRule", Identity=rule["Name"])
        assert own.rows("Get-TransportRule", Identity=rule["Name"]) == [rule | {"State": state}]
    (journal,) = own.rows("Get-JournalRule")
    own.rows("Disable-JournalRule", Identity=journal["Name"])
    assert own.rows("Get-JournalRule")[0]["Enabled"] is False


def test_a_renamed_object_goes_by_its_new_name(own):
    """Set- with -Name renames; the GUID stays."""
    (_, rule, *_) = own.rows("Get-TransportRule")
    own.rows("Set-TransportRule", Identity=rule["Name"], Name="Another")
    assert own.rows("Get-TransportRule", Identity="another")[0]["Guid"] == rule["Guid"]
    assert own.refusal("Get-TransportRule", Identity=rule["Name"])[0] == 404


def test_each_domain_signs_for_itself(client):
    """There is a DKIM configuration for every accepted domain, and texts name the tenant's own."""
    domains = [row["DomainName"] for row in client.rows("Get-AcceptedDomain")]
    assert [row["Domain"] for row in client.rows("Get-DkimSigningConfig")] == domains
    (organization,) = client.rows("Get-OrganizationConfig")
    assert (organization["Name"], organization["DisplayName"]) == (domains[0], "Contoso")
    texts = str(client.rows("Get-InboundConnector"))
    assert "mail.contoso.com" in texts
    assert "{" not in "".join(
        str(row["Name"]) for noun in KINDS for row in client.rows(f"Get-{noun}")
    )


@pytest.mark.behaviour("tenant.roles")
def test_roles_are_given_to_people_and_applications(own):
    """Members come and go; assignments follow from the groups; applications are the tenant's."""
    who = own.alias()
    group = {"Identity": "Help Desk"}
    before = own.rows("Get-RoleGroupMember", **group)
    own.rows("Add-RoleGroupMember", **group, Member=who)
    assert [row["Alias"] for row in own.rows("Get-RoleGroupMember", **group)][-1] == who
    assert "already a member" in own.refusal("Add-RoleGroupMember", **group, Member=who)[1]
    own.rows("Remove-RoleGroupMember", **group, Member=who)
    assert own.rows("Get-RoleGroupMember", **group) == before
    assert own.refusal("Remove-RoleGroupMember", **group, Member=who)[0] == 404
    rows = own.rows("Get-ManagementRoleAssignment", RoleAssignee="help desk")
    assert [row["Role"] for row in rows] == ["User Options", "View-Only Recipients"]
    principals = own.rows("Get-ServicePrincipal")
    assert [row["AppId"] for row in principals] == [
        each.client_id for each in own.emulator.state.world.tenants[0].applications
    ]
    (found,) = own.rows("Get-ServicePrincipal", Identity=principals[0]["AppId"])
    assert found == principals[0]
