"""What people and services do that the unified audit log tells of.  Pure."""

from dataclasses import dataclass
from enum import StrEnum


class RecordType(StrEnum):
    """`AuditLogRecordType`, as far as it occurs here."""

    EXCHANGE_ADMIN = "ExchangeAdmin"
    EXCHANGE_ITEM = "ExchangeItem"
    EXCHANGE_ITEM_GROUP = "ExchangeItemGroup"
    SHAREPOINT_FILE = "SharePointFileOperation"
    DIRECTORY = "AzureActiveDirectory"
    LOGON = "AzureActiveDirectoryStsLogon"
    SHARING = "SharePointSharingOperation"
    MAIL_ACCESS = "ExchangeItemAggregated"

    @property
    def number(self) -> int:
        """The number that AuditData carries.

        From AuditLogRecordType (Office 365 Management Activity API schema).
        """
        return _NUMBERS[self]

    @property
    def workload(self) -> str:
        """The service that wrote the record."""
        return _WORKLOADS[self]


_NUMBERS = {
    RecordType.EXCHANGE_ADMIN: 1,
    RecordType.EXCHANGE_ITEM: 2,
    RecordType.EXCHANGE_ITEM_GROUP: 3,
    RecordType.SHAREPOINT_FILE: 6,
    RecordType.DIRECTORY: 8,
    RecordType.SHARING: 14,
    RecordType.LOGON: 15,
    RecordType.MAIL_ACCESS: 50,
}
_WORKLOADS = {
    RecordType.EXCHANGE_ADMIN: "Exchange",
    RecordType.EXCHANGE_ITEM: "Exchange",
    RecordType.EXCHANGE_ITEM_GROUP: "Exchange",
    RecordType.SHAREPOINT_FILE: "SharePoint",
    RecordType.DIRECTORY: "AzureActiveDirectory",
    RecordType.SHARING: "OneDrive",
    RecordType.LOGON: "AzureActiveDirectory",
    RecordType.MAIL_ACCESS: "Exchange",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One operation, and how often it is among others."""

    operation: str
    record_type: RecordType
    weight: int = 1
    by_administrator: bool = False


ACTIVITIES = (
    Activity(operation="UserLoggedIn", record_type=RecordType.LOGON, weight=12),
    Activity(operation="UserLoginFailed", record_type=RecordType.LOGON, weight=3),
    Activity(operation="MailItemsAccessed", record_type=RecordType.MAIL_ACCESS, weight=12),
    Activity(operation="MailboxLogin", record_type=RecordType.EXCHANGE_ITEM, weight=3),
    Activity(operation="Send", record_type=RecordType.EXCHANGE_ITEM, weight=6),
    Activity(operation="SendAs", record_type=RecordType.EXCHANGE_ITEM),
    Activity(operation="SendOnBehalf", record_type=RecordType.EXCHANGE_ITEM),
    Activity(operation="HardDelete", record_type=RecordType.EXCHANGE_ITEM_GROUP, weight=2),
    Activity(operation="MoveToDeletedItems", record_type=RecordType.EXCHANGE_ITEM_GROUP),
    Activity(operation="FileAccessed", record_type=RecordType.SHAREPOINT_FILE, weight=9),
    Activity(operation="FileDownloaded", record_type=RecordType.SHAREPOINT_FILE, weight=4),
    Activity(operation="FileDeleted", record_type=RecordType.SHAREPOINT_FILE),
    Activity(operation="AnonymousLinkCreated", record_type=RecordType.SHARING),
    *(
        Activity(operation=name, record_type=RecordType.EXCHANGE_ADMIN, by_administrator=True)
        for name in ("Set-Mailbox", "Add-MailboxPermission", "New-InboxRule", "Set-CASMailbox")
    ),
    *(
        Activity(operation=name, record_type=RecordType.DIRECTORY, by_administrator=True)
        for name in ("Update user.", "Add member to role.", "Reset user password.")
    ),
)

CHANCES = tuple(each for each in ACTIVITIES for _ in range(each.weight))
"""Each activity as often as its weight."""
