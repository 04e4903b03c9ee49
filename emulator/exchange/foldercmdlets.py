"""The cmdlets about the folders of a mailbox: what is in them."""

from collections.abc import Iterator

from emulator.exchange.calls import (
    REQUIRED_IDENTITY,
    RESULT_SIZE,
    Call,
    Cmdlet,
    Output,
    numbered,
)
from emulator.exchange.mailboxcmdlets import measured_mailbox
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.views import Row
from emulator.exchange.wording import moment_text, size_text
from emulator.tenant.draws import Draws
from emulator.tenant.folders import Folder, folders_of
from emulator.tenant.mailbox import Mailbox

SCOPES = (
    "All",
    "Archive",
    "Calendar",
    "Contacts",
    "ConversationHistory",
    "DeletedItems",
    "Drafts",
    "Inbox",
    "JunkEmail",
    "Journal",
    "ManagedCustomFolder",
    "NonIpmRoot",
    "Notes",
    "Outbox",
    "Personal",
    "RecoverableItems",
    "RssSubscriptions",
    "SentItems",
    "SyncIssues",
    "Tasks",
)


def _get(call: Call) -> Output:
    mailbox = measured_mailbox(call)
    folders = folders_of(mailbox)
    chosen = [each for each in folders if _is_in(each, call.text("FolderScope"))]
    is_dated = call.flag("IncludeOldestAndNewestItems")
    rows = [_row(mailbox, each, folders, is_dated=is_dated) for each in chosen]
    return numbered(rows, call.start)


def _is_in(folder: Folder, scope: str | None) -> bool:
    match scope:
        case None | "All":
            return True
        case "RecoverableItems":
            return folder.kind.startswith("RecoverableItems")
        case "Personal":
            return folder.kind == "User Created"
        case _:
            return folder.kind == scope


def _row(mailbox: Mailbox, folder: Folder, folders: tuple[Folder, ...], *, is_dated: bool) -> Row:
    whole = list(_with_those_below(folder, folders))
    ids = Draws(mailbox.seed, f"folder-id/{folder.number}", mailbox.index)
    return {
        "Name": folder.name,
        "Identity": mailbox.alias + folder.path.replace("/", "\\"),
        "FolderPath": folder.path,
        "FolderId": f"LgAAAAB{ids.below(1 << 200):050X}",
        "FolderType": folder.kind,
        "ItemsInFolder": folder.items,
        "DeletedItemsInFolder": 0,
        "FolderSize": size_text(folder.size),
        "ItemsInFolderAndSubfolders": sum(each.items for each in whole),
        "DeletedItemsInFolderAndSubfolders": 0,
        "FolderAndSubfolderSize": size_text(sum(each.size for each in whole)),
        "OldestItemReceivedDate": moment_text(folder.oldest) if is_dated else None,
        "NewestItemReceivedDate": moment_text(folder.newest) if is_dated else None,
        "TargetQuota": "Recoverable" if folder.kind.startswith("Recoverable") else "User",
        "StorageQuota": "Unlimited",
        "Movable": folder.kind == "User Created",
        "SearchFolder": False,
        "ContentMailboxGuid": mailbox.exchange_guid,
        "RecoverableItemsFolder": folder.kind.startswith("RecoverableItems"),
        "IsValid": True,
    }


def _with_those_below(folder: Folder, folders: tuple[Folder, ...]) -> Iterator[Folder]:
    for each in folders:
        is_below = each.path.startswith(f"{folder.path}/") or (
            folder.kind == "Root" and not each.kind.startswith("Recoverable")
        )
        if each is folder or is_below:
            yield each


FOLDER_STATISTICS = Cmdlet(
    name="Get-MailboxFolderStatistics",
    parameters=(
        REQUIRED_IDENTITY,
        RESULT_SIZE,
        Parameter(name="Archive", kind=Kind.SWITCH),
        Parameter(name="FolderScope", choices=SCOPES),
        Parameter(name="IncludeOldestAndNewestItems", kind=Kind.SWITCH),
        Parameter(name="IncludeSoftDeletedRecipients", kind=Kind.SWITCH),
    ),
    run=_get,
)
