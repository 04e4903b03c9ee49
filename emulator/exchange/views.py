"""How mailboxes, statistics, rules and permissions look in an answer.  Pure."""

from emulator.exchange.wording import moment_text, size_text
from emulator.tenant.estate import Estate
from emulator.tenant.inboxrules import InboxRule
from emulator.tenant.mailbox import Kind, Mailbox
from emulator.tenant.permissions import Grant, has_delegate, on_behalf

Row = dict[str, object]


def mailbox_row(estate: Estate, mailbox: Mailbox) -> Row:
    """Return the mailbox as Get-Mailbox shows it."""
    return {
        "Identity": mailbox.alias,
        "Id": mailbox.alias,
        "Name": mailbox.alias,
        "Alias": mailbox.alias,
        "DisplayName": mailbox.display_name,
        "DistinguishedName": estate.distinguished_name(mailbox),
        "Guid": mailbox.guid,
        "ExchangeGuid": mailbox.exchange_guid,
        "ExternalDirectoryObjectId": mailbox.directory_id,
        "UserPrincipalName": mailbox.address,
        "PrimarySmtpAddress": mailbox.address,
        "WindowsEmailAddress": mailbox.address,
        "EmailAddresses": _addresses(estate, mailbox),
        **_use(estate, mailbox),
        **_limits(estate, mailbox),
    }


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


def _use(estate: Estate, mailbox: Mailbox) -> Row:
    return {
        "RecipientType": "UserMailbox",
        "RecipientTypeDetails": mailbox.kind.value,
        "ResourceType": "Room" if mailbox.kind is Kind.ROOM else None,
        "IsShared": mailbox.kind is Kind.SHARED,
        "IsMailboxEnabled": True,
        "HiddenFromAddressListsEnabled": mailbox.hidden,
        "ForwardingAddress": mailbox.forwarding_address,
        "ForwardingSmtpAddress": _smtp(mailbox.forwarding_smtp_address),
        "DeliverToMailboxAndForward": mailbox.deliver_and_forward,
        "GrantSendOnBehalfTo": _delegates(estate, mailbox),
    }


def _delegates(estate: Estate, mailbox: Mailbox) -> list[str]:
    # Few have one; drawing the candidates for all would cost more than the rest of the row.
    seed = estate.tenant.seed
    return on_behalf(seed, mailbox, estate.trustees(mailbox)) if has_delegate(seed, mailbox) else []


def _limits(estate: Estate, mailbox: Mailbox) -> Row:
    initial = estate.tenant.initial_domain
    return {
        "ArchiveStatus": "None",
        "ArchiveGuid": "00000000-0000-0000-0000-000000000000",
        "LitigationHoldEnabled": False,
        "ProhibitSendQuota": size_text(99 << 30),
        "ProhibitSendReceiveQuota": size_text(100 << 30),
        "IssueWarningQuota": size_text(98 << 30),
        "WhenCreated": moment_text(mailbox.created),
        "WhenCreatedUTC": moment_text(mailbox.created),
        "WhenMailboxCreated": moment_text(mailbox.created),
        "OrganizationId": _organization_id(initial),
        "OrganizationalUnit": initial,
        "ExchangeVersion": "0.20 (15.0.0.0)",
        "Database": "EURPR05DG001-db001",
        "ServerName": "am0pr05mb0001",
    }


def _addresses(estate: Estate, mailbox: Mailbox) -> list[str]:
    others = [d for d in estate.tenant.domains if d != mailbox.domain]
    return [f"SMTP:{mailbox.address}", *(f"smtp:{mailbox.alias}@{d}" for d in others)]


def _smtp(address: str | None) -> str | None:
    return None if address is None else f"smtp:{address}"


def _organization_id(initial_domain: str) -> str:
    parent = "EURPR05A001.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations"
    return f"{parent}/{initial_domain} - {parent}/{initial_domain}/Configuration"
