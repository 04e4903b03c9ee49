"""What is known of cmdlets: Exchange's parameters, and what is retired.  Pure but for one file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from runner.job.fields import changes_something

_FILE = Path(__file__).parent / "cmdlets.json"

EXO = frozenset(
    f"get-exo{noun}"
    for noun in (
        "mailbox",
        "casmailbox",
        "recipient",
        "recipientpermission",
        "mailboxpermission",
        "mailboxfolderpermission",
        "mailboxfolderstatistics",
        "mailboxstatistics",
        "mobiledevicestatistics",
    )
)
"""The module's own nine, of whose parameters nothing is kept here."""

CONNECTS = frozenset({"connect-exchangeonline", "connect-ippssession"})
SESSION = CONNECTS | {"disconnect-exchangeonline", "get-connectioninformation"}
OTHER_CONNECTS = frozenset(
    {
        "connect-mggraph",
        "connect-azaccount",
        "connect-pnponline",
        "connect-sposervice",
        "connect-microsoftteams",
    }
)
RETIRED_MODULES = frozenset({"msonline", "azuread", "azureadpreview", "aadrm"})
RETIRED_CONNECTS = frozenset({"connect-msolservice", "connect-azuread", "connect-exopssession"})
RETIRED = frozenset({"get-messagetrace", "get-messagetracedetail"})
"""Answers 400 since September 2025; Get-MessageTraceV2 stands in."""
WINDOWS_ONLY = frozenset(
    {
        "get-wmiobject",
        "set-wmiinstance",
        "invoke-wmimethod",
        "add-pssnapin",
        "get-eventlog",
        "write-eventlog",
        "set-acl",
        "get-acl",
        "get-service",
    }
)
JOB_COMMANDS = frozenset(
    {
        "register-jobitem",
        "write-jobitem",
        "save-jobcheckpoint",
        "get-jobcheckpoint",
        "get-jobshard",
        "connect-exojob",
        "disconnect-exojob",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An Exchange cmdlet."""

    name: str
    parameters: frozenset[str]
    """In lower case, with aliases."""
    resource: str
    """The token that it needs."""

    @property
    def is_write(self) -> bool:
        """Whether it changes something, by its verb."""
        return changes_something(self.name)


@cache
def exchange_cmdlets() -> Mapping[str, Known]:
    """Return the Exchange cmdlets whose parameters are known, by their names in lower case."""
    table = json.loads(_FILE.read_text(encoding="utf-8"))
    return {
        name.casefold(): Known(
            name=name,
            parameters=frozenset(each.casefold() for each in parameters),
            resource=resource,
        )
        for resource, cmdlets in table.items()
        for name, parameters in cmdlets.items()
    }
