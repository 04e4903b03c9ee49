"""The cmdlets about mailboxes."""

from collections.abc import Iterator

from emulator.exchange.calls import (
    IDENTITY,
    REQUIRED_IDENTITY,
    RESULT_SIZE,
    Call,
    Cmdlet,
    Output,
    named_mailbox,
    numbered,
    the_mailbox,
)
from emulator.exchange.failures import bad_request
from emulator.exchange.mailboxrows import mailbox_row
from emulator.exchange.opath import predicate
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.views import (
    Row,
    rule_row,
    statistics_row,
)
from emulator.tenant.estate import Changes, Estate
from emulator.tenant.inboxrules import rules_of
from emulator.tenant.mailbox import Mailbox

KINDS = [
    "UserMailbox",
    "SharedMailbox",
    "RoomMailbox",
    "EquipmentMailbox",
    "SchedulingMailbox",
    "TeamMailbox",
    "DiscoveryMailbox",
    "GroupMailbox",
    "LinkedMailbox",
    "LegacyMailbox",
]


def selected_mailboxes(call: Call) -> Iterator[Mailbox]:
    """List the mailboxes that the arguments choose, from number `call.start` on.

    Raises:
        RefusedError: the identity means no single mailbox, or the filter is not understood.
    """
    if identity := call.text("Identity"):
        mailbox = the_mailbox(call.estate, identity)
        chosen: Iterator[Mailbox] = iter([mailbox] if mailbox.index >= call.start else [])
    elif (
        call.flag("SoftDeletedMailbox") or call.flag("InactiveMailboxOnly") or call.flag("Archive")
    ):
        return iter(())  # this tenant has none of them
    else:
        chosen = call.estate.mailboxes(call.start)
    if kinds := set(call.texts("RecipientTypeDetails")):
        chosen = (each for each in chosen if each.kind in kinds)
    if start := (call.text("Anr") or "").casefold():
        chosen = (each for each in chosen if _resolves(each, start))
    if text := call.text("Filter"):
        chosen = _filtered(call.estate, chosen, text)
    return chosen


def _resolves(mailbox: Mailbox, start: str) -> bool:
    names = (mailbox.display_name, mailbox.alias, mailbox.first_name, mailbox.last_name)
    return any(name.casefold().startswith(start) for name in names if name)


def _filtered(estate: Estate, mailboxes: Iterator[Mailbox], text: str) -> Iterator[Mailbox]:
    if not len(estate):
        return iter(())
    fits = predicate(text, mailbox_row(estate, estate.mailbox(0)))
    return (each for each in mailboxes if fits(mailbox_row(estate, each)))


def _get_mailbox(call: Call) -> Output:
    return ((each.index, mailbox_row(call.estate, each)) for each in selected_mailboxes(call))


def _get_mailbox_statistics(call: Call) -> Output:
    return numbered([statistics_row(named_mailbox(call))], call.start)


def _get_inbox_rule(call: Call) -> Output:
    mailbox = named_mailbox(call, "Mailbox")
    rules = rules_of(call.estate.tenant.seed, mailbox)
    wanted = call.text("Identity")
    rows = [rule_row(mailbox, rule) for rule in rules]
    return numbered([r for r in rows if wanted is None or wanted in _rule_names(r)], call.start)


def _rule_names(row: Row) -> set[str]:
    return {str(row[name]) for name in ("Identity", "Name", "RuleIdentity")}


def _set_mailbox(call: Call) -> Output:
    mailbox, changes = named_mailbox(call), Changes()
    if "ForwardingSmtpAddress" in call.arguments:
        changes["forwarding_smtp_address"] = _address(call.text("ForwardingSmtpAddress"))
    if "ForwardingAddress" in call.arguments:
        recipient = call.text("ForwardingAddress")
        changes["forwarding_address"] = recipient and the_mailbox(call.estate, recipient).alias
    if "DeliverToMailboxAndForward" in call.arguments:
        changes["deliver_and_forward"] = call.flag("DeliverToMailboxAndForward")
    if "HiddenFromAddressListsEnabled" in call.arguments:
        changes["hidden"] = call.flag("HiddenFromAddressListsEnabled")
    if name := call.text("DisplayName"):
        changes["display_name"] = name
    call.estate.change(mailbox.index, **changes)
    return iter(())


def _address(text: str | None) -> str | None:
    if text is None:
        return None
    address = text.removeprefix("smtp:").removeprefix("SMTP:")
    if not all(address.partition("@")):
        raise bad_request(
            "Cannot process argument transformation on parameter 'ForwardingSmtpAddress'. Cannot "
            f'convert value "{text}" to type "Microsoft.Exchange.Data.ProxyAddress".'
        )
    return address


MAILBOX_CMDLETS = (
    Cmdlet(
        name="Get-Mailbox",
        parameters=(
            IDENTITY,
            RESULT_SIZE,
            Parameter(name="Anr"),
            Parameter(name="Filter"),
            Parameter(name="RecipientTypeDetails", kind=Kind.STRINGS, choices=tuple(KINDS)),
            Parameter(name="Archive", kind=Kind.SWITCH),
            Parameter(name="SoftDeletedMailbox", kind=Kind.SWITCH),
            Parameter(name="InactiveMailboxOnly", kind=Kind.SWITCH),
            Parameter(name="IncludeInactiveMailbox", kind=Kind.SWITCH),
        ),
        run=_get_mailbox,
    ),
    Cmdlet(
        name="Get-MailboxStatistics",
        parameters=(REQUIRED_IDENTITY,),
        run=_get_mailbox_statistics,
    ),
    Cmdlet(
        name="Get-InboxRule",
        parameters=(
            Parameter(name="Identity", position=0),
            Parameter(
                name="Mailbox",
                mandatory=True,
                by_property_name=True,
                aliases=("PrimarySmtpAddress", "UserPrincipalName"),
            ),
            Parameter(name="IncludeHidden", kind=Kind.SWITCH),
        ),
        run=_get_inbox_rule,
    ),
    Cmdlet(
        name="Set-Mailbox",
        parameters=(
            REQUIRED_IDENTITY,
            Parameter(name="DisplayName"),
            Parameter(name="ForwardingAddress"),
            Parameter(name="ForwardingSmtpAddress"),
            Parameter(name="DeliverToMailboxAndForward", kind=Kind.BOOLEAN),
            Parameter(name="HiddenFromAddressListsEnabled", kind=Kind.BOOLEAN),
        ),
        run=_set_mailbox,
    ),
)
