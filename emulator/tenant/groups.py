"""Which groups a tenant has, who owns them and who is in them.  Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from emulator.tenant.draws import Draws, indexed_guid
from emulator.tenant.mailbox import EPOCH

_NAMES = (
    "Project, Alpha",
    "Vertrieb & Marketing",
    'The "Board"',
    "Betriebsrat",
    "Équipe Lyon",
    "営業部",
    "IT Alerts",
    "O'Brien's Team",
    "Leavers",
)


class GroupKind(StrEnum):
    """`RecipientTypeDetails` of a group."""

    DISTRIBUTION = "MailUniversalDistributionGroup"
    SECURITY = "MailUniversalSecurityGroup"
    ROOM_LIST = "RoomList"
    DYNAMIC = "DynamicDistributionGroup"
    UNIFIED = "GroupMailbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A mailbox or a group, by its number."""

    is_group: bool
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group as generated, or as changed since."""

    seed: int
    index: int
    kind: GroupKind
    alias: str
    display_name: str
    domain: str
    owners: tuple[int, ...]
    """Numbers of mailboxes; a group may have lost all its owners."""
    members: tuple[Member, ...]
    """Empty for a dynamic group: who fits its filter is in it."""
    recipient_filter: str = ""
    takes_outsiders: bool = False
    """Whether who is not signed in may send to it."""
    hidden: bool = False
    is_private: bool = False
    created: datetime

    @property
    def guid(self) -> str:
        """The object's GUID."""
        return indexed_guid(self.seed, "group", self.index)

    @property
    def directory_id(self) -> str:
        """Of the group in Entra ID."""
        return indexed_guid(self.seed, "group-directory", self.index)

    @property
    def address(self) -> str:
        """The primary SMTP address."""
        return f"{self.alias}@{self.domain}"


def group_count(mailboxes: int) -> int:
    """Return how many groups a tenant with so many mailboxes has."""
    return -(-mailboxes // 8)


def group_of(seed: int, index: int, *, mailboxes: int, domain: str) -> Group:
    """Return the group numbered *index*; the first one is everybody's."""
    draws = Draws(seed, "groups", index)
    kind = GroupKind.DYNAMIC if index == 0 else _kind(draws)
    name = "All Staff" if index == 0 else f"{draws.one_of(_NAMES)} {index}"
    owners = (draws.below(mailboxes),) if not draws.is_one_in(6) else ()
    return Group(
        seed=seed,
        index=index,
        kind=kind,
        alias="all-staff-0" if index == 0 else f"group-{index}",
        display_name=name,
        domain=domain,
        owners=owners,
        members=() if kind is GroupKind.DYNAMIC else _members(seed, index, kind, mailboxes),
        recipient_filter=_filter(index, draws) if kind is GroupKind.DYNAMIC else "",
        takes_outsiders=draws.is_one_in(5),
        hidden=draws.is_one_in(15),
        is_private=draws.is_one_in(3),
        created=EPOCH - timedelta(hours=draws.below(6 * 365 * 24)),
    )


def _kind(draws: Draws) -> GroupKind:
    part = draws.below(100)
    kinds = (
        (50, GroupKind.DISTRIBUTION),
        (65, GroupKind.SECURITY),
        (70, GroupKind.ROOM_LIST),
        (75, GroupKind.DYNAMIC),
        (100, GroupKind.UNIFIED),
    )
    return next(kind for below, kind in kinds if part < below)


def _members(seed: int, index: int, kind: GroupKind, mailboxes: int) -> tuple[Member, ...]:
    draws = Draws(seed, "group-members", index)
    count = 0 if draws.is_one_in(10) else draws.below(20)
    people = [Member(is_group=False, index=draws.below(mailboxes)) for _ in range(count)]
    # Groups hold only groups of lower numbers: none holds itself.
    may_nest = kind in {GroupKind.DISTRIBUTION, GroupKind.SECURITY}
    nested = (
        [Member(is_group=True, index=draws.below(index))] if may_nest and draws.is_one_in(5) else []
    )
    return tuple(dict.fromkeys([*people, *nested]))


def _filter(index: int, draws: Draws) -> str:
    if index == 0:
        return "RecipientTypeDetails -eq 'UserMailbox'"
    return f"(RecipientTypeDetails -eq 'UserMailbox') -and (Alias -like '*{draws.below(10)}')"
