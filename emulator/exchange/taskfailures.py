"""Why cmdlets fail that were found and bound: what is not there, or there already.  Pure."""

from emulator.exchange.failures import RefusedError, executing

_TASKS = "Microsoft.Exchange.Configuration.Tasks"
_MANAGEMENT = "Microsoft.Exchange.Management"
_STORE = f"{_MANAGEMENT}.StoreTasks"


def not_found(identity: str, server: str) -> RefusedError:
    """Return the error for an object that does not exist."""
    return executing(
        404,
        "Ex6F9304",
        f"{_TASKS}.ManagementObjectNotFoundException",
        f"The operation couldn't be performed because object '{identity}' couldn't be found on "
        f"'{server}'.",
    )


def ambiguous(identity: str) -> RefusedError:
    """Return the error for an identity that several objects have.  The code is made up."""
    return executing(
        400,
        "Ex31CC16",
        f"{_TASKS}.ManagementObjectAmbiguousException",
        f"The operation couldn't be performed because '{identity}' matches multiple entries.",
    )


def already_exists(text: str) -> RefusedError:
    """Return the error for a new object that is there already.  The code is made up."""
    kind = "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException"
    return executing(400, "Ex6E7B14", kind, text)


def invalid_operation(text: str) -> RefusedError:
    """Return the error for what an object does not let be done.  Code and texts are made up."""
    kind = f"{_TASKS}.TaskInvalidOperationException"
    return executing(400, "Ex5A0C31", kind, text)


def entry_exists(user: str) -> RefusedError:
    """Return the error for a second entry of one user in a folder.  The code is made up."""
    kind = f"{_STORE}.UserAlreadyExistsInPermissionEntryException"
    text = f"An existing permission entry was found for user: {user}."
    return executing(400, "Ex2B7D10", kind, text)


def no_entry(user: str) -> RefusedError:
    """Return the error for a user without an entry in a folder.  The code is made up."""
    kind = f"{_STORE}.UserNotFoundInPermissionEntryException"
    text = f"There is no existing permission entry found for user: {user}."
    return executing(404, "Ex9C4E27", kind, text)


def already_member(who: str, group: str) -> RefusedError:
    """Return the error for who is in a group already.  The code is made up."""
    kind = f"{_MANAGEMENT}.RecipientTasks.MemberAlreadyExistsException"
    text = f'The recipient "{who}" is already a member of the group "{group}".'
    return executing(400, "Ex3C9B48", kind, text)


def no_member(who: str, group: str) -> RefusedError:
    """Return the error for who is not in a group.  The code is made up."""
    kind = f"{_MANAGEMENT}.RecipientTasks.MemberNotFoundException"
    text = f'The recipient "{who}" isn\'t a member of the group "{group}".'
    return executing(404, "Ex8D1F53", kind, text)


def write_denied(domain_controller: str) -> RefusedError:
    """Return the error for a change in an organization that the address names by its GUID."""
    text = (
        "Active Directory operation failed on "
        f"{domain_controller}. The caller doesn't have write permission to target DC."
    )
    number, kind = "Ex4F7D2C", "Microsoft.Exchange.Data.Directory.InsufficientPermissionsException"
    return executing(403, number, kind, text)
