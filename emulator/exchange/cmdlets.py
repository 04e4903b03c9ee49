"""The table of all cmdlets.  Pure.

To add one: write a function that yields rows, and a `Cmdlet` with its parameters.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from emulator.exchange.calls import Cmdlet
from emulator.exchange.mailboxcmdlets import MAILBOX_CMDLETS
from emulator.exchange.organizationcmdlets import ORGANIZATION_CMDLETS
from emulator.exchange.permissioncmdlets import PERMISSION_CMDLETS
from emulator.exchange.roles import is_allowed

_TABLES = (*MAILBOX_CMDLETS, *PERMISSION_CMDLETS, *ORGANIZATION_CMDLETS)
CMDLETS = {each.name.lower(): each for each in _TABLES}
"""Every cmdlet by its name in lower case."""


def exported(patterns: str, roles: Iterable[str]) -> list[Cmdlet]:
    """Return the cmdlets that *roles* allow and the comma-separated *patterns* choose."""
    likes = [each.strip().lower() for each in patterns.split(",") if each.strip()] or ["*"]
    allowed = frozenset(roles)
    return [
        cmdlet
        for name, cmdlet in CMDLETS.items()
        if is_allowed(name, allowed) and any(fnmatchcase(name, like) for like in likes)
    ]
