"""What an organization has of each kind of object, such as rules of transport.

What it begins with stands in `organization.toml`.
"""

import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import cast

from emulator.exchange.calls import SERVER
from emulator.exchange.taskfailures import not_found
from emulator.exchange.views import Row
from emulator.tenant.estate import Estate
from emulator.tenant.kept import Kept

_CREATED = "2025-02-03T08:00:00Z"
Objects = tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectKind:
    """One kind of object."""

    noun: str
    usual: Row
    """The properties that can be set, and their values where nothing else is said."""
    verbs: tuple[str, ...]
    """Of the cmdlets there are beside `Get-`."""
    objects: Objects = ()
    is_one: bool = False
    """Whether there is exactly one, which needs no identity."""
    per: str = ""

    def kept(self, estate: Estate) -> Kept[str, Objects]:
        """Return the organization's objects of this kind, all under one key."""
        return estate.kept(self.noun, lambda _: self._made(estate))

    def rows(self, estate: Estate, identity: str | None) -> list[Row]:
        """Return the objects as a reader sees them, or the one that is meant.

        Raises:
            RefusedError: there is none of that identity.
        """
        objects = list(self.kept(estate).seen(""))
        found = [each for each in objects if identity is None or is_meant(each, identity)]
        if identity and not found:
            raise not_found(identity, SERVER)
        return found

    def named(self, estate: Estate, identity: str | None) -> Row:
        """Return the object as the last change left it; the only one needs no identity.

        Raises:
            RefusedError: there is none of that identity.
        """
        objects = self.kept(estate).current("")
        if self.is_one and identity is None:
            return objects[0]
        for each in objects:
            if is_meant(each, identity or ""):
                return each
        raise not_found(identity or "", SERVER)

    def put(self, estate: Estate, old: Row, new: Row | None) -> None:
        """Let *new*, or nothing, take the place of *old*."""
        before = self.kept(estate).current("")
        after = (new if each["Guid"] == old["Guid"] else each for each in before)
        self.kept(estate).put("", tuple(each for each in after if each is not None))

    def add(self, estate: Estate, new: Row) -> None:
        """Let *new* be the last."""
        self.kept(estate).put("", (*self.kept(estate).current(""), new))

    def object_named(self, estate: Estate, own: Row, domain: str | None = None) -> Row:
        """Return an object with the properties *own*, the usual ones, and those of every object."""
        tenant = estate.tenant
        known = {
            "{domain}": domain or tenant.domains[-1],
            "{initialDomain}": tenant.initial_domain,
            "{organization}": tenant.initial_domain.partition(".")[0].title(),
            "{tenantId}": tenant.id,
        }
        whole = cast("Row", _filled({**self.usual, **own}, known))
        return {
            "Identity": whole["Name"],
            "Name": whole["Name"],
            "Guid": str(uuid.uuid5(uuid.UUID(tenant.id), f"{self.noun}/{whole['Name']}")),
            "WhenCreated": _CREATED,
            "WhenChanged": _CREATED,
            "IsValid": True,
            **whole,
        }

    def _made(self, estate: Estate) -> Objects:
        if self.per == "domain":
            domains = estate.tenant.domains
            return tuple(self.object_named(estate, {"Name": each}, each) for each in domains)
        return tuple(self.object_named(estate, each) for each in self.objects)


def is_meant(row: Row, identity: str) -> bool:
    """Tell whether *identity* is one of the object's names, whatever the case."""
    names = {str(row[name]).casefold() for name in ("Name", "Guid", "Identity")}
    return identity.casefold() in names


def _filled(value: object, known: Mapping[str, str]) -> object:
    match value:
        case str():
            for name, text in known.items():
                value = value.replace(name, text)
            return value
        case list():
            return [_filled(each, known) for each in value]
        case dict():
            return {name: _filled(each, known) for name, each in value.items()}
        case _:
            return value


def _kinds() -> tuple[ObjectKind, ...]:
    text = resources.files("emulator.exchange").joinpath("organization.toml").read_text("utf-8")
    return tuple(
        ObjectKind(
            noun=noun,
            usual=table["usual"],
            verbs=tuple(table["verbs"]),
            objects=tuple(table.get("objects", ())),
            is_one=table.get("is_one", False),
            per=table.get("per", ""),
        )
        for noun, table in tomllib.loads(text).items()
    )


KINDS = {kind.noun: kind for kind in _kinds()}
"""By the noun of its cmdlets."""
