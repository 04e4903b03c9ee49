"""Get-Recipient: everybody and everything that mail can be sent to."""

import itertools
from collections.abc import Iterator

from emulator.exchange.calls import (
    IDENTITY,
    RESULT_SIZE,
    SERVER,
    Call,
    Cmdlet,
    Output,
)
from emulator.exchange.grouprows import group_row, mailbox_recipient_row
from emulator.exchange.opath import predicate
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.taskfailures import ambiguous, not_found
from emulator.exchange.views import Row
from emulator.tenant.estate import Estate
from emulator.tenant.groupbook import GroupBook
from emulator.tenant.groups import Group
from emulator.tenant.mailbox import Mailbox

_GROUPS_FROM = 300_000_000
"""Rows of groups are numbered from here on, after those of mailboxes."""

Recipient = Mailbox | Group


def _get(call: Call) -> Output:
    rows = _named(call) if call.text("Identity") else _all(call)
    for name, property_name in (
        ("RecipientType", "RecipientType"),
        ("RecipientTypeDetails", "RecipientTypeDetails"),
    ):
        if wanted := {each.casefold() for each in call.texts(name)}:
            rows = _having(rows, property_name, wanted)
    if start := (call.text("Anr") or "").casefold():
        rows = (each for each in rows if str(each[1]["DisplayName"]).casefold().startswith(start))
    if text := call.text("Filter"):
        fits = predicate(text, _example(call.estate))
        rows = (each for each in rows if fits(each[1]))
    return rows


def _having(rows: Output, name: str, wanted: set[str]) -> Output:
    return (each for each in rows if str(each[1][name]).casefold() in wanted)


def _example(estate: Estate) -> Row:
    return mailbox_recipient_row(estate, estate.mailbox(0)) if len(estate) else {}


def _named(call: Call) -> Output:
    estate, identity = call.estate, call.text("Identity") or ""
    found: list[Recipient] = [*estate.found(identity), *estate.part(GroupBook).found(identity)]
    match found:
        case [recipient]:
            return (each for each in [_numbered(estate, recipient)] if each[0] >= call.start)
        case []:
            raise not_found(identity, SERVER)
        case _:
            raise ambiguous(identity)


def _all(call: Call) -> Iterator[tuple[int, Row]]:
    estate, start = call.estate, call.start
    mailboxes = estate.mailboxes(start) if start < _GROUPS_FROM else iter(())
    groups = estate.part(GroupBook).groups(max(0, start - _GROUPS_FROM))
    everybody: Iterator[Recipient] = itertools.chain(mailboxes, groups)
    return (_numbered(estate, each) for each in everybody)


def _numbered(estate: Estate, recipient: Recipient) -> tuple[int, Row]:
    if isinstance(recipient, Group):
        return _GROUPS_FROM + recipient.index, group_row(estate, recipient)
    return recipient.index, mailbox_recipient_row(estate, recipient)


GET_RECIPIENT = Cmdlet(
    name="Get-Recipient",
    parameters=(
        IDENTITY,
        RESULT_SIZE,
        Parameter(name="Anr"),
        Parameter(name="Filter"),
        Parameter(name="RecipientType", kind=Kind.STRINGS),
        Parameter(name="RecipientTypeDetails", kind=Kind.STRINGS),
    ),
    run=_get,
)
