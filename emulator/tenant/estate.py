"""One tenant's mailboxes: found by any identity, listed in order, changed by cmdlets."""

import re
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TypedDict, Unpack

from emulator.tenant.auditsearches import AuditSearches
from emulator.tenant.draws import Draws, index_in_guid
from emulator.tenant.mailbox import Kind, Mailbox, mailbox_of
from emulator.tenant.names import indices_named
from emulator.world import Tenant

_LAST_NUMBER = re.compile(r"([0-9]+)$")
_COMMON_NAME = re.compile(r"CN=([^,]+),OU=", re.IGNORECASE)
_GUID_TOPICS = ("guid", "exchange", "directory")
_REMEMBERED = 4_096


class Changes(TypedDict, total=False):
    """What a cmdlet may change about a mailbox."""

    forwarding_address: str | None
    forwarding_smtp_address: str | None
    deliver_and_forward: bool
    display_name: str
    hidden: bool


class Estate:
    """The mailboxes of one tenant; only the changed and the last asked for are in memory."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.audit_searches = AuditSearches()
        self._changed: dict[int, Mailbox] = {}
        self._renamed: set[int] = set()
        self._lock = threading.Lock()
        self._generated = lru_cache(_REMEMBERED)(self._generate)

    def __len__(self) -> int:
        return self.tenant.mailboxes

    @property
    def held(self) -> int:
        """How many mailboxes are in memory."""
        return len(self._changed) + self._generated.cache_info().currsize

    def mailbox(self, index: int) -> Mailbox:
        """Return the mailbox numbered *index* as it is now."""
        return self._changed.get(index) or self._generated(index)

    def mailboxes(self, start: int = 0) -> Iterator[Mailbox]:
        """List the mailboxes from number *start* on."""
        return map(self.mailbox, range(start, len(self)))

    def change(self, index: int, **changes: Unpack[Changes]) -> None:
        """Change the mailbox numbered *index* for all who ask from now on."""
        with self._lock:
            self._changed[index] = replace(self.mailbox(index), **changes)
            if "display_name" in changes:
                self._renamed.add(index)

    def found(self, identity: str) -> list[Mailbox]:
        """Return the mailboxes that *identity* means: none, one, or several of one name.

        It may be a GUID (of the object, the mailbox or the directory), an alias, an SMTP
        address or user principal name, a distinguished name or a display name.
        """
        wanted = identity.strip().casefold()
        indices = sorted(set(self._candidates(wanted)) | self._renamed)
        inside = (self.mailbox(index) for index in indices if 0 <= index < len(self))
        return [each for each in inside if wanted in self.identities(each)]

    def identities(self, mailbox: Mailbox) -> set[str]:
        """Return every text that means the mailbox, case folded."""
        texts = {
            mailbox.guid,
            mailbox.exchange_guid,
            mailbox.directory_id,
            mailbox.alias,
            mailbox.display_name,
            self.distinguished_name(mailbox),
            *(f"{mailbox.alias}@{domain}" for domain in self.tenant.domains),
        }
        return {text.casefold() for text in texts}

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

    def _generate(self, index: int) -> Mailbox:
        return mailbox_of(self.tenant.seed, index, domains=self.tenant.domains)

    def _candidates(self, wanted: str) -> Iterator[int]:
        named = _COMMON_NAME.match(wanted)
        local = (named.group(1) if named else wanted).partition("@")[0]
        if number := _LAST_NUMBER.search(local):
            yield int(number.group(1)[-9:])
        if _is_guid(wanted):
            yield from (index_in_guid(self.tenant.seed, topic, wanted) for topic in _GUID_TOPICS)
        yield from indices_named(self.tenant.seed, wanted, len(self))


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
