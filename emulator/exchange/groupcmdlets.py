"""The cmdlets that read groups and their members."""

from collections.abc import Callable, Iterator

from emulator.exchange.calls import (
    IDENTITY,
    REQUIRED_IDENTITY,
    RESULT_SIZE,
    SERVER,
    Call,
    Cmdlet,
    Output,
    named_mailbox,
    numbered,
)
from emulator.exchange.failures import bad_request
from emulator.exchange.grouprows import (
    distribution_group_row,
    dynamic_group_row,
    group_row,
    mailbox_recipient_row,
    unified_group_row,
)
from emulator.exchange.mailboxrows import mailbox_row
from emulator.exchange.opath import predicate
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.taskfailures import ambiguous, not_found
from emulator.exchange.views import Row
from emulator.tenant.estate import Estate
from emulator.tenant.groupbook import GroupBook
from emulator.tenant.groups import Group, GroupKind

DISTRIBUTION = (GroupKind.DISTRIBUTION, GroupKind.SECURITY, GroupKind.ROOM_LIST)
_Shown = Callable[[Estate, Group], Row]


def the_group(call: Call, kinds: tuple[GroupKind, ...]) -> Group:
    """Return the one group of these kinds that the argument Identity means.

    Raises:
        RefusedError: there is none, or more than one.
    """
    identity = call.text("Identity") or ""
    found = call.estate.part(GroupBook).found(identity)
    match [each for each in found if each.kind in kinds]:
        case [group]:
            return group
        case []:
            raise not_found(identity, SERVER)
        case _:
            raise ambiguous(identity)


def _listing(kinds: tuple[GroupKind, ...], shown: _Shown) -> Callable[[Call], Output]:
    def run(call: Call) -> Output:
        rows = ((each.index, shown(call.estate, each)) for each in _chosen(call, kinds))
        if text := call.text("Filter"):
            return _filtered(call.estate, rows, text)
        return rows

    return run


def _chosen(call: Call, kinds: tuple[GroupKind, ...]) -> Iterator[Group]:
    if call.text("Identity"):
        group = the_group(call, kinds)
        groups = iter([group] if group.index >= call.start else [])
    else:
        groups = call.estate.part(GroupBook).groups(call.start)
    wanted = set(call.texts("RecipientTypeDetails")) or set(kinds)
    groups = (each for each in groups if each.kind in kinds and each.kind in wanted)
    if call.text("ManagedBy"):
        owner = named_mailbox(call, "ManagedBy").index
        groups = (each for each in groups if owner in each.owners)
    if start := (call.text("Anr") or "").casefold():
        groups = (each for each in groups if each.display_name.casefold().startswith(start))
    return groups


def _filtered(estate: Estate, rows: Output, text: str) -> Output:
    first = estate.part(GroupBook).group(0)
    example = {} if first is None else unified_group_row(estate, first)
    fits = predicate(text, {**example, "RecipientFilter": ""})
    return ((number, row) for number, row in rows if fits(row))


def members_of(estate: Estate, group: Group) -> Iterator[Row]:
    """List the members of *group* that are still there, by the order of their joining."""
    if group.kind is GroupKind.DYNAMIC:
        yield from _fitting(estate, group)
        return
    for member in group.members:
        if member.is_group:
            inner = estate.part(GroupBook).group(member.index)
            if inner is not None:
                yield group_row(estate, inner)
        else:
            mailbox = estate.mailbox(member.index)
            if mailbox.deleted is None:
                yield mailbox_recipient_row(estate, mailbox)


def _fitting(estate: Estate, group: Group) -> Iterator[Row]:
    fits = predicate(group.recipient_filter, mailbox_row(estate, estate.mailbox(0)))
    for mailbox in estate.mailboxes():
        if fits(mailbox_row(estate, mailbox)):
            yield mailbox_recipient_row(estate, mailbox)


def _members(kinds: tuple[GroupKind, ...]) -> Callable[[Call], Output]:
    return lambda call: numbered(members_of(call.estate, the_group(call, kinds)), call.start)


def _links(call: Call) -> Output:
    group = the_group(call, (GroupKind.UNIFIED,))
    match call.text("LinkType"):
        case "Members":
            return numbered(members_of(call.estate, group), call.start)
        case "Owners":
            owners = (call.estate.mailbox(index) for index in group.owners)
            there = (each for each in owners if each.deleted is None)
            rows = (mailbox_recipient_row(call.estate, each) for each in there)
            return numbered(rows, call.start)
        case _:
            return iter(())


def _for_people(name: str) -> Cmdlet:
    """Return a cmdlet that no application may run; roles refuse it before it would."""

    def run(_: Call) -> Output:
        raise bad_request(f"{name} needs a user.")

    return Cmdlet(name=name, parameters=(IDENTITY,), run=run)


_CHOICE = (
    IDENTITY,
    RESULT_SIZE,
    Parameter(name="Anr"),
    Parameter(name="Filter"),
    Parameter(name="ManagedBy"),
)
_TYPES = Parameter(
    name="RecipientTypeDetails",
    kind=Kind.STRINGS,
    choices=tuple(each.value for each in DISTRIBUTION),
)
_LINK = Parameter(
    name="LinkType",
    mandatory=True,
    choices=("Members", "Owners", "Subscribers", "Aggregators", "EventSubscribers"),
)
GROUP_CMDLETS = (
    Cmdlet(
        name="Get-DistributionGroup",
        parameters=(*_CHOICE, _TYPES),
        run=_listing(DISTRIBUTION, distribution_group_row),
    ),
    Cmdlet(
        name="Get-DistributionGroupMember",
        parameters=(REQUIRED_IDENTITY, RESULT_SIZE),
        run=_members(DISTRIBUTION),
    ),
    Cmdlet(
        name="Get-DynamicDistributionGroup",
        parameters=_CHOICE,
        run=_listing((GroupKind.DYNAMIC,), dynamic_group_row),
    ),
    Cmdlet(
        name="Get-DynamicDistributionGroupMember",
        parameters=(REQUIRED_IDENTITY, RESULT_SIZE),
        run=_members((GroupKind.DYNAMIC,)),
    ),
    Cmdlet(
        name="Get-UnifiedGroup",
        parameters=_CHOICE,
        run=_listing((GroupKind.UNIFIED,), unified_group_row),
    ),
    Cmdlet(
        name="Get-UnifiedGroupLinks",
        parameters=(REQUIRED_IDENTITY, _LINK, RESULT_SIZE),
        run=_links,
    ),
    _for_people("New-UnifiedGroup"),
    _for_people("Remove-UnifiedGroup"),
    _for_people("Add-UnifiedGroupLinks"),
    _for_people("Remove-UnifiedGroupLinks"),
)
