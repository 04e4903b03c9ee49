"""The table of all cmdlets.  Pure.

To add one: write a function that yields rows, and a `Cmdlet` with its parameters.
"""

from emulator.exchange.auditcmdlets import AUDIT_CMDLETS
from emulator.exchange.calendarsettings import CALENDAR_SETTINGS
from emulator.exchange.devicecmdlets import DEVICE_CMDLETS
from emulator.exchange.foldercmdlets import FOLDER_STATISTICS
from emulator.exchange.folderpermissioncmdlets import FOLDER_PERMISSION_CMDLETS
from emulator.exchange.groupchanges import GROUP_CHANGES
from emulator.exchange.groupcmdlets import GROUP_CMDLETS
from emulator.exchange.mailboxchanges import SET_MAILBOX
from emulator.exchange.mailboxcmdlets import MAILBOX_CMDLETS
from emulator.exchange.mailboxlives import MAILBOX_LIVES
from emulator.exchange.objectcmdlets import OBJECT_CMDLETS
from emulator.exchange.organizationcmdlets import ORGANIZATION_CMDLETS
from emulator.exchange.permissioncmdlets import PERMISSION_CMDLETS
from emulator.exchange.recipientcmdlets import GET_RECIPIENT
from emulator.exchange.rolecmdlets import ROLE_CMDLETS
from emulator.exchange.rulecmdlets import RULE_CMDLETS
from emulator.exchange.tracecmdlets import TRACE_CMDLETS
from emulator.exchange.usersettings import USER_SETTINGS

_TABLES = (
    *MAILBOX_CMDLETS,
    SET_MAILBOX,
    *MAILBOX_LIVES,
    *PERMISSION_CMDLETS,
    *RULE_CMDLETS,
    *USER_SETTINGS,
    *CALENDAR_SETTINGS,
    *DEVICE_CMDLETS,
    FOLDER_STATISTICS,
    *FOLDER_PERMISSION_CMDLETS,
    GET_RECIPIENT,
    *GROUP_CMDLETS,
    *GROUP_CHANGES,
    *ORGANIZATION_CMDLETS,
    *OBJECT_CMDLETS,
    *ROLE_CMDLETS,
    *TRACE_CMDLETS,
    *AUDIT_CMDLETS,
)
CMDLETS = {each.name.lower(): each for each in _TABLES}
"""Every cmdlet by its name in lower case."""
