"""Who may open a mailbox, or send as it.  Pure."""

from dataclasses import dataclass

from emulator.tenant.draws import Draws
from emulator.tenant.mailbox import Kind, Mailbox

Grants = tuple["Grant", ...]

SELF = "NT AUTHORITY\\SELF"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One entry of an access list."""

    trustee: str
    rights: tuple[str, ...]
    inherited: bool = False
    deny: bool = False


def mailbox_grants(seed: int, mailbox: Mailbox, trustees: tuple[str, ...]) -> list[Grant]:
    """Return who may open the mailbox; *trustees* are user principal names that may occur."""
    draws = Draws(seed, "mailbox-permission", mailbox.index)
    own = Grant(trustee=SELF, rights=("FullAccess", "ReadPermission"))
    granted = [
        Grant(trustee=each, rights=("FullAccess",)) for each in trustees[: _count(mailbox, draws)]
    ]
    orphan = Grant(
        trustee=f"S-1-5-21-{draws.below(10**9)}-{draws.below(10**6)}", rights=("FullAccess",)
    )
    return [own, *granted, *([orphan] if draws.is_one_in(60) else [])]


def recipient_grants(seed: int, mailbox: Mailbox, trustees: tuple[str, ...]) -> list[Grant]:
    """Return who may send as the mailbox."""
    draws = Draws(seed, "recipient-permission", mailbox.index)
    own = Grant(trustee=SELF, rights=("SendAs",))
    granted = [
        Grant(trustee=each, rights=("SendAs",)) for each in trustees[: _count(mailbox, draws)]
    ]
    return [own, *granted]


def on_behalf(mailbox: Mailbox, trustees: tuple[str, ...]) -> list[str]:
    """Return who may send on behalf of the mailbox (`GrantSendOnBehalfTo`)."""
    return list(trustees[:1]) if mailbox.has_delegate else []


def _count(mailbox: Mailbox, draws: Draws) -> int:
    most = 3 if mailbox.kind is Kind.SHARED else 2 if draws.is_one_in(15) else 1
    return draws.below(most + 1) if most > 1 else 0
