"""What the address of a resource means: a cmdlet, and what it is called with.  Pure.

The addresses of Get-EXO* were read from traffic that people published; those of the other entity
sets stand in the service root, and that they answer as the cmdlets of their names do is a guess.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from emulator.exchange.failures import bad_request, resource_not_found

_SEGMENT = re.compile(
    r"(?P<name>[A-Za-z.]+)(?:\((?:'(?P<key>(?:[^']|'')*)'|(?P<arguments>[^'()]*(?:'[^']*')?))\))?"
    r"(?:/|$)",
    re.DOTALL,
)
_SCOPE = re.compile(r"folderscope=Exchange\.ElcFolderType'(\w+)'", re.IGNORECASE)

ENTITY_SETS = {
    "CasMailbox": "Get-CASMailbox",
    "CmdletInfo": "Get-CmdletInfo",
    "DistributionGroup": "Get-DistributionGroup",
    "InboundConnector": "Get-InboundConnector",
    "Mailbox": "Get-Mailbox",
    "MailboxPlan": "Get-MailboxPlan",
    "MobileDevice": "Get-MobileDevice",
    "OutboundConnector": "Get-OutboundConnector",
    "Recipient": "Get-Recipient",
    "TransportRule": "Get-TransportRule",
    "UnifiedGroup": "Get-UnifiedGroup",
    "User": "Get-User",
}
"""Which cmdlet lists each of them, and finds one; the real service has 51."""
_BY_KEY = {"calendarprocessing": "Get-CalendarProcessing"}
_BELOW = {
    ("mailbox*", "exchange.getmailboxstatistics"): ("Get-EXOMailboxStatistics", "Identity"),
    ("mailbox*", "mailboxpermission"): ("Get-MailboxPermission", "Identity"),
    ("recipient*", "recipientpermission"): ("Get-RecipientPermission", "Identity"),
    ("mailbox*", "mailboxfolder", "exchange.getmailboxfolderstatistics"): (
        "Get-MailboxFolderStatistics",
        "Identity",
    ),
    ("mailbox*", "mobiledevice", "exchange.getmobiledevicestatistics"): (
        "Get-MobileDeviceStatistics",
        "Mailbox",
    ),
    ("mobiledevice*", "exchange.getmobiledevicestatistics"): (
        "Get-MobileDeviceStatistics",
        "Identity",
    ),
}
_FOLDER = ("mailbox*", "mailboxfolder*", "mailboxfolderpermission")
_SINGLE = ("exchange.getmailboxstatistics",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is asked for."""

    cmdlet: str
    arguments: dict[str, object]
    is_single: bool
    """Whether the answer is one object, not a collection."""


@dataclass(frozen=True, slots=True)
class _Segment:
    name: str
    key: str | None
    arguments: str


def target_of(rest: str, *, is_encoded: bool) -> Target:
    """Return what the resource *rest* is; keys are base64 where the client says *is_encoded*.

    Raises:
        RefusedError: there is no such resource, or a key is not the base64 of a text.
    """
    segments = _segments(rest)
    keys = [_decoded(each.key, is_encoded=is_encoded) for each in segments if each.key is not None]
    form = tuple(f"{each.name}*" if each.key is not None else each.name for each in segments)
    if form == _FOLDER:
        identity = f"{keys[0]}:{keys[1]}"
        return Target(
            cmdlet="Get-MailboxFolderPermission",
            arguments={"Identity": identity},
            is_single=False,
        )
    if form in _BELOW:
        cmdlet, name = _BELOW[form]
        arguments = {name: keys[0], **_scope(segments[-1].arguments)}
        return Target(cmdlet=cmdlet, arguments=arguments, is_single=form[-1] in _SINGLE)
    return _of_set(form, keys, rest)


def _of_set(form: tuple[str, ...], keys: list[str], rest: str) -> Target:
    listed = {name.lower(): cmdlet for name, cmdlet in ENTITY_SETS.items()}
    if len(form) == 1:
        name = form[0].rstrip("*")
        if keys and (cmdlet := {**listed, **_BY_KEY}.get(name)):
            return Target(cmdlet=cmdlet, arguments={"Identity": keys[0]}, is_single=True)
        if not keys and (cmdlet := listed.get(name)):
            return Target(cmdlet=cmdlet, arguments={}, is_single=False)
    raise resource_not_found(f"Resource not found for the segment '{rest}'.")


def _segments(rest: str) -> list[_Segment]:
    found: list[_Segment] = []
    position = 0
    while position < len(rest):
        match = _SEGMENT.match(rest, position)
        if match is None:
            raise resource_not_found(f"Resource not found for the segment '{rest}'.")
        name, key, arguments = match.group("name", "key", "arguments")
        found.append(_Segment(name.lower(), key, arguments or ""))
        position = match.end()
    return found


def _scope(arguments: str) -> dict[str, object]:
    match = _SCOPE.fullmatch(arguments)
    return {"FolderScope": match.group(1)} if match else {}


def _decoded(key: str, *, is_encoded: bool) -> str:
    plain = key.replace("''", "'")
    if not is_encoded:
        return plain
    try:
        padding = "=" * (-len(plain) % 4)
        return base64.urlsafe_b64decode(
            plain.replace("+", "-").replace("/", "_") + padding
        ).decode()
    except (binascii.Error, ValueError):
        raise bad_request(f"The identity '{plain}' is not the base64 of UTF-8 text.") from None
