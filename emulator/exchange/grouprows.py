"""How groups, and those who are in them, look in an answer."""

from emulator.exchange.users import USER
from emulator.exchange.views import Row
from emulator.exchange.wording import moment_text
from emulator.tenant.estate import Estate
from emulator.tenant.groupbook import GroupBook
from emulator.tenant.groups import Group, GroupKind
from emulator.tenant.mailbox import Mailbox

_RECIPIENT_TYPES = {
    GroupKind.DISTRIBUTION: "MailUniversalDistributionGroup",
    GroupKind.SECURITY: "MailUniversalSecurityGroup",
    GroupKind.ROOM_LIST: "MailUniversalDistributionGroup",
    GroupKind.DYNAMIC: "DynamicDistributionGroup",
    GroupKind.UNIFIED: "MailUniversalDistributionGroup",
}


def owners_of(estate: Estate, group: Group) -> list[str]:
    """Return the aliases of those who manage the group and are still there."""
    owners = (estate.mailbox(index) for index in group.owners)
    return [each.alias for each in owners if each.deleted is None]


def group_row(estate: Estate, group: Group) -> Row:
    """Return what all kinds of groups show."""
    book = estate.part(GroupBook)
    return {
        "Identity": group.alias,
        "Id": group.alias,
        "Name": group.alias,
        "Alias": group.alias,
        "DisplayName": group.display_name,
        "DistinguishedName": book.distinguished_name(group),
        "Guid": group.guid,
        "ExternalDirectoryObjectId": group.directory_id,
        "PrimarySmtpAddress": group.address,
        "WindowsEmailAddress": group.address,
        "EmailAddresses": [f"SMTP:{group.address}"],
        "RecipientType": _RECIPIENT_TYPES[group.kind],
        "RecipientTypeDetails": group.kind.value,
        "ManagedBy": owners_of(estate, group),
        "HiddenFromAddressListsEnabled": group.hidden,
        "RequireSenderAuthenticationEnabled": not group.takes_outsiders,
        "ModerationEnabled": False,
        "ModeratedBy": [],
        "GrantSendOnBehalfTo": [],
        "AcceptMessagesOnlyFromSendersOrMembers": [],
        "MailTip": None,
        "IsDirSynced": False,
        "WhenCreated": moment_text(group.created),
        "WhenCreatedUTC": moment_text(group.created),
        "WhenChangedUTC": moment_text(group.created),
        "OrganizationalUnit": estate.tenant.initial_domain,
        "IsValid": True,
        **estate.settings.seen(("Group", group.index)),
    }


def distribution_group_row(estate: Estate, group: Group) -> Row:
    """Return what Get-DistributionGroup shows."""
    is_security = group.kind is GroupKind.SECURITY
    return {
        "GroupType": "Universal, SecurityEnabled" if is_security else "Universal",
        "MemberJoinRestriction": "Closed",
        "MemberDepartRestriction": "Closed" if is_security else "Open",
        "HiddenGroupMembershipEnabled": False,
        "ReportToManagerEnabled": False,
        "ReportToOriginatorEnabled": True,
        "SendOofMessageToOriginatorEnabled": False,
        **group_row(estate, group),
    }


def dynamic_group_row(estate: Estate, group: Group) -> Row:
    """Return what Get-DynamicDistributionGroup shows."""
    return {
        **group_row(estate, group),
        "RecipientFilter": group.recipient_filter,
        "LdapRecipientFilter": "",
        "RecipientFilterType": "Custom",
        "RecipientContainer": estate.tenant.initial_domain,
        "IncludedRecipients": None,
    }


def unified_group_row(estate: Estate, group: Group) -> Row:
    """Return what Get-UnifiedGroup shows."""
    site = f"https://{estate.tenant.initial_domain.partition('.')[0]}.sharepoint.com"
    return {
        **group_row(estate, group),
        "AccessType": "Private" if group.is_private else "Public",
        "GroupMemberCount": len(group.members),
        "GroupExternalMemberCount": 0,
        "ManagedByDetails": owners_of(estate, group),
        "WelcomeMessageEnabled": True,
        "SubscriptionEnabled": True,
        "AutoSubscribeNewMembers": False,
        "SharePointSiteUrl": f"{site}/sites/{group.alias}",
        "SharePointDocumentsUrl": f"{site}/sites/{group.alias}/Shared Documents",
        "ResourceProvisioningOptions": ["Team"] if group.index % 2 else [],
        "Language": "en-US",
        "ExpirationTime": None,
        **estate.settings.seen(("UnifiedGroup", group.index)),
    }


def mailbox_recipient_row(estate: Estate, mailbox: Mailbox) -> Row:
    """Return a mailbox as Get-Recipient and the members of groups show it."""
    person = USER.row(estate, mailbox)
    return {
        **person,
        "Alias": mailbox.alias,
        "PrimarySmtpAddress": mailbox.address,
        "EmailAddresses": list(estate.addresses(mailbox)),
        "ExchangeGuid": mailbox.exchange_guid,
        "HiddenFromAddressListsEnabled": mailbox.hidden,
        "ManagedBy": [],
        "ArchiveStatus": "Active" if mailbox.has_archive else "None",
    }
