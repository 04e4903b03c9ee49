"""The cmdlets that make, change and remove groups, and let members in and out."""

from dataclasses import replace

from emulator.exchange.calls import REQUIRED_IDENTITY, Call, Cmdlet, Output, numbered, the_mailbox
from emulator.exchange.groupcmdlets import DISTRIBUTION, the_group
from emulator.exchange.grouprows import distribution_group_row
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.taskfailures import already_exists, already_member, no_member
from emulator.tenant.groupbook import GroupBook
from emulator.tenant.groups import Group, GroupKind, Member

_TEXTS = ("MemberJoinRestriction", "MemberDepartRestriction", "MailTip")
_TRUTHS = ("ModerationEnabled", "ReportToManagerEnabled", "ReportToOriginatorEnabled")


def _new(call: Call) -> Output:
    book, tenant = call.estate.part(GroupBook), call.estate.tenant
    name = call.text("Name") or ""
    alias = call.text("Alias") or "".join(name.split())
    for taken in (alias, f"{alias}@{tenant.domains[-1]}"):
        if book.found(taken) or call.estate.found(taken):
            raise already_exists(f"The proxy address or alias '{taken}' is already being used.")
    made = Group(
        seed=tenant.seed,
        index=0,
        kind=_kind(call),
        alias=alias,
        display_name=call.text("DisplayName") or name,
        domain=tenant.domains[-1],
        owners=_mailboxes(call, "ManagedBy"),
        members=tuple(_member(call, each) for each in call.texts("Members")),
        created=call.now,
    )
    group = book.create(made)
    return numbered([distribution_group_row(call.estate, group)], call.start)


def _kind(call: Call) -> GroupKind:
    if call.flag("RoomList"):
        return GroupKind.ROOM_LIST
    return GroupKind.SECURITY if call.text("Type") == "Security" else GroupKind.DISTRIBUTION


def _set(call: Call) -> Output:
    book, settings = call.estate.part(GroupBook), call.estate.settings
    group = book.as_changed(the_group(call, DISTRIBUTION))
    if name := call.text("DisplayName"):
        group = replace(group, display_name=name)
    if "HiddenFromAddressListsEnabled" in call.arguments:
        group = replace(group, hidden=call.flag("HiddenFromAddressListsEnabled"))
    if "RequireSenderAuthenticationEnabled" in call.arguments:
        group = replace(group, takes_outsiders=not call.flag("RequireSenderAuthenticationEnabled"))
    if change := call.change("ManagedBy"):
        before = [call.estate.mailbox(index).alias for index in group.owners]
        named = change.applied(before)
        group = replace(group, owners=tuple(the_mailbox(call.estate, n).index for n in named))
    book.put(group)
    plain = {n: call.arguments[n] for n in (*_TEXTS, *_TRUTHS) if n in call.arguments}
    settings.change(("Group", group.index), lambda kept: {**kept, **plain})
    return iter(())


def _remove(call: Call) -> Output:
    call.estate.part(GroupBook).remove(the_group(call, DISTRIBUTION))
    return iter(())


def _add_member(call: Call) -> Output:
    group, member = _named(call)
    if member in group.members:
        raise already_member(call.text("Member") or "", group.alias)
    call.estate.part(GroupBook).put(replace(group, members=(*group.members, member)))
    return iter(())


def _remove_member(call: Call) -> Output:
    group, member = _named(call)
    if member not in group.members:
        raise no_member(call.text("Member") or "", group.alias)
    left = tuple(each for each in group.members if each != member)
    call.estate.part(GroupBook).put(replace(group, members=left))
    return iter(())


def _update_members(call: Call) -> Output:
    group = call.estate.part(GroupBook).as_changed(the_group(call, DISTRIBUTION))
    members = tuple(dict.fromkeys(_member(call, each) for each in call.texts("Members")))
    call.estate.part(GroupBook).put(replace(group, members=members))
    return iter(())


def _named(call: Call) -> tuple[Group, Member]:
    group = call.estate.part(GroupBook).as_changed(the_group(call, DISTRIBUTION))
    return group, _member(call, call.text("Member") or "")


def _member(call: Call, identity: str) -> Member:
    groups = call.estate.part(GroupBook).found(identity)
    if len(groups) == 1:
        return Member(is_group=True, index=groups[0].index)
    return Member(is_group=False, index=the_mailbox(call.estate, identity).index)


def _mailboxes(call: Call, name: str) -> tuple[int, ...]:
    return tuple(the_mailbox(call.estate, each).index for each in call.texts(name))


_MEMBER = Parameter(name="Member", mandatory=True)
_MEMBERS = Parameter(name="Members", kind=Kind.STRINGS)
_BYPASS = Parameter(name="BypassSecurityGroupManagerCheck", kind=Kind.SWITCH)
GROUP_CHANGES = (
    Cmdlet(
        name="New-DistributionGroup",
        parameters=(
            Parameter(name="Name", mandatory=True, position=0),
            Parameter(name="Alias"),
            Parameter(name="DisplayName"),
            Parameter(name="ManagedBy", kind=Kind.STRINGS),
            Parameter(name="Type", choices=("Distribution", "Security")),
            Parameter(name="RoomList", kind=Kind.SWITCH),
            _MEMBERS,
        ),
        run=_new,
    ),
    Cmdlet(
        name="Set-DistributionGroup",
        parameters=(
            REQUIRED_IDENTITY,
            Parameter(name="DisplayName"),
            Parameter(name="ManagedBy", kind=Kind.MULTI),
            Parameter(name="HiddenFromAddressListsEnabled", kind=Kind.BOOLEAN),
            Parameter(name="RequireSenderAuthenticationEnabled", kind=Kind.BOOLEAN),
            *(Parameter(name=name) for name in _TEXTS),
            *(Parameter(name=name, kind=Kind.BOOLEAN) for name in _TRUTHS),
            _BYPASS,
        ),
        run=_set,
    ),
    Cmdlet(name="Remove-DistributionGroup", parameters=(REQUIRED_IDENTITY, _BYPASS), run=_remove),
    Cmdlet(
        name="Add-DistributionGroupMember",
        parameters=(REQUIRED_IDENTITY, _MEMBER, _BYPASS),
        run=_add_member,
    ),
    Cmdlet(
        name="Remove-DistributionGroupMember",
        parameters=(REQUIRED_IDENTITY, _MEMBER, _BYPASS),
        run=_remove_member,
    ),
    Cmdlet(
        name="Update-DistributionGroupMember",
        parameters=(REQUIRED_IDENTITY, _MEMBERS, _BYPASS),
        run=_update_members,
    ),
)
