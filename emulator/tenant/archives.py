"""What is in the archive of a mailbox.  Pure."""

from dataclasses import fields, replace

from emulator.tenant.draws import Draws, indexed_guid
from emulator.tenant.mailbox import Mailbox


class _Archive(Mailbox):
    """A mailbox's archive; it has a GUID of its own."""

    __slots__ = ()

    @property
    def exchange_guid(self) -> str:
        """The archive's own GUID (`ArchiveGuid` of the mailbox)."""
        return indexed_guid(self.seed, "archive", self.index)


def archive_of(mailbox: Mailbox) -> Mailbox:
    """Return the archive of *mailbox*, to be measured as a mailbox is."""
    draws = Draws(mailbox.seed, "archive", mailbox.index)
    items = draws.below(200_000)
    archive = _Archive(**{each.name: getattr(mailbox, each.name) for each in fields(mailbox)})
    return replace(
        archive,
        display_name=f"In-Place Archive -{mailbox.display_name}",
        item_count=items,
        total_bytes=items * (20_000 + draws.below(80_000)),
        deleted_item_count=items // 50,
        deleted_bytes=items * 400,
    )
