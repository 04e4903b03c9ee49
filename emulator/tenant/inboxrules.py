"""Which inbox rules a mailbox has.  Pure."""

from dataclasses import dataclass, replace

from emulator.tenant.draws import Draws
from emulator.tenant.mailbox import Kind, Mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRule:
    """One rule, in the words of Get-InboxRule."""

    name: str
    number: int = 0
    enabled: bool = True
    priority: int = 1
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
    rule = replace(
        draws.one_of(_PLAIN),
        number=draws.below(1 << 63),
        enabled=not draws.is_one_in(5),
        priority=priority,
    )
    domain = draws.one_of(("fabrikam.example", "northwind.example"))
    address = f"backup{draws.below(100)}@{domain}"
    outside = (f'"{address}" [SMTP:{address}]',)
    match rule.name:
        case "Copy, to home":
            return replace(rule, forward_to=outside)
        case '"Rechnungen" umleiten':
            return replace(rule, redirect_to=outside)
        case "Anhänge":
            return replace(rule, forward_as_attachment_to=outside)
        case _:
            return rule


_PLAIN = (
    InboxRule(name="Copy, to home"),
    InboxRule(name='"Rechnungen" umleiten', subject_words=("Rechnung", "invoice")),
    InboxRule(name="Anhänge"),
    InboxRule(name="Newsletter", subject_words=("newsletter",), move_to_folder="Newsletter"),
    InboxRule(name=".", subject_words=("out of office",), delete_message=True),
)
