"""What a cmdlet is, and what it is called with."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from emulator.exchange.listchange import ListChange
from emulator.exchange.parameters import Arguments, Kind, Parameter
from emulator.exchange.taskfailures import ambiguous, not_found
from emulator.exchange.views import Row
from emulator.tenant.estate import Estate
from emulator.tenant.mailbox import EPOCH, Mailbox

SERVER = "AM0PR05A001DC001.EURPR05A001.PROD.OUTLOOK.COM"

IDENTITY = Parameter(name="Identity", position=0, by_property_name=True)
REQUIRED_IDENTITY = Parameter(name="Identity", mandatory=True, position=0, by_property_name=True)
RESULT_SIZE = Parameter(name="ResultSize", kind=Kind.RESULT_SIZE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One execution of a cmdlet, from row number *start* of its output on."""

    estate: Estate
    arguments: Arguments
    start: int = 0
    now: datetime = EPOCH
    """When it is executed."""
    warnings: list[str] = field(default_factory=list)
    """What the cmdlet warns of; it adds to them while it runs."""
    errors: list[str] = field(default_factory=list)
    """What did not work though the rest did; each becomes an error at the client."""

    def text(self, name: str) -> str | None:
        """Return the argument as text, or `None` where it was not given or is empty."""
        value = self.arguments.get(name)
        return value if isinstance(value, str) and value else None

    def texts(self, name: str) -> list[str]:
        """Return the argument as a list of texts."""
        value = self.arguments.get(name)
        return [str(each) for each in value] if isinstance(value, list) else []

    def change(self, name: str) -> ListChange | None:
        """Return what the argument does to a list, or `None` where it was not given."""
        value = self.arguments.get(name)
        return value if isinstance(value, ListChange) else None

    def moment(self, name: str) -> datetime | None:
        """Return the argument as a time in UTC, or `None` where it was not given."""
        value = self.arguments.get(name)
        return value if isinstance(value, datetime) else None

    def count(self, name: str, *, default: int) -> int:
        """Return the argument as a number, or *default* where it was not given."""
        value = self.arguments.get(name)
        return value if isinstance(value, int) else default

    def flag(self, name: str) -> bool:
        """Tell whether the switch was given."""
        return self.arguments.get(name) is True


Output = Iterator[tuple[int, Row]]
"""Rows with their numbers; a number can be gone on from, as `Call.start`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cmdlet:
    """A name, its parameters, and what it does."""

    name: str
    parameters: tuple[Parameter, ...]
    run: Callable[[Call], Output]


def the_mailbox(
    estate: Estate, identity: str, *, deleted: bool = False, or_deleted: bool = False
) -> Mailbox:
    """Return the one mailbox that *identity* means: one of the *deleted*, or (`or_deleted`) any.

    Raises:
        RefusedError: there is none, or more than one.
    """
    found = estate.found(identity, deleted=deleted)
    if or_deleted and not found:
        found = estate.found(identity, deleted=True)
    match found:
        case [mailbox]:
            return mailbox
        case []:
            raise not_found(identity, SERVER)
        case _:
            raise ambiguous(identity)


def named_mailbox(call: Call, parameter: str = "Identity") -> Mailbox:
    """Return the one mailbox that the argument means.

    Raises:
        RefusedError: there is none, or more than one.
    """
    return the_mailbox(call.estate, call.text(parameter) or "")


def numbered(rows: Iterator[Row] | Sequence[Row], start: int) -> Output:
    """Number *rows* and leave out those before *start*."""
    return ((number, row) for number, row in enumerate(rows) if number >= start)
