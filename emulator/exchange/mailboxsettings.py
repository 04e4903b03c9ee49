"""Cmdlets over what is set for a mailbox: `Get-` and `Set-` from one description."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from emulator.exchange.calls import (
    IDENTITY,
    REQUIRED_IDENTITY,
    RESULT_SIZE,
    Call,
    Cmdlet,
    Output,
    named_mailbox,
)
from emulator.exchange.listchange import ListChange
from emulator.exchange.opath import predicate
from emulator.exchange.parameters import Parameter
from emulator.exchange.views import Row
from emulator.exchange.wording import moment_text
from emulator.tenant.estate import Estate
from emulator.tenant.mailbox import Mailbox

_FILTER = Parameter(name="Filter")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSettings:
    """One kind of object that every mailbox has one of, such as its calendar processing."""

    noun: str
    made: Callable[[Estate, Mailbox], Row]
    """What it is like before anybody changes it."""
    settable: tuple[Parameter, ...] = ()
    """The parameters of `Set-`; each sets the property of its name."""
    is_listed: bool = False
    """Whether `Get-` without an identity lists those of all mailboxes."""

    def row(self, estate: Estate, mailbox: Mailbox) -> Row:
        """Return the object as readers see it."""
        return {**self.made(estate, mailbox), **estate.settings.seen((self.noun, mailbox.index))}

    def cmdlets(self) -> tuple[Cmdlet, ...]:
        """Return `Get-` and, where something can be set, `Set-`."""
        listing = (IDENTITY, RESULT_SIZE, _FILTER) if self.is_listed else (REQUIRED_IDENTITY,)
        reader = Cmdlet(name=f"Get-{self.noun}", parameters=listing, run=self._get)
        writer = Cmdlet(
            name=f"Set-{self.noun}", parameters=(REQUIRED_IDENTITY, *self.settable), run=self._set
        )
        return (reader, writer) if self.settable else (reader,)

    def _get(self, call: Call) -> Output:
        if call.text("Identity"):
            mailbox = named_mailbox(call)
            mailboxes = iter([mailbox] if mailbox.index >= call.start else [])
        else:
            mailboxes = call.estate.mailboxes(call.start)
        rows = ((each.index, self.row(call.estate, each)) for each in mailboxes)
        return self._filtered(call, rows)

    def _filtered(self, call: Call, rows: Output) -> Output:
        text = call.text("Filter")
        if not text or not len(call.estate):
            return rows
        fits = predicate(text, self.row(call.estate, call.estate.mailbox(0)))
        return ((number, row) for number, row in rows if fits(row))

    def _set(self, call: Call) -> Output:
        mailbox = named_mailbox(call)
        set_in(call, self.noun, mailbox, self.settable, self.made(call.estate, mailbox))
        return iter(())


def set_in(
    call: Call, noun: str, mailbox: Mailbox, settable: tuple[Parameter, ...], made: Row
) -> None:
    """Keep the arguments that are *settable* as properties of the mailbox's object *noun*."""
    key, settings = (noun, mailbox.index), call.estate.settings
    before = settings.current(key)
    given = {each.name: call.arguments[each.name] for each in settable if _is_given(call, each)}
    changed = {name: _value(each, {**made, **before}.get(name)) for name, each in given.items()}
    if changed:
        settings.put(key, {**before, **changed})


def _is_given(call: Call, parameter: Parameter) -> bool:
    return parameter.name in call.arguments


def _value(argument: object, before: object) -> object:
    if isinstance(argument, datetime):
        return moment_text(argument)
    if not isinstance(argument, ListChange):
        return argument
    return argument.applied(before if isinstance(before, list) else [])


def cmdlets_of(*topics: MailboxSettings) -> tuple[Cmdlet, ...]:
    """Return the cmdlets of several kinds of objects."""
    return tuple(cmdlet for topic in topics for cmdlet in topic.cmdlets())
