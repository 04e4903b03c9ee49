"""The cmdlets that read mailboxes."""

from emulator.exchange.calls import (
    IDENTITY,
    REQUIRED_IDENTITY,
    RESULT_SIZE,
    Call,
    Cmdlet,
    Output,
    numbered,
    the_mailbox,
)
from emulator.exchange.mailboxchoice import CHOICE, selected_mailboxes
from emulator.exchange.mailboxrows import mailbox_row
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.taskfailures import not_found
from emulator.exchange.views import exo_statistics_row, statistics_row
from emulator.tenant.archives import archive_of
from emulator.tenant.mailbox import Mailbox


def _get_mailbox(call: Call) -> Output:
    return ((each.index, mailbox_row(call.estate, each)) for each in selected_mailboxes(call))


def measured_mailbox(call: Call) -> Mailbox:
    """Return the mailbox, or the archive, whose statistics are asked for.

    Raises:
        RefusedError: there is none, or more than one.
    """
    identity = call.text("Identity") or ""
    mailbox = the_mailbox(
        call.estate, identity, or_deleted=call.flag("IncludeSoftDeletedRecipients")
    )
    if not call.flag("Archive"):
        return mailbox
    if not mailbox.has_archive:
        raise not_found(f"{identity} (archive)", "the archive database")
    return archive_of(mailbox)


def _get_mailbox_statistics(call: Call) -> Output:
    return numbered([statistics_row(measured_mailbox(call))], call.start)


def exo_statistics(call: Call) -> Output:
    """Put out the statistics as Get-EXOMailboxStatistics shows them."""
    return numbered([exo_statistics_row(measured_mailbox(call))], call.start)


STATISTICS = (
    REQUIRED_IDENTITY,
    Parameter(name="Archive", kind=Kind.SWITCH),
    Parameter(name="IncludeSoftDeletedRecipients", kind=Kind.SWITCH),
)
"""The parameters of both statistics."""

MAILBOX_CMDLETS = (
    Cmdlet(name="Get-Mailbox", parameters=(IDENTITY, RESULT_SIZE, *CHOICE), run=_get_mailbox),
    Cmdlet(name="Get-MailboxStatistics", parameters=STATISTICS, run=_get_mailbox_statistics),
)
