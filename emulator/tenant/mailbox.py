"""What the n-th mailbox of a tenant is like.  Pure: the same seed and number, the same mailbox."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from emulator.tenant.draws import Draws, indexed_guid
from emulator.tenant.names import name_of

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""No date of a mailbox is later; dates must not depend on the day a test runs."""

_TEAMS = ("Sales, EMEA", 'Info "Press & Media"', "Accounts Payable", "Größen & Maße", "IT Helpdesk")
_ROOMS = ("Matterhorn", 'The "Aquarium"', "Ágora", "Room 4, North", "富士")
DELETED_FROM = 100_000_000
"""Soft-deleted mailboxes are numbered from here on."""
CREATED_FROM = 200_000_000
"""Mailboxes that cmdlets made are numbered from here on."""


class Kind(StrEnum):
    """`RecipientTypeDetails`, as far as it occurs here."""

    USER = "UserMailbox"
    SHARED = "SharedMailbox"
    ROOM = "RoomMailbox"
    EQUIPMENT = "EquipmentMailbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One mailbox as generated, or as changed since."""

    seed: int
    """The tenant's."""
    index: int
    kind: Kind
    alias: str
    display_name: str
    first_name: str
    last_name: str
    domain: str
    created: datetime
    total_bytes: int
    deleted_bytes: int
    item_count: int
    deleted_item_count: int
    last_logon: datetime | None
    forwarding_address: str | None = None
    forwarding_smtp_address: str | None = None
    deliver_and_forward: bool = False
    hidden: bool = False
    has_delegate: bool = False
    """Whether somebody may be let send on behalf of it."""
    has_archive: bool = False
    is_on_hold: bool = False
    """Litigation hold; a mailbox that is deleted under it becomes an inactive one."""
    deleted: datetime | None = None
    """When it was soft-deleted."""
    addresses: tuple[str, ...] = ()
    """`EmailAddresses` as they were set; none, as generated."""
    delegates: tuple[str, ...] | None = None
    """`GrantSendOnBehalfTo` as it was set; `None`, as drawn."""

    @property
    def guid(self) -> str:
        """The object's GUID.  Like the other two it is drawn when it is asked for."""
        return indexed_guid(self.seed, "guid", self.index)

    @property
    def exchange_guid(self) -> str:
        """The mailbox's own GUID."""
        return indexed_guid(self.seed, "exchange", self.index)

    @property
    def directory_id(self) -> str:
        """Of the user in Entra ID."""
        return indexed_guid(self.seed, "directory", self.index)

    @property
    def upn(self) -> str:
        """The user principal name."""
        return f"{self.alias}@{self.domain}"

    @property
    def address(self) -> str:
        """The primary SMTP address: the user principal name, until another was set."""
        if not self.addresses:
            return self.upn
        return next(each[5:] for each in self.addresses if each.startswith("SMTP:"))

    @property
    def is_inactive(self) -> bool:
        """Whether it is deleted and held all the same."""
        return self.deleted is not None and self.is_on_hold


def mailbox_of(seed: int, index: int, *, domains: tuple[str, ...]) -> Mailbox:
    """Return the mailbox numbered *index* of the tenant with *seed* and *domains*.

    From `DELETED_FROM` on they are soft-deleted, at most 30 days before the `EPOCH`.
    """
    draws = Draws(seed, "mailbox", index)
    kind = _kind(draws)
    first, last, display, alias = _naming(seed, index, kind, draws)
    total = _total_bytes(draws)
    items = total // (30_000 + draws.below(90_000))
    forwards = kind is not Kind.ROOM and draws.is_one_in(40)
    return Mailbox(
        seed=seed,
        index=index,
        kind=kind,
        alias=alias,
        display_name=display,
        first_name=first,
        last_name=last,
        domain=domains[-1],
        created=EPOCH - timedelta(seconds=draws.below(8 * 365 * 86_400)),
        total_bytes=total,
        deleted_bytes=total // (5 + draws.below(40)),
        item_count=items,
        deleted_item_count=items // (4 + draws.below(20)),
        last_logon=_last_logon(kind, draws),
        forwarding_smtp_address=_forwarding(draws, domains) if forwards else None,
        deliver_and_forward=forwards and draws.is_one_in(2),
        hidden=draws.is_one_in(50),
        has_delegate=draws.is_one_in(20),
        has_archive=kind is Kind.USER and draws.is_one_in(6),
        is_on_hold=draws.is_one_in(30 if index < DELETED_FROM else 3),
        deleted=EPOCH - timedelta(hours=draws.below(29 * 24)) if index >= DELETED_FROM else None,
    )


def emptied(mailbox: Mailbox) -> Mailbox:
    """Return the mailbox with nothing in it and nothing set, as a new one is."""
    return replace(
        mailbox,
        deleted=None,
        total_bytes=0,
        deleted_bytes=0,
        item_count=0,
        deleted_item_count=0,
        last_logon=None,
        forwarding_smtp_address=None,
        deliver_and_forward=False,
        hidden=False,
        has_delegate=False,
        has_archive=False,
        is_on_hold=False,
        first_name="",
        last_name="",
    )


def _kind(draws: Draws) -> Kind:
    part = draws.below(100)
    return Kind.ROOM if part < 3 else Kind.SHARED if part < 11 else Kind.USER


def _naming(seed: int, index: int, kind: Kind, draws: Draws) -> tuple[str, str, str, str]:
    # Every alias ends in the mailbox's number: that is how one is found again.
    number = index % DELETED_FROM
    match kind:
        case Kind.USER:
            name = name_of(seed, index)
            return name.first, name.last, name.display, f"{name.ascii}{number}"
        case Kind.SHARED:
            return "", "", f"{draws.one_of(_TEAMS)} {number}", f"team-{number}"
        case Kind.ROOM | Kind.EQUIPMENT:
            return "", "", f"{draws.one_of(_ROOMS)} {number}", f"room-{number}"


def _total_bytes(draws: Draws) -> int:
    # Most are small, some huge, a few empty: sizes spread over seven powers of ten.
    if draws.is_one_in(60):
        return 0
    power = draws.below(7)
    return int((draws.below(9_000) + 1_000) * 10.0**power) + draws.below(1_000)


def _last_logon(kind: Kind, draws: Draws) -> datetime | None:
    never = draws.is_one_in(12)
    ago = timedelta(seconds=draws.below(400 * 86_400))
    return None if never or kind is Kind.ROOM else EPOCH - ago


def _forwarding(draws: Draws, domains: tuple[str, ...]) -> str:
    outside = draws.is_one_in(2)
    number = draws.below(1_000)
    return f"archive{number}@{'fabrikam.example' if outside else domains[-1]}"
