"""The cmdlets about who may open a mailbox, or send as it."""

from emulator.exchange.calls import (
    IDENTITY,
    REQUIRED_IDENTITY,
    RESULT_SIZE,
    Call,
    Cmdlet,
    Output,
    named_mailbox,
    numbered,
)
from emulator.exchange.parameters import Parameter
from emulator.exchange.views import Row, mailbox_permission_row, recipient_permission_row
from emulator.tenant.estate import Estate
from emulator.tenant.mailbox import Mailbox
from emulator.tenant.permissions import mailbox_grants, recipient_grants

_MOST_GRANTS = 16
"""No mailbox has more entries than this."""


def _get_mailbox_permission(call: Call) -> Output:
    return numbered(
        mailbox_permissions(call.estate, named_mailbox(call), call.text("User")), call.start
    )


def mailbox_permissions(estate: Estate, mailbox: Mailbox, user: str | None = None) -> list[Row]:
    """Return the rows of Get-MailboxPermission, of all or of one user."""
    grants = mailbox_grants(estate.tenant.seed, mailbox, estate.trustees(mailbox))
    chosen = [each for each in grants if _is_for(each.trustee, user)]
    return [mailbox_permission_row(mailbox, grant) for grant in chosen]


def _get_recipient_permission(call: Call) -> Output:
    trustee = call.text("Trustee")
    if call.text("Identity"):
        rows = recipient_permissions(call.estate, named_mailbox(call), trustee)
        return numbered(rows, call.start)
    return _of_all(call, trustee)


def _of_all(call: Call, trustee: str | None) -> Output:
    # Numbered by mailbox, so that a later page need not go through the mailboxes before it.
    for mailbox in call.estate.mailboxes(call.start // _MOST_GRANTS):
        rows = recipient_permissions(call.estate, mailbox, trustee)
        for number, row in enumerate(rows, mailbox.index * _MOST_GRANTS):
            if number >= call.start:
                yield number, row


def recipient_permissions(
    estate: Estate, mailbox: Mailbox, trustee: str | None = None
) -> list[Row]:
    """Return the rows of Get-RecipientPermission, of all or of one trustee."""
    grants = recipient_grants(estate.tenant.seed, mailbox, estate.trustees(mailbox))
    chosen = [each for each in grants if _is_for(each.trustee, trustee)]
    return [recipient_permission_row(mailbox, grant) for grant in chosen]


def _is_for(trustee: str, wanted: str | None) -> bool:
    return wanted is None or trustee.casefold() == wanted.casefold()


PERMISSION_CMDLETS = (
    Cmdlet(
        name="Get-MailboxPermission",
        parameters=(REQUIRED_IDENTITY, RESULT_SIZE, Parameter(name="User")),
        run=_get_mailbox_permission,
    ),
    Cmdlet(
        name="Get-RecipientPermission",
        parameters=(IDENTITY, RESULT_SIZE, Parameter(name="Trustee")),
        run=_get_recipient_permission,
    ),
)
