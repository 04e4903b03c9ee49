"""Mailboxes as answers show them, made no further than is asked for.

A mailbox has some three hundred properties, nearly all of them the same for every mailbox of a
tenant.  Those are written as JSON once for each choice of properties; a row then costs what
differs.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

import orjson

from emulator.exchange.mailboxcolumns import COLUMNS, LISTS, Column, of_tenant
from emulator.exchange.mailboxdefaults import DEFAULTS
from emulator.exchange.views import annotated
from emulator.tenant.estate import Estate
from emulator.tenant.mailbox import Mailbox

Names = frozenset[str]
"""Names of properties in lower case; none chooses all."""
ALL: Names = frozenset()
MAILBOX = "Mailbox"
"""Under which a tenant keeps the properties that were set on a mailbox."""


_NOTHING: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Shape:
    """What is the same for every row of one choice of properties in one tenant."""

    fixed: Mapping[str, object]
    columns: Mapping[str, Column]
    head: bytes
    """The beginning of the row's JSON: the fixed members, and the types of those with lists."""

    @property
    def count(self) -> int:
        """How many properties a row has."""
        return len(self.fixed) + len(self.columns)


class MailboxRow(Mapping[str, object]):
    """One mailbox; each property is found when it is asked for."""

    __slots__ = ("_estate", "_mailbox", "_set", "_shape", "_shapes")

    def __init__(
        self, estate: Estate, mailbox: Mailbox, shapes: Callable[[Names], Shape], shape: Shape
    ) -> None:
        self._estate, self._mailbox = estate, mailbox
        self._shapes, self._shape = shapes, shape
        # Nearly always nothing was set on any mailbox, and a page asks a thousand times.
        self._set = estate.settings.seen((MAILBOX, mailbox.index)) if estate.settings else _NOTHING

    def selected(self, names: Names) -> "MailboxRow":
        """Return the row with only the properties *names*."""
        return MailboxRow(self._estate, self._mailbox, self._shapes, self._shapes(names))

    def json(self) -> bytes:
        """Return the row as a JSON object, with its type annotations."""
        if self._set:
            return orjson.dumps(annotated(self))
        estate, mailbox = self._estate, self._mailbox
        own = {name: column(estate, mailbox) for name, column in self._shape.columns.items()}
        return self._shape.head + (orjson.dumps(own)[1:] if own else b"}")

    def __getitem__(self, name: str) -> object:
        column = self._shape.columns.get(name)
        if column is not None:
            return column(self._estate, self._mailbox)
        fixed = self._shape.fixed[name]
        return self._set.get(name, fixed)

    def __iter__(self) -> Iterator[str]:
        yield from self._shape.fixed
        yield from self._shape.columns

    def __len__(self) -> int:
        return self._shape.count


_SHAPES: "WeakKeyDictionary[Estate, Callable[[Names], Shape]]" = WeakKeyDictionary()


def mailbox_row(estate: Estate, mailbox: Mailbox) -> MailboxRow:
    """Return the mailbox with all that Get-Mailbox shows of it."""
    shapes = _SHAPES.get(estate)
    if shapes is None:
        shapes = _shapes_of(estate.tenant.initial_domain)
        _SHAPES[estate] = shapes
    return MailboxRow(estate, mailbox, shapes, shapes(ALL))


def _shapes_of(initial_domain: str) -> Callable[[Names], Shape]:
    @lru_cache(256)
    def shape(names: Names) -> Shape:
        fixed = {**DEFAULTS, **of_tenant(initial_domain)}
        chosen = {n: v for n, v in fixed.items() if n not in COLUMNS and _is_in(n, names)}
        columns = {n: c for n, c in COLUMNS.items() if _is_in(n, names)}
        return Shape(chosen, columns, _head(chosen, columns))

    return shape


def _is_in(name: str, names: Names) -> bool:
    return not names or name.lower() in names


def _head(fixed: Mapping[str, object], columns: Mapping[str, Column]) -> bytes:
    several = [n for n, v in fixed.items() if isinstance(v, list)]
    several += [name for name in columns if name in LISTS]
    types = {f"{name}@odata.type": "#Collection(String)" for name in several}
    members = {"@odata.type": "#Exchange.GenericHashTable", **types, **fixed}
    text = orjson.dumps(members)[:-1]
    return text + b"," if columns else text
