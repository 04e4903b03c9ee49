"""The cmdlets about who has which roles: groups of people, and applications."""

from emulator.exchange.calls import (
    IDENTITY,
    REQUIRED_IDENTITY,
    RESULT_SIZE,
    SERVER,
    Call,
    Cmdlet,
    Output,
    numbered,
    the_mailbox,
)
from emulator.exchange.grouprows import mailbox_recipient_row
from emulator.exchange.organizationobjects import KINDS
from emulator.exchange.parameters import Parameter
from emulator.exchange.taskfailures import already_member, no_member, not_found
from emulator.exchange.views import Row
from emulator.tenant.draws import Draws
from emulator.tenant.estate import Estate
from emulator.tenant.kept import Kept

_ROLE_GROUP = KINDS["RoleGroup"]
Members = tuple[int, ...]


def _kept(estate: Estate) -> Kept[str, Members]:
    def made(group: str) -> Members:
        draws = Draws(estate.tenant.seed, f"role-group/{group}")
        count = min(len(estate), draws.below(4))
        return tuple(dict.fromkeys(draws.below(len(estate)) for _ in range(count)))

    return estate.kept("role group members", made)


def _group(call: Call) -> str:
    return str(_ROLE_GROUP.rows(call.estate, call.text("Identity"))[0]["Name"])


def _get_members(call: Call) -> Output:
    members = (call.estate.mailbox(each) for each in _kept(call.estate).seen(_group(call)))
    there = (each for each in members if each.deleted is None)
    return numbered((mailbox_recipient_row(call.estate, each) for each in there), call.start)


def _add_member(call: Call) -> Output:
    group, who = _group(call), call.text("Member") or ""
    member, members = the_mailbox(call.estate, who).index, _kept(call.estate).current(group)
    if member in members:
        raise already_member(who, group)
    _kept(call.estate).put(group, (*members, member))
    return iter(())


def _remove_member(call: Call) -> Output:
    group, who = _group(call), call.text("Member") or ""
    member, members = the_mailbox(call.estate, who).index, _kept(call.estate).current(group)
    if member not in members:
        raise no_member(who, group)
    _kept(call.estate).put(group, tuple(each for each in members if each != member))
    return iter(())


def _get_assignments(call: Call) -> Output:
    role = (call.text("Role") or "").casefold()
    assignee = (call.text("RoleAssignee") or "").casefold()
    rows = [
        _assignment(str(each), str(group["Name"]))
        for group in _ROLE_GROUP.rows(call.estate, None)
        for each in group["Roles"]  # type: ignore[attr-defined]
    ]
    chosen = [
        row
        for row in rows
        if role in {"", str(row["Role"]).casefold()}
        and assignee in {"", str(row["RoleAssigneeName"]).casefold()}
    ]
    return numbered(chosen, call.start)


def _assignment(role: str, group: str) -> Row:
    return {
        "Identity": f"{role}-{group}",
        "Name": f"{role}-{group}",
        "Role": role,
        "RoleAssigneeName": group,
        "RoleAssigneeType": "RoleGroup",
        "RoleAssignmentDelegationType": "Regular",
        "Enabled": True,
        "RecipientReadScope": "Organization",
        "RecipientWriteScope": "Organization",
        "CustomRecipientWriteScope": None,
        "IsValid": True,
    }


def _get_service_principals(call: Call) -> Output:
    wanted = (call.text("Identity") or "").casefold()
    rows: list[Row] = [
        {
            "Identity": each.object_id,
            "DisplayName": f"app-{each.client_id[:8]}",
            "AppId": each.client_id,
            "ObjectId": each.object_id,
            "Sid": f"S-1-5-21-{Draws(0, each.client_id).below(10**9)}",
            "IsValid": True,
        }
        for each in call.estate.tenant.applications
    ]
    found = [
        row
        for row in rows
        if wanted in {"", *(str(row[n]).casefold() for n in ("AppId", "ObjectId", "DisplayName"))}
    ]
    if wanted and not found:
        raise not_found(wanted, SERVER)
    return numbered(found, call.start)


_MEMBER = Parameter(name="Member", mandatory=True)
ROLE_CMDLETS = (
    Cmdlet(
        name="Get-RoleGroupMember", parameters=(REQUIRED_IDENTITY, RESULT_SIZE), run=_get_members
    ),
    Cmdlet(name="Add-RoleGroupMember", parameters=(REQUIRED_IDENTITY, _MEMBER), run=_add_member),
    Cmdlet(
        name="Remove-RoleGroupMember", parameters=(REQUIRED_IDENTITY, _MEMBER), run=_remove_member
    ),
    Cmdlet(
        name="Get-ManagementRoleAssignment",
        parameters=(Parameter(name="Role"), Parameter(name="RoleAssignee"), RESULT_SIZE),
        run=_get_assignments,
    ),
    Cmdlet(name="Get-ServicePrincipal", parameters=(IDENTITY,), run=_get_service_principals),
)
