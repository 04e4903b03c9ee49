"""Who may do what in a folder.  Pure."""

from dataclasses import dataclass

from emulator.tenant.draws import Draws
from emulator.tenant.folders import Folder
from emulator.tenant.mailbox import Mailbox

DEFAULT, ANONYMOUS = "Default", "Anonymous"
ROLES = (
    "None",
    "Owner",
    "PublishingEditor",
    "Editor",
    "PublishingAuthor",
    "Author",
    "NonEditingAuthor",
    "Reviewer",
    "Contributor",
    "AvailabilityOnly",
    "LimitedDetails",
)
SINGLE_RIGHTS = (
    "CreateItems",
    "CreateSubfolders",
    "DeleteAllItems",
    "DeleteOwnedItems",
    "EditAllItems",
    "EditOwnedItems",
    "FolderContact",
    "FolderOwner",
    "FolderVisible",
    "ReadItems",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderGrant:
    """What one user may do; `Default` is everybody of the organization."""

    who: str
    rights: tuple[str, ...]
    flags: tuple[str, ...] = ()
    """`SharingPermissionFlags`: whether somebody acts as a delegate."""


FolderGrants = tuple[FolderGrant, ...]


def folder_grants(mailbox: Mailbox, folder: Folder, trustees: tuple[str, ...]) -> FolderGrants:
    """Return who may do what; *trustees* are user principal names that may occur."""
    draws = Draws(mailbox.seed, f"folder-permission/{folder.path}", mailbox.index)
    usual = "AvailabilityOnly" if folder.kind == "Calendar" else "None"
    open_to_all = folder.kind == "Calendar" and draws.is_one_in(12)
    granted = trustees[: draws.below(3)] if folder.kind == "Calendar" or draws.is_one_in(8) else ()
    return (
        FolderGrant(who=DEFAULT, rights=("Reviewer" if open_to_all else usual,)),
        FolderGrant(who=ANONYMOUS, rights=("None",)),
        *(
            FolderGrant(who=each, rights=(draws.one_of(("Reviewer", "Editor", "Author")),))
            for each in granted
        ),
    )
