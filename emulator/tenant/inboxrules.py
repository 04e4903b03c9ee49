"""Which inbox rules a mailbox has.  Pure."""

from dataclasses import dataclass

from emulator.tenant.draws import Draws
from emulator.tenant.mailbox import Kind, Mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRule:
    """One rule, in the words of Get-InboxRule."""

    number: int
    name: str
    enabled: bool
    priority: int
    subject_words: tuple[str, ...] = ()
    forward_to: tuple[str, ...] = ()
    forward_as_attachment_to: tuple[str, ...] = ()
    redirect_to: tuple[str, ...] = ()
    move_to_folder: str | None = None
    delete_message: bool = False


def rules_of(seed: int, mailbox: Mailbox) -> list[InboxRule]:
    """Return the mailbox's rules, by priority; most mailboxes have none."""
    draws = Draws(seed, "inbox-rules", mailbox.index)
    if mailbox.kind is Kind.ROOM or not draws.is_one_in(8):
        return []
    return [_rule(draws, priority) for priority in range(1, 2 + draws.below(3))]


def _rule(draws: Draws, priority: int) -> InboxRule:
    number, enabled = draws.below(1 << 63), not draws.is_one_in(5)
    recipient = (
        f"backup{draws.below(100)}@{draws.one_of(('fabrikam.example', 'northwind.example'))}"
    )
    outside = (f'"{recipient}" [SMTP:{recipient}]',)
    match draws.below(5):
        case 0:
            return InboxRule(
                number=number,
                name="Copy, to home",
                enabled=enabled,
                priority=priority,
                forward_to=outside,
            )
        case 1:
            return InboxRule(
                number=number,
                name='"Rechnungen" umleiten',
                enabled=enabled,
                priority=priority,
                subject_words=("Rechnung", "invoice"),
                redirect_to=outside,
            )
        case 2:
            return InboxRule(
                number=number,
                name="Anhänge",
                enabled=enabled,
                priority=priority,
                forward_as_attachment_to=outside,
            )
        case 3:
            return InboxRule(
                number=number,
                name="Newsletter",
                enabled=enabled,
                priority=priority,
                subject_words=("newsletter",),
                move_to_folder="Newsletter",
            )
        case _:
            return InboxRule(
                number=number,
                name=".",
                enabled=enabled,
                priority=priority,
                subject_words=("out of office",),
                delete_message=True,
            )
