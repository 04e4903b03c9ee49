"""Which cmdlets a directory role allows.  Pure.

A coarse reading of Microsoft's role groups: administrators do everything here, readers read.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from emulator.entra import directoryroles as role

_READ = ("get-*",)
_ALL = ("*",)

_ALLOWED: dict[str, tuple[str, ...]] = {
    role.GLOBAL_ADMINISTRATOR: _ALL,
    role.EXCHANGE_ADMINISTRATOR: _ALL,
    role.EXCHANGE_RECIPIENT_ADMINISTRATOR: (*_READ, "set-mailbox"),
    role.COMPLIANCE_ADMINISTRATOR: _READ,
    role.GLOBAL_READER: _READ,
    role.SECURITY_ADMINISTRATOR: _READ,
    role.SECURITY_READER: _READ,
    role.HELPDESK_ADMINISTRATOR: _READ,
}


def unsupported_role_text(client_id: str) -> str:
    """Return what Exchange says to an application without any role it knows."""
    return (
        f"The role assigned to application {client_id} isn't supported in this scenario. Please "
        "check online documentation for assigning correct Directory Roles to Azure AD Application "
        "for EXO App-Only Authentication."
    )


def has_any_role(roles: Iterable[str]) -> bool:
    """Tell whether Exchange knows one of these role template ids."""
    return any(each in _ALLOWED for each in roles)


def is_allowed(cmdlet: str, roles: Iterable[str]) -> bool:
    """Tell whether one of the roles allows the cmdlet."""
    name = cmdlet.lower()
    return any(fnmatchcase(name, like) for each in roles for like in _ALLOWED.get(each, ()))
