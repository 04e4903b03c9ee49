"""Rights on mailboxes, and inbox rules, are given and taken by cmdlets."""

import pytest

RIGHTS = {
    "MailboxPermission": ("User", "FullAccess"),
    "RecipientPermission": ("Trustee", "SendAs"),
}


@pytest.mark.behaviour("tenant.permissions.changes")
@pytest.mark.parametrize(("noun", "who", "right"), [(n, *v) for n, v in RIGHTS.items()])
def test_a_right_is_given_once_and_taken_once(own, noun, who, right):
    """The second time is a warning in Exchange's words, not an error."""
    mailbox, friend = own.alias(), own.rows("Get-Mailbox", ResultSize=50)[-1]
    grant = {"Identity": mailbox, who: friend["Guid"], "AccessRights": [right]}

    def granted():
        rows = own.rows(f"Get-{noun}", Identity=mailbox, **{who: friend["Alias"]})
        return [(row[who], row["AccessRights"]) for row in rows]

    def warnings(verb):
        return own.invoke(f"{verb}-{noun}", grant).json()["@adminapi.warnings"]

    assert granted() == []
    assert warnings("Add") == []
    assert granted() == [(friend["PrimarySmtpAddress"], [right])]
    assert "already present" in warnings("Add")[0]
    assert warnings("Remove") == []
    assert granted() == []
    assert "because the ACE isn't present" in warnings("Remove")[0]
    assert own.refusal(f"Add-{noun}", **(grant | {who: "nobody"}))[0] == 404
    assert own.refusal(f"Add-{noun}", **(grant | {"AccessRights": ["Nonsense"]}))[0] == 400


def test_rights_of_one_user_add_up(own):
    """One entry carries all rights of a user, and loses them one by one."""
    mailbox, friend = own.alias(), own.rows("Get-Mailbox", ResultSize=50)[-1]["Alias"]
    for right in ("FullAccess", "DeleteItem"):
        own.rows("Add-MailboxPermission", Identity=mailbox, User=friend, AccessRights=[right])
    (row,) = own.rows("Get-MailboxPermission", Identity=mailbox, User=friend)
    assert row["AccessRights"] == ["FullAccess", "DeleteItem"]
    own.rows("Remove-MailboxPermission", Identity=mailbox, User=friend, AccessRights="FullAccess")
    (row,) = own.rows("Get-MailboxPermission", Identity=mailbox, User=friend)
    assert row["AccessRights"] == ["DeleteItem"]


@pytest.mark.behaviour("tenant.rules.changes")
def test_a_rule_is_made_changed_switched_and_removed(own):
    """Each step is seen; a name means a rule within a mailbox, an identity means it anywhere."""
    who = own.alias()
    before = own.rows("Get-InboxRule", Mailbox=who)
    rule = {"Mailbox": who, "Name": "Forward, all"}
    (made,) = own.rows("New-InboxRule", **rule, ForwardTo=["x@fabrikam.example"])
    assert own.rows("Get-InboxRule", Mailbox=who) == [*before, made]
    assert own.refusal("New-InboxRule", **rule)[0] == 400
    own.rows("Set-InboxRule", Identity=made["Identity"], ForwardTo=None, DeleteMessage=True)
    own.rows("Disable-InboxRule", Identity="forward, ALL", Mailbox=who)
    (row,) = own.rows("Get-InboxRule", Mailbox=who, Identity="Forward, all")
    assert (row["ForwardTo"], row["DeleteMessage"], row["Enabled"]) == (None, True, False)
    own.rows("Enable-InboxRule", Identity=str(made["RuleIdentity"]), Mailbox=who)
    assert own.rows("Get-InboxRule", Mailbox=who)[-1]["Enabled"] is True
    own.rows("Remove-InboxRule", Identity=made["Identity"])
    assert own.rows("Get-InboxRule", Mailbox=who) == before
    assert own.refusal("Remove-InboxRule", Identity=made["Identity"])[0] == 404
