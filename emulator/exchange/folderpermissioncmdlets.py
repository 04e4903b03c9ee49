"""The cmdlets about who may do what in a folder."""

from dataclasses import replace

from emulator.exchange.calls import (
    REQUIRED_IDENTITY,
    RESULT_SIZE,
    Call,
    Cmdlet,
    Output,
    numbered,
    the_mailbox,
)
from emulator.exchange.folders import Place, the_place
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.taskfailures import entry_exists, no_entry
from emulator.exchange.views import Row
from emulator.tenant.estate import Estate
from emulator.tenant.folderpermissions import (
    ANONYMOUS,
    DEFAULT,
    ROLES,
    SINGLE_RIGHTS,
    FolderGrant,
    FolderGrants,
    folder_grants,
)
from emulator.tenant.folders import folders_of
from emulator.tenant.kept import Kept


def _kept(estate: Estate) -> Kept[tuple[int, int], FolderGrants]:
    def made(key: tuple[int, int]) -> FolderGrants:
        mailbox = estate.mailbox(key[0])
        return folder_grants(mailbox, folders_of(mailbox)[key[1]], estate.trustees(mailbox))

    return estate.kept("folder permissions", made)


def _key(place: Place) -> tuple[int, int]:
    return place.mailbox.index, place.folder.number


def folder_permissions(estate: Estate, place: Place, user: str | None) -> list[Row]:
    """Return the rows of Get-MailboxFolderPermission, of all or of one user.

    Raises:
        RefusedError: there is no such user, or it has no entry.
    """
    grants = _kept(estate).seen(_key(place))
    if user:
        who = _who(estate, user)
        grants = tuple(each for each in grants if each.who == who)
        if not grants:
            raise no_entry(_shown(estate, who))
    return [_row(estate, place, each) for each in grants]


def _row(estate: Estate, place: Place, grant: FolderGrant) -> Row:
    return {
        "Identity": place.identity,
        "FolderName": place.folder.name,
        "User": _shown(estate, grant.who),
        "AccessRights": list(grant.rights),
        "SharingPermissionFlags": ", ".join(grant.flags) or None,
        "IsValid": True,
    }


def _shown(estate: Estate, who: str) -> str:
    """Return how an entry shows a user: by the display name."""
    found = estate.found(who)
    return found[0].display_name if found else who


def _who(estate: Estate, user: str) -> str:
    for everybody in (DEFAULT, ANONYMOUS):
        if user.casefold() == everybody.casefold():
            return everybody
    return the_mailbox(estate, user).upn


def _get(call: Call) -> Output:
    place = the_place(call.estate, call.text("Identity") or "")
    return numbered(folder_permissions(call.estate, place, call.text("User")), call.start)


def _add(call: Call) -> Output:
    place, who = _meant(call)
    grants = _kept(call.estate).current(_key(place))
    if any(each.who == who for each in grants):
        raise entry_exists(_shown(call.estate, who))
    grant = _granted(call, FolderGrant(who=who, rights=()))
    _kept(call.estate).put(_key(place), (*grants, grant))
    return numbered([_row(call.estate, place, grant)], call.start)


def _set(call: Call) -> Output:
    place, who = _meant(call)
    grants = _kept(call.estate).current(_key(place))
    if all(each.who != who for each in grants):
        raise no_entry(_shown(call.estate, who))
    after = tuple(_granted(call, each) if each.who == who else each for each in grants)
    _kept(call.estate).put(_key(place), after)
    return iter(())


def _remove(call: Call) -> Output:
    place, who = _meant(call)
    grants = _kept(call.estate).current(_key(place))
    after = tuple(each for each in grants if each.who != who)
    if len(after) == len(grants):
        raise no_entry(_shown(call.estate, who))
    _kept(call.estate).put(_key(place), after)
    return iter(())


def _meant(call: Call) -> tuple[Place, str]:
    place = the_place(call.estate, call.text("Identity") or "")
    return place, _who(call.estate, call.text("User") or "")


def _granted(call: Call, grant: FolderGrant) -> FolderGrant:
    rights = tuple(dict.fromkeys(call.texts("AccessRights")))
    flags = tuple(each for each in call.texts("SharingPermissionFlags") if each != "None")
    has_flags = "SharingPermissionFlags" in call.arguments
    return replace(grant, rights=rights, flags=flags if has_flags else grant.flags)


_USER = Parameter(name="User", mandatory=True)
_RIGHTS = Parameter(
    name="AccessRights", kind=Kind.STRINGS, choices=(*ROLES, *SINGLE_RIGHTS), mandatory=True
)
_GRANT = (
    REQUIRED_IDENTITY,
    _USER,
    _RIGHTS,
    Parameter(
        name="SharingPermissionFlags",
        kind=Kind.STRINGS,
        choices=("None", "Delegate", "CanViewPrivateItems"),
    ),
    Parameter(name="SendNotificationToUser", kind=Kind.BOOLEAN),
)
FOLDER_PERMISSION_CMDLETS = (
    Cmdlet(
        name="Get-MailboxFolderPermission",
        parameters=(REQUIRED_IDENTITY, Parameter(name="User"), RESULT_SIZE),
        run=_get,
    ),
    Cmdlet(name="Add-MailboxFolderPermission", parameters=_GRANT, run=_add),
    Cmdlet(name="Set-MailboxFolderPermission", parameters=_GRANT, run=_set),
    Cmdlet(
        name="Remove-MailboxFolderPermission", parameters=(REQUIRED_IDENTITY, _USER), run=_remove
    ),
)
