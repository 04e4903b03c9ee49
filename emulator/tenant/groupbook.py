"""One tenant's groups: found by any identity, listed in order, changed by cmdlets."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from emulator.tenant.estate import Estate
from emulator.tenant.groups import Group, group_count, group_of
from emulator.tenant.kept import Kept
from emulator.tenant.meaning import number_at_end, numbers_in_guid

_TOPICS = ("group", "group-directory")
_REMEMBERED = 1_024


@dataclass
class GroupBook:
    """The groups of one tenant; only the changed and the last asked for are in memory."""

    estate: Estate
    _groups: Kept[int, Group | None] = field(init=False)
    _named: set[int] = field(default_factory=set)
    _count: int = field(init=False)

    def __post_init__(self) -> None:
        self._count = group_count(len(self.estate))
        self._groups = Kept(lru_cache(_REMEMBERED)(self._generate), self.estate.pace)

    def groups(self, start: int = 0) -> Iterator[Group]:
        """List the groups from number *start* on."""
        seen = (self._groups.seen(index) for index in range(start, self._count))
        return (group for group in seen if group is not None)

    def group(self, index: int) -> Group | None:
        """Return the group numbered *index*, unless it was removed."""
        return self._groups.seen(index)

    def as_changed(self, group: Group) -> Group:
        """Return the group as the last change left it, seen or not."""
        return self._groups.current(group.index) or group

    def found(self, identity: str) -> list[Group]:
        """Return the groups that *identity* means: none, one, or several of one name."""
        wanted = identity.strip().casefold()
        numbers = sorted(set(self._candidates(wanted)) | self._named)
        groups = [self._groups.seen(index) for index in numbers]
        return [each for each in groups if each and wanted in self.identities(each)]

    def identities(self, group: Group) -> set[str]:
        """Return every text that means the group, case folded."""
        texts = {
            group.guid,
            group.directory_id,
            group.alias,
            group.display_name,
            self.distinguished_name(group),
            *(f"{group.alias}@{domain}" for domain in self.estate.tenant.domains),
        }
        return {text.casefold() for text in texts}

    def distinguished_name(self, group: Group) -> str:
        """Return the group's distinguished name, in the shape Exchange Online gives it."""
        return (
            f"CN={group.alias},OU={self.estate.tenant.initial_domain},OU=Microsoft Exchange "
            "Hosted Organizations,DC=EURPR05A001,DC=PROD,DC=OUTLOOK,DC=COM"
        )

    def put(self, group: Group) -> None:
        """Keep the group as it is now."""
        self._groups.put(group.index, group)
        self._named.add(group.index)

    def remove(self, group: Group) -> None:
        """Forget the group."""
        self._groups.put(group.index, None)

    def create(self, made: Group) -> Group:
        """Keep a new group, under a number of its own."""
        numbered = replace(made, index=self._count)
        self._count += 1
        self.put(numbered)
        return numbered

    def _generate(self, index: int) -> Group | None:
        mailboxes = len(self.estate)
        if not 0 <= index < group_count(mailboxes):
            return None
        tenant = self.estate.tenant
        return group_of(tenant.seed, index, mailboxes=mailboxes, domain=tenant.domains[-1])

    def _candidates(self, wanted: str) -> Iterator[int]:
        yield 0  # the only one whose name has no number at its end
        yield from number_at_end(wanted)
        yield from numbers_in_guid(self.estate.tenant.seed, _TOPICS, wanted)
