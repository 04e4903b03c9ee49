r"""How folders are named in identities: `alias:\Inbox\Projects`."""

from dataclasses import dataclass

from emulator.exchange.calls import SERVER, the_mailbox
from emulator.exchange.taskfailures import not_found
from emulator.tenant.estate import Estate
from emulator.tenant.folders import Folder, folders_of
from emulator.tenant.mailbox import Mailbox


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of a mailbox."""

    mailbox: Mailbox
    folder: Folder

    @property
    def identity(self) -> str:
        """As Exchange shows it."""
        return f"{self.mailbox.alias}:{self.folder.path.replace('/', chr(92))}"


def the_place(estate: Estate, identity: str) -> Place:
    """Return the folder that *identity* means; a mailbox alone means its root.

    Folders are found by the names they have in the mailbox's own language: `Calendar` is not
    there where it is called `Kalender`.

    Raises:
        RefusedError: there is no such mailbox, or it has no such folder.
    """
    owner, _, path = identity.partition(":")
    return place_in(the_mailbox(estate, owner), path, identity)


def place_in(mailbox: Mailbox, path: str, identity: str) -> Place:
    """Return the folder of *path* (names behind slashes or backslashes); *identity* is told.

    Raises:
        RefusedError: the mailbox has no such folder.
    """
    folders = folders_of(mailbox)
    wanted = "/" + path.replace("\\", "/").strip("/")
    if wanted == "/":
        return Place(mailbox, folders[0])
    for folder in folders:
        if folder.path.casefold() == wanted.casefold():
            return Place(mailbox, folder)
    raise not_found(identity, SERVER)
