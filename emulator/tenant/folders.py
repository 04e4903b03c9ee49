"""Which folders a mailbox has, and what is in them.  Pure.

The items and bytes of all folders but the recoverable items together are those of the mailbox.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from emulator.tenant.draws import Draws
from emulator.tenant.mailbox import EPOCH, Mailbox
from emulator.tenant.people import person_of

_TYPES = (
    "Root",
    "Inbox",
    "SentItems",
    "DeletedItems",
    "Drafts",
    "Calendar",
    "Contacts",
    "JunkEmail",
    "Notes",
    "Tasks",
    "ConversationHistory",
)
_NAMES = {
    "en": (
        "Top of Information Store",
        *("Inbox", "Sent Items", "Deleted Items", "Drafts", "Calendar", "Contacts"),
        *("Junk Email", "Notes", "Tasks", "Conversation History"),
    ),
    "de": (
        "Oberste Ebene des Informationsspeichers",
        *("Posteingang", "Gesendete Elemente", "Gelöschte Elemente", "Entwürfe", "Kalender"),
        *("Kontakte", "Junk-E-Mail", "Notizen", "Aufgaben", "Aufgezeichnete Unterhaltungen"),
    ),
    "fr": (
        "Racine de la banque d'informations",
        *("Boîte de réception", "Éléments envoyés", "Éléments supprimés", "Brouillons"),
        *("Calendrier", "Contacts", "Courrier indésirable", "Notes", "Tâches"),
        "Historique des conversations",
    ),
    "ja": (
        "インフォメーション ストアの先頭",
        *("受信トレイ", "送信済みアイテム", "削除済みアイテム", "下書き", "予定表", "連絡先"),
        *("迷惑メール", "メモ", "タスク", "会話の履歴"),
    ),
}
_OWN = ("Projects", "Newsletter", 'Angebote "2025"', "Clients, EMEA", "Приёмка", "a/b testing")
_BELOW = ("2024", "2025", "Closed", "Größe & Maß")
_RECOVERABLE = ("Recoverable Items", "Deletions", "Purges", "Versions", "DiscoveryHolds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """One folder; *path* has a slash before each name."""

    path: str
    kind: str
    """`FolderType`."""
    items: int
    size: int
    """In bytes."""
    number: int
    oldest: datetime | None
    newest: datetime | None

    @property
    def name(self) -> str:
        """The last name of the path."""
        return self.path.rpartition("/")[2]


def folders_of(mailbox: Mailbox) -> tuple[Folder, ...]:
    """Return the folders of *mailbox*, those for what was deleted last."""
    paths = list(_paths(mailbox))
    visible = len(paths) - len(_RECOVERABLE)
    items = [
        *_shares(mailbox.item_count, visible, mailbox),
        *_shares(mailbox.deleted_item_count, len(_RECOVERABLE), mailbox),
    ]
    sizes = [
        *_sizes(mailbox.total_bytes, items[:visible]),
        *_sizes(mailbox.deleted_bytes, items[visible:]),
    ]
    return tuple(
        _folder(mailbox, number, path, (items[number], sizes[number]))
        for number, path in enumerate(paths)
    )


def _folder(mailbox: Mailbox, number: int, named: tuple[str, str], held: tuple[int, int]) -> Folder:
    (path, kind), (items, size) = named, held
    draws = Draws(mailbox.seed, f"folder/{number}", mailbox.index)
    newest = EPOCH - timedelta(minutes=draws.below(100_000))
    oldest = newest - timedelta(minutes=draws.below(4_000_000))
    return Folder(
        path=path,
        kind=kind,
        items=items,
        size=size,
        number=number,
        oldest=oldest if items else None,
        newest=newest if items else None,
    )


def _paths(mailbox: Mailbox) -> Iterator[tuple[str, str]]:
    language = person_of(mailbox).language.partition("-")[0]
    for kind, name in zip(_TYPES, _NAMES[language], strict=True):
        yield f"/{name}", kind
    draws = Draws(mailbox.seed, "folders", mailbox.index)
    inbox = _NAMES[language][1]
    for _ in range(draws.below(4)):
        # A slash within a name is shown as another character, as Exchange does.
        name = draws.one_of(_OWN).replace("/", "\uf022")
        parent = f"/{inbox}" if draws.is_one_in(2) else ""
        own = f"{parent}/{name} {draws.below(1_000)}"
        yield own, "User Created"
        if draws.is_one_in(3):
            yield f"{own}/{draws.one_of(_BELOW)}", "User Created"
    yield "/Recoverable Items", "RecoverableItemsRoot"
    for name in _RECOVERABLE[1:]:
        yield f"/{name}", f"RecoverableItems{name}"


def _shares(total: int, parts: int, mailbox: Mailbox) -> list[int]:
    """Divide *total* among so many parts; the root has none, the second gets what is over."""
    draws = Draws(mailbox.seed, f"shares/{parts}", mailbox.index)
    weights = [0, *(draws.below(64) for _ in range(parts - 1))]
    whole = max(1, sum(weights))
    shares = [total * weight // whole for weight in weights]
    shares[1] += total - sum(shares)
    return shares


def _sizes(total: int, items: list[int]) -> list[int]:
    """Divide the bytes as the items are divided; what is over goes to the second."""
    whole = max(1, sum(items))
    sizes = [total * each // whole for each in items]
    sizes[1] += total - sum(sizes)
    return sizes
