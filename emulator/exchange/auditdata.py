"""What the AuditData of a record says, by the kind of record.  Pure.

Members and their odd forms (no zone in CreationTime, ports in ClientIP) are those of the Office
365 Management Activity API schema and of records as users publish them.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from emulator.exchange.views import Row
from emulator.tenant.activities import RecordType
from emulator.tenant.auditlog import AuditRecord
from emulator.tenant.draws import Draws
from emulator.tenant.mailbox import Mailbox
from emulator.tenant.subjects import SUBJECTS

_SITES = ("Sales, EMEA", "Größen & Maße", "contoso", "営業部")
_FILES = ('Budget "final" (2).xlsx', "契約書.docx", "=cmd.csv", "notes;old,new.txt", "O'Brien.pdf")
_CLIENT = "Client=OWA;Action=ViaProxy"
_AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditContext:
    """A record with what it names."""

    record: AuditRecord
    identity: str
    user_id: str
    target: Mailbox
    organization_id: str
    initial_domain: str

    @property
    def draws(self) -> Draws:
        """What else there is to draw for the record."""
        return Draws(self.target.seed, "audit-data", self.record.number)


def audit_data(context: AuditContext) -> Row:
    """Return the record's members."""
    record = context.record
    return {
        "CreationTime": f"{record.moment:%Y-%m-%dT%H:%M:%S}",
        "Id": context.identity,
        "Operation": record.activity.operation,
        "OrganizationId": context.organization_id,
        "RecordType": record.activity.record_type.number,
        "ResultStatus": "Failed" if "Failed" in record.activity.operation else "Succeeded",
        "UserKey": context.user_id,
        "UserType": 0 if isinstance(record.actor, int) else 3,
        "Version": 1,
        "Workload": record.activity.record_type.workload,
        "ClientIP": record.ip,
        "UserId": context.user_id,
        **_MEMBERS[record.activity.record_type](context),
    }


def _administration(context: AuditContext) -> Row:
    target, domain = context.target, context.initial_domain
    host = "EURPR05A001.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations"
    ip, port = context.record.ip, 1_024 + context.draws.below(60_000)
    values = {"Identity": target.address, **_PARAMETERS.get(context.record.activity.operation, {})}
    return {
        "ClientIP": f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}",
        "ObjectId": f"{host}/{domain}/{target.alias}",
        "ExternalAccess": not isinstance(context.record.actor, int),
        "OrganizationName": domain,
        "OriginatingServer": "AM0PR05MB0001 (15.20.9000.000)",
        "Parameters": [{"Name": name, "Value": value} for name, value in values.items()],
    }


_PARAMETERS = {
    "Set-Mailbox": {
        "ForwardingSmtpAddress": "smtp:backup@fabrikam.example",
        "DeliverToMailboxAndForward": "True",
    },
    "Add-MailboxPermission": {"User": "Größen & Maße", "AccessRights": "FullAccess"},
    "New-InboxRule": {
        "Name": ".",
        "SubjectContainsWords": 'invoice;"bank"',
        "DeleteMessage": "True",
    },
    "Set-CASMailbox": {"ImapEnabled": "False", "PopEnabled": "False"},
}


def _mailbox(context: AuditContext) -> Row:
    return {
        "ClientIPAddress": context.record.ip,
        "ClientInfoString": _CLIENT,
        "ExternalAccess": False,
        "InternalLogonType": 0,
        "LogonType": 0,
        "MailboxGuid": context.target.exchange_guid,
        "MailboxOwnerUPN": context.target.address,
        "OrganizationName": context.initial_domain,
    }


def _item(context: AuditContext) -> Row:
    item = {"Id": context.identity, "Subject": context.draws.one_of(SUBJECTS)}
    return {**_mailbox(context), "Item": {**item, "ParentFolder": {"Path": "\\Sent Items"}}}


def _items(context: AuditContext) -> Row:
    draws = context.draws
    items = [{"Id": draws.guid(), "Subject": draws.one_of(SUBJECTS)} for _ in range(2)]
    return {**_mailbox(context), "AffectedItems": items, "Folder": {"Path": "\\Inbox"}}


def _access(context: AuditContext) -> Row:
    kind = context.draws.one_of(("Bind", "Sync"))
    properties = [{"Name": "MailAccessType", "Value": kind}]
    folder = {"Path": "\\Inbox", "FolderItems": [{"InternetMessageId": f"<{context.identity}>"}]}
    return {
        **_mailbox(context),
        "OperationCount": 1 + context.draws.below(50),
        "OperationProperties": properties,
        "Folders": [folder],
    }


def _file(context: AuditContext) -> Row:
    draws = context.draws
    site, file = draws.one_of(_SITES), draws.one_of(_FILES)
    url = f"https://{context.initial_domain.partition('.')[0]}.sharepoint.com/sites/{site}/"
    return {
        "ObjectId": f"{url}Shared Documents/{file}",
        "EventSource": "SharePoint",
        "ItemType": "File",
        "Site": str(uuid.uuid5(uuid.UUID(context.organization_id), site)),
        "SiteUrl": url,
        "SourceFileExtension": file.rpartition(".")[2],
        "SourceFileName": file,
        "SourceRelativeUrl": "Shared Documents",
        "UserAgent": _AGENT,
    }


def _directory(context: AuditContext) -> Row:
    changed = {"Name": "JobTitle", "OldValue": "[]", "NewValue": '[\r\n  "Director"\r\n]'}
    return {
        "ObjectId": context.target.address,
        "AzureActiveDirectoryEventType": 1,
        "ModifiedProperties": [changed],
        "Target": [{"ID": context.target.directory_id, "Type": 2}],
    }


def _logon(context: AuditContext) -> Row:
    failed = "Failed" in context.record.activity.operation
    return {
        "ObjectId": "00000002-0000-0ff1-ce00-000000000000",
        "ActorIpAddress": context.record.ip,
        "ApplicationId": "d3590ed6-52b3-4102-aeff-aad2292ab01c",
        "ErrorNumber": "50126" if failed else "0",
        "LogonError": "InvalidUserNameOrPassword" if failed else "",
        "ExtendedProperties": [{"Name": "UserAgent", "Value": _AGENT}],
    }


_MEMBERS: dict[RecordType, Callable[[AuditContext], Row]] = {
    RecordType.EXCHANGE_ADMIN: _administration,
    RecordType.EXCHANGE_ITEM: _item,
    RecordType.EXCHANGE_ITEM_GROUP: _items,
    RecordType.MAIL_ACCESS: _access,
    RecordType.SHAREPOINT_FILE: _file,
    RecordType.SHARING: _file,
    RecordType.DIRECTORY: _directory,
    RecordType.LOGON: _logon,
}
