"""One tenant's mailboxes: found by any identity, listed in order, changed by cmdlets."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, TypedDict, TypeVar, Unpack

from emulator.tenant.draws import Draws
from emulator.tenant.kept import Kept, Pace
from emulator.tenant.mailbox import CREATED_FROM, DELETED_FROM, Kind, Mailbox, emptied, mailbox_of
from emulator.tenant.meaning import numbers_meant
from emulator.world import Tenant

K = TypeVar("K")
V = TypeVar("V")

_REMEMBERED = 4_096
_OTHER_NAMES = {"display_name", "addresses", "alias"}

Settings = Mapping[str, object]
"""Properties that were set, by their names."""


class Changes(TypedDict, total=False):
    """What a cmdlet may change about a mailbox."""

    forwarding_address: str | None
    forwarding_smtp_address: str | None
    deliver_and_forward: bool
    display_name: str
    hidden: bool
    kind: Kind
    addresses: tuple[str, ...]
    delegates: tuple[str, ...]
    has_archive: bool
    is_on_hold: bool
    deleted: datetime | None


class Estate:
    """The mailboxes of one tenant; only the changed and the last asked for are in memory."""

    def __init__(self, tenant: Tenant, pace: Pace | None = None) -> None:
        self.tenant = tenant
        self.pace = pace or Pace()
        self._generated = lru_cache(_REMEMBERED)(self._generate)
        self._mailboxes: Kept[int, Mailbox | None] = Kept(self._generated, self.pace)
        self._renamed: set[int] = set()
        self._created = 0
        self._topics: dict[str, Kept[Any, Any]] = {}
        self._parts: dict[Callable[[Estate], Any], Any] = {}
        self.settings: Kept[tuple[str, int], Settings] = Kept(lambda _: {}, self.pace)
        """What was set beside the mailbox itself: by kind of object and number of mailbox."""

    def part(self, kind: Callable[["Estate"], V]) -> V:
        """Return the part of the tenant that *kind* makes of it, which it has one of."""
        if kind not in self._parts:
            self._parts[kind] = kind(self)
        part: V = self._parts[kind]
        return part

    def kept(self, topic: str, made: Callable[[K], V]) -> Kept[K, V]:
        """Return what the tenant has of *topic*: the same at each call, *made* at the first."""
        return self._topics.setdefault(topic, Kept(made, self.pace))

    def __len__(self) -> int:
        """How many mailboxes the tenant began with."""
        return self.tenant.mailboxes

    @property
    def held(self) -> int:
        """How many mailboxes are in memory."""
        return len(self._mailboxes) + self._generated.cache_info().currsize

    @property
    def deleted_count(self) -> int:
        """How many mailboxes were soft-deleted from the beginning."""
        return -(-self.tenant.mailboxes // 40)

    def mailbox(self, index: int) -> Mailbox:
        """Return the mailbox numbered *index* as it is now.

        Raises:
            KeyError: there never was one of that number.
        """
        mailbox = self._mailboxes.seen(index)
        if mailbox is None:
            raise KeyError(index)
        return mailbox

    def as_changed(self, index: int) -> Mailbox:
        """Return the mailbox numbered *index* as the last change left it, seen or not.

        Raises:
            KeyError: there never was one of that number.
        """
        mailbox = self._mailboxes.current(index)
        if mailbox is None:
            raise KeyError(index)
        return mailbox

    def mailboxes(self, start: int = 0) -> Iterator[Mailbox]:
        """List the mailboxes from number *start* on."""
        numbers = itertools.chain(range(start, len(self)), self._made_later(start))
        for mailbox in map(self._mailboxes.seen, numbers):
            if mailbox is not None and mailbox.deleted is None:
                yield mailbox

    def deleted_mailboxes(self, start: int = 0) -> Iterator[Mailbox]:
        """List the soft-deleted mailboxes from number *start* on: first those deleted lately."""
        lately = (each for each in sorted(self._mailboxes) if start <= each < DELETED_FROM)
        first = max(start, DELETED_FROM)
        before = range(first, DELETED_FROM + self.deleted_count)
        for mailbox in map(
            self._mailboxes.seen, itertools.chain(lately, before, self._made_later(start))
        ):
            if mailbox is not None and mailbox.deleted is not None:
                yield mailbox

    def change(self, index: int, **changes: Unpack[Changes]) -> None:
        """Change the mailbox numbered *index* for all who ask from now on."""
        self._mailboxes.put(index, replace(self.as_changed(index), **changes))
        if _OTHER_NAMES & set(changes):
            self._renamed.add(index)

    def create(self, kind: Kind, *, alias: str, display_name: str, at: datetime) -> Mailbox:
        """Make a new, empty mailbox."""
        index = CREATED_FROM + self._created
        self._created += 1
        made = mailbox_of(self.tenant.seed, index, domains=self.tenant.domains)
        mailbox = replace(
            emptied(made), kind=kind, alias=alias, display_name=display_name, created=at
        )
        self._mailboxes.put(index, mailbox)
        self._renamed.add(index)
        return mailbox

    def found(self, identity: str, *, deleted: bool = False) -> list[Mailbox]:
        """Return the mailboxes that *identity* means: none, one, or several of one name.

        It may be a GUID (of the object, the mailbox or the directory), an alias, an SMTP
        address or user principal name, a distinguished name or a display name.
        """
        wanted = identity.strip().casefold()
        numbers = set(numbers_meant(self.tenant.seed, wanted, len(self)))
        if deleted:
            numbers |= {DELETED_FROM + each for each in numbers if 0 <= each < DELETED_FROM}
        found = [self._mailboxes.seen(index) for index in sorted(numbers | self._renamed)]
        return [
            each
            for each in found
            if each and (each.deleted is not None) == deleted and wanted in self.identities(each)
        ]

    def identities(self, mailbox: Mailbox) -> set[str]:
        """Return every text that means the mailbox, case folded."""
        texts = {
            mailbox.guid,
            mailbox.exchange_guid,
            mailbox.directory_id,
            mailbox.alias,
            mailbox.upn,
            mailbox.display_name,
            self.distinguished_name(mailbox),
            *(each.partition(":")[2] for each in self.addresses(mailbox)),
        }
        return {text.casefold() for text in texts}

    def addresses(self, mailbox: Mailbox) -> tuple[str, ...]:
        """Return the mailbox's proxy addresses, the primary one first."""
        if mailbox.addresses:
            return mailbox.addresses
        others = [each for each in self.tenant.domains if each != mailbox.domain]
        return (f"SMTP:{mailbox.upn}", *(f"smtp:{mailbox.alias}@{each}" for each in others))

    def distinguished_name(self, mailbox: Mailbox) -> str:
        """Return the mailbox's distinguished name, in the shape Exchange Online gives it."""
        return (
            f"CN={mailbox.alias},OU={self.tenant.initial_domain},OU=Microsoft Exchange Hosted "
            "Organizations,DC=EURPR05A001,DC=PROD,DC=OUTLOOK,DC=COM"
        )

    def trustees(self, mailbox: Mailbox) -> tuple[str, ...]:
        """Return up to three users who might have rights on the mailbox."""
        draws = Draws(self.tenant.seed, "trustees", mailbox.index)
        drawn = [self.mailbox(draws.below(len(self))) for _ in range(3)]
        users = [each.address for each in drawn if each.kind is Kind.USER]
        return tuple(dict.fromkeys(name for name in users if name != mailbox.address))

    def _generate(self, index: int) -> Mailbox | None:
        if 0 <= index < len(self) or 0 <= index - DELETED_FROM < self.deleted_count:
            return mailbox_of(self.tenant.seed, index, domains=self.tenant.domains)
        return None

    def _made_later(self, start: int) -> Iterator[int]:
        return iter(range(max(start, CREATED_FROM), CREATED_FROM + self._created))
