"""How statistics, rules and permissions look in an answer.  Pure."""

from collections.abc import Mapping

from emulator.exchange.wording import moment_text, size_text
from emulator.tenant.inboxrules import InboxRule
from emulator.tenant.mailbox import Mailbox
from emulator.tenant.permissions import Grant

Row = Mapping[str, object]
"""One object of an answer, by the names of its properties."""


def annotated(row: Row) -> dict[str, object]:
    """Return *row* with the type annotations that Exchange puts beside members."""
    lists = {
        f"{name}@odata.type": "#Collection(String)"
        for name, value in row.items()
        if isinstance(value, list)
    }
    return {"@odata.type": "#Exchange.GenericHashTable", **lists, **row}


def statistics_row(mailbox: Mailbox) -> Row:
    """Return the statistics as Get-MailboxStatistics shows them, sizes as text."""
    numbers = exo_statistics_row(mailbox)
    return {
        **numbers,
        "TotalItemSize": size_text(mailbox.total_bytes),
        "TotalDeletedItemSize": size_text(mailbox.deleted_bytes),
        "LastLoggedOnUserAccount": None,
        "MailboxTypeDetail": mailbox.kind.value,
        "Database": "EURPR05DG001-db001",
        "ServerName": "AM0PR05MB0001",
        "IsValid": True,
        "ObjectState": "Unchanged",
    }


def exo_statistics_row(mailbox: Mailbox) -> Row:
    """Return the statistics as Get-EXOMailboxStatistics shows them, sizes as Int64."""
    return {
        "MailboxGuid": mailbox.exchange_guid,
        "Identity": mailbox.exchange_guid,
        "DisplayName": mailbox.display_name,
        "ItemCount": mailbox.item_count,
        "DeletedItemCount": mailbox.deleted_item_count,
        "TotalItemSize": mailbox.total_bytes,
        "TotalDeletedItemSize": mailbox.deleted_bytes,
        "LastLogonTime": moment_text(mailbox.last_logon),
        "LastInteractionTime": moment_text(mailbox.last_logon),
        "LastUserActionTime": moment_text(mailbox.last_logon),
    }


def rule_row(mailbox: Mailbox, rule: InboxRule) -> Row:
    """Return the rule as Get-InboxRule shows it."""
    return {
        "Identity": f"{mailbox.alias}\\{rule.number}",
        "RuleIdentity": rule.number,
        "MailboxOwnerId": mailbox.alias,
        "Name": rule.name,
        "Enabled": rule.enabled,
        "Priority": rule.priority,
        "SubjectContainsWords": list(rule.subject_words) or None,
        "ForwardTo": list(rule.forward_to) or None,
        "ForwardAsAttachmentTo": list(rule.forward_as_attachment_to) or None,
        "RedirectTo": list(rule.redirect_to) or None,
        "MoveToFolder": rule.move_to_folder,
        "DeleteMessage": rule.delete_message,
        "StopProcessingRules": True,
        "IsValid": True,
    }


def mailbox_permission_row(mailbox: Mailbox, grant: Grant) -> Row:
    """Return the access entry as Get-MailboxPermission shows it."""
    return {
        "Identity": mailbox.alias,
        "User": grant.trustee,
        "AccessRights": list(grant.rights),
        "IsInherited": grant.inherited,
        "Deny": grant.deny,
        "InheritanceType": "All",
        "IsValid": True,
    }


def recipient_permission_row(mailbox: Mailbox, grant: Grant) -> Row:
    """Return the access entry as Get-RecipientPermission shows it."""
    return {
        "Identity": mailbox.alias,
        "Trustee": grant.trustee,
        "AccessControlType": "Allow",
        "AccessRights": list(grant.rights),
        "IsInherited": grant.inherited,
        "InheritanceType": "None",
        "IsValid": True,
    }
