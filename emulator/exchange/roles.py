"""Which cmdlets a directory role allows.  Pure.

A coarse reading of Microsoft's role groups: administrators do everything here, readers read.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from emulator.entra import directoryroles as role

_READ = ("get-*", "search-*", "test-*")
_ALL = ("*",)
_RECIPIENTS = tuple(
    f"*-{noun}"
    for noun in (
        "mailbox*",
        "casmailbox",
        "recipientpermission",
        "inboxrule",
        "focusedinbox",
        "sweeprule",
        "calendarprocessing",
        "mobiledevice",
        "user",
        "contact",
        "mailuser",
        "mailcontact",
        "distributiongroup*",
        "dynamicdistributiongroup*",
        "unifiedgroup*",
    )
)

_ALLOWED: dict[str, tuple[str, ...]] = {
    role.GLOBAL_ADMINISTRATOR: _ALL,
    role.EXCHANGE_ADMINISTRATOR: _ALL,
    role.EXCHANGE_RECIPIENT_ADMINISTRATOR: (*_READ, *_RECIPIENTS),
    role.COMPLIANCE_ADMINISTRATOR: _READ,
    role.GLOBAL_READER: _READ,
    role.SECURITY_ADMINISTRATOR: _READ,
    role.SECURITY_READER: _READ,
    role.HELPDESK_ADMINISTRATOR: _READ,
}

_COMPLIANCE_ALLOWED: dict[str, tuple[str, ...]] = {
    role.GLOBAL_ADMINISTRATOR: _ALL,
    role.COMPLIANCE_ADMINISTRATOR: _ALL,
    role.GLOBAL_READER: _READ,
    role.SECURITY_ADMINISTRATOR: _READ,
    role.SECURITY_READER: _READ,
}

_NEVER_APP_ONLY = (
    "new-unifiedgroup",
    "remove-unifiedgroup",
    "add-unifiedgrouplinks",
    "remove-unifiedgrouplinks",
)
"""What no application may run, whatever its role."""

_NEVER_APP_ONLY_IN_COMPLIANCE = ("*-compliancecase*", "*-compliancesearch*", "*-casehold*")
"""Searches and cases need a person; which cmdlets belong to them is a reading of their names."""


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


def has_any_compliance_role(roles: Iterable[str]) -> bool:
    """Tell whether Security & Compliance knows one of these role template ids."""
    return any(each in _COMPLIANCE_ALLOWED for each in roles)


def is_allowed(cmdlet: str, roles: Iterable[str]) -> bool:
    """Tell whether one of the roles allows an application the cmdlet in Exchange."""
    return _is_like(cmdlet, roles, _ALLOWED, _NEVER_APP_ONLY)


def is_allowed_in_compliance(cmdlet: str, roles: Iterable[str]) -> bool:
    """Tell whether one of the roles allows an application the cmdlet in Security & Compliance."""
    return _is_like(cmdlet, roles, _COMPLIANCE_ALLOWED, _NEVER_APP_ONLY_IN_COMPLIANCE)


def _is_like(
    cmdlet: str,
    roles: Iterable[str],
    allowed: dict[str, tuple[str, ...]],
    never: tuple[str, ...],
) -> bool:
    name = cmdlet.lower()
    if any(fnmatchcase(name, like) for like in never):
        return False
    return any(fnmatchcase(name, like) for each in roles for like in allowed.get(each, ()))
