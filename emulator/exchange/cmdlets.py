"""The table of all cmdlets.  Pure.

To add one: write a function that yields rows, and a `Cmdlet` with its parameters.
"""

from emulator.exchange.auditcmdlets import AUDIT_CMDLETS
from emulator.exchange.mailboxcmdlets import MAILBOX_CMDLETS
from emulator.exchange.organizationcmdlets import ORGANIZATION_CMDLETS
from emulator.exchange.permissioncmdlets import PERMISSION_CMDLETS
from emulator.exchange.tracecmdlets import TRACE_CMDLETS

_TABLES = (
    *MAILBOX_CMDLETS,
    *PERMISSION_CMDLETS,
    *ORGANIZATION_CMDLETS,
    *TRACE_CMDLETS,
    *AUDIT_CMDLETS,
)
CMDLETS = {each.name.lower(): each for each in _TABLES}
"""Every cmdlet by its name in lower case."""
