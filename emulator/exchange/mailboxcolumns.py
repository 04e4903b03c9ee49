"""What differs from mailbox to mailbox: properties, and how each is found.  Pure."""

from collections.abc import Callable

from emulator.exchange.wording import moment_text
from emulator.tenant.draws import indexed_guid
from emulator.tenant.estate import Estate
from emulator.tenant.mailbox import Kind, Mailbox
from emulator.tenant.permissions import on_behalf

_NO_GUID = "00000000-0000-0000-0000-000000000000"
_RESOURCES = {Kind.ROOM: "Room", Kind.EQUIPMENT: "Equipment"}

Column = Callable[[Estate, Mailbox], object]


def _addresses(estate: Estate, mailbox: Mailbox) -> list[str]:
    return list(estate.addresses(mailbox))


def _delegates(estate: Estate, mailbox: Mailbox) -> list[str]:
    if mailbox.delegates is not None:
        return list(mailbox.delegates)
    # Few have one; drawing the candidates for all would cost more than the rest of the row.
    return on_behalf(mailbox, estate.trustees(mailbox)) if mailbox.has_delegate else []


def _smtp(address: str | None) -> str | None:
    return None if address is None else f"smtp:{address}"


def _legacy_name(_: Estate, mailbox: Mailbox) -> str:
    group = "/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)"
    return f"{group}/cn=Recipients/cn={mailbox.directory_id.replace('-', '')}-{mailbox.alias}"


def _created(_: Estate, mailbox: Mailbox) -> str | None:
    return moment_text(mailbox.created)


def _alias(_: Estate, mailbox: Mailbox) -> str:
    return mailbox.alias


def _address(_: Estate, mailbox: Mailbox) -> str:
    return mailbox.address


def _upn(_: Estate, mailbox: Mailbox) -> str:
    return mailbox.upn


def _archive_guid(_: Estate, mailbox: Mailbox) -> str:
    return indexed_guid(mailbox.seed, "archive", mailbox.index) if mailbox.has_archive else _NO_GUID


def _archive_name(_: Estate, mailbox: Mailbox) -> list[str]:
    return [f"In-Place Archive - {mailbox.display_name}"] if mailbox.has_archive else []


def _deleted(_: Estate, mailbox: Mailbox) -> str | None:
    return moment_text(mailbox.deleted)


def _resource(_: Estate, mailbox: Mailbox) -> str | None:
    return _RESOURCES.get(mailbox.kind)


COLUMNS: dict[str, Column] = {
    "Identity": _alias,
    "Id": _alias,
    "Name": _alias,
    "Alias": _alias,
    "SamAccountName": _alias,
    "DisplayName": lambda _, mailbox: mailbox.display_name,
    "DistinguishedName": lambda estate, mailbox: estate.distinguished_name(mailbox),
    "Guid": lambda _, mailbox: mailbox.guid,
    "ExchangeGuid": lambda _, mailbox: mailbox.exchange_guid,
    "ExternalDirectoryObjectId": lambda _, mailbox: mailbox.directory_id,
    "LegacyExchangeDN": _legacy_name,
    "UserPrincipalName": _upn,
    "PrimarySmtpAddress": _address,
    "WindowsEmailAddress": _address,
    "WindowsLiveID": _upn,
    "MicrosoftOnlineServicesID": _upn,
    "EmailAddresses": _addresses,
    "RecipientTypeDetails": lambda _, mailbox: mailbox.kind.value,
    "ResourceType": _resource,
    "IsResource": lambda _, mailbox: mailbox.kind in _RESOURCES,
    "IsShared": lambda _, mailbox: mailbox.kind is Kind.SHARED,
    "HiddenFromAddressListsEnabled": lambda _, mailbox: mailbox.hidden,
    "ForwardingAddress": lambda _, mailbox: mailbox.forwarding_address,
    "ForwardingSmtpAddress": lambda _, mailbox: _smtp(mailbox.forwarding_smtp_address),
    "DeliverToMailboxAndForward": lambda _, mailbox: mailbox.deliver_and_forward,
    "GrantSendOnBehalfTo": _delegates,
    "ArchiveStatus": lambda _, mailbox: "Active" if mailbox.has_archive else "None",
    "ArchiveState": lambda _, mailbox: "Local" if mailbox.has_archive else "None",
    "ArchiveGuid": _archive_guid,
    "ArchiveName": _archive_name,
    "LitigationHoldEnabled": lambda _, mailbox: mailbox.is_on_hold,
    "IsInactiveMailbox": lambda _, mailbox: mailbox.is_inactive,
    "IsSoftDeletedByRemove": lambda _, mailbox: mailbox.deleted is not None,
    "WhenSoftDeleted": _deleted,
    "WhenSoftDeletedUTC": _deleted,
    "WhenCreated": _created,
    "WhenCreatedUTC": _created,
    "WhenChanged": _created,
    "WhenChangedUTC": _created,
    "WhenMailboxCreated": _created,
}
"""By the property's name."""

LISTS = frozenset({"ArchiveName", "EmailAddresses", "GrantSendOnBehalfTo"})
"""Which of them hold several values."""


def of_tenant(initial_domain: str) -> dict[str, object]:
    """Return what all mailboxes of one tenant have in common, and no other tenant's."""
    parent = "EURPR05A001.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations"
    whole = f"{parent}/{initial_domain}"
    return {
        "OrganizationId": f"{whole} - {whole}/Configuration",
        "OrganizationalUnit": initial_domain,
        "OrganizationalUnitRoot": initial_domain,
    }
