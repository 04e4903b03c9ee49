"""Which mailboxes the arguments of a listing choose."""

import heapq
from collections.abc import Iterator

from emulator.exchange.calls import SERVER, Call, the_mailbox
from emulator.exchange.mailboxrows import mailbox_row
from emulator.exchange.opath import predicate
from emulator.exchange.organizationobjects import KINDS
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.taskfailures import not_found
from emulator.tenant.estate import Estate
from emulator.tenant.mailbox import Mailbox

TYPES = (
    "UserMailbox",
    "SharedMailbox",
    "RoomMailbox",
    "EquipmentMailbox",
    "SchedulingMailbox",
    "TeamMailbox",
    "DiscoveryMailbox",
    "GroupMailbox",
    "LinkedMailbox",
    "LegacyMailbox",
)
CHOICE = (
    Parameter(name="Anr"),
    Parameter(name="Filter"),
    Parameter(name="OrganizationalUnit"),
    Parameter(name="MailboxPlan"),
    Parameter(name="RecipientTypeDetails", kind=Kind.STRINGS, choices=TYPES),
    Parameter(name="Archive", kind=Kind.SWITCH),
    Parameter(name="SoftDeletedMailbox", kind=Kind.SWITCH),
    Parameter(name="InactiveMailboxOnly", kind=Kind.SWITCH),
    Parameter(name="IncludeInactiveMailbox", kind=Kind.SWITCH),
)
"""The parameters that choose."""


def selected_mailboxes(call: Call) -> Iterator[Mailbox]:
    """List the mailboxes that the arguments choose, from number `call.start` on.

    Raises:
        RefusedError: the identity means no single mailbox, the filter is not understood, or what
            the mailboxes should belong to is not there.
    """
    _check_unit(call)
    plan = _plan(call)
    chosen = _named(call) if call.text("Identity") else _of_state(call)
    if plan:
        chosen = (each for each in chosen if mailbox_row(call.estate, each)["MailboxPlan"] == plan)
    if kinds := set(call.texts("RecipientTypeDetails")):
        chosen = (each for each in chosen if each.kind in kinds)
    if call.flag("Archive"):
        chosen = (each for each in chosen if each.has_archive)
    if start := (call.text("Anr") or "").casefold():
        chosen = (each for each in chosen if _resolves(each, start))
    if text := call.text("Filter"):
        chosen = _filtered(call.estate, chosen, text)
    return chosen


def _named(call: Call) -> Iterator[Mailbox]:
    identity = call.text("Identity") or ""
    deleted = call.flag("SoftDeletedMailbox") or call.flag("InactiveMailboxOnly")
    mailbox = the_mailbox(
        call.estate, identity, deleted=deleted, or_deleted=call.flag("IncludeInactiveMailbox")
    )
    if call.flag("InactiveMailboxOnly") and not mailbox.is_inactive:
        raise not_found(identity, SERVER)
    return iter([mailbox] if mailbox.index >= call.start else [])


def _of_state(call: Call) -> Iterator[Mailbox]:
    """List the mailboxes that are there, or gone, as the switches say; by number."""
    estate, start = call.estate, call.start
    if call.flag("SoftDeletedMailbox"):
        return estate.deleted_mailboxes(start)
    if not (call.flag("InactiveMailboxOnly") or call.flag("IncludeInactiveMailbox")):
        return estate.mailboxes(start)
    inactive = (each for each in estate.deleted_mailboxes(start) if each.is_inactive)
    if call.flag("InactiveMailboxOnly"):
        return inactive
    return heapq.merge(estate.mailboxes(start), inactive, key=lambda each: each.index)


def _resolves(mailbox: Mailbox, start: str) -> bool:
    names = (mailbox.display_name, mailbox.alias, mailbox.first_name, mailbox.last_name)
    return any(name.casefold().startswith(start) for name in names if name)


def _filtered(estate: Estate, mailboxes: Iterator[Mailbox], text: str) -> Iterator[Mailbox]:
    if not len(estate):
        return iter(())
    fits = predicate(text, mailbox_row(estate, estate.mailbox(0)))
    return (each for each in mailboxes if fits(mailbox_row(estate, each)))


def _check_unit(call: Call) -> None:
    unit, tenant = call.text("OrganizationalUnit"), call.estate.tenant
    # A tenant of Exchange Online has no units but its own.
    if unit and unit.casefold().rpartition("/")[2] != tenant.initial_domain:
        raise not_found(unit, SERVER)


def _plan(call: Call) -> str | None:
    wanted = call.text("MailboxPlan")
    if not wanted:
        return None
    return str(KINDS["MailboxPlan"].rows(call.estate, wanted)[0]["Name"])
