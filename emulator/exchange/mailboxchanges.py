"""Set-Mailbox."""

from emulator.exchange.calls import (
    REQUIRED_IDENTITY,
    Call,
    Cmdlet,
    Output,
    named_mailbox,
    the_mailbox,
)
from emulator.exchange.failures import bad_request
from emulator.exchange.listchange import ListChange
from emulator.exchange.mailboxrows import MAILBOX, mailbox_row
from emulator.exchange.mailboxsettings import set_in
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.proxyaddresses import proxy_addresses
from emulator.tenant.estate import Changes
from emulator.tenant.mailbox import Kind as MailboxKind
from emulator.tenant.mailbox import Mailbox

TYPES = {
    "Regular": MailboxKind.USER,
    "Shared": MailboxKind.SHARED,
    "Room": MailboxKind.ROOM,
    "Equipment": MailboxKind.EQUIPMENT,
}
_TEXTS = (
    *("AddressBookPolicy", "AuditLogAgeLimit", "IssueWarningQuota", "LitigationHoldDuration"),
    *("LitigationHoldOwner", "MailTip", "MaxReceiveSize", "MaxSendSize", "Office"),
    *("ProhibitSendQuota", "ProhibitSendReceiveQuota", "RecipientLimits", "RetainDeletedItemsFor"),
    *("RetentionComment", "RetentionPolicy", "RetentionUrl", "RoleAssignmentPolicy"),
    *("SharingPolicy", "SimpleDisplayName"),
    *(f"CustomAttribute{number}" for number in range(1, 16)),
)
_TRUTHS = (
    *("AccountDisabled", "AuditEnabled", "CalendarVersionStoreDisabled"),
    *("MessageCopyForSendOnBehalfEnabled", "MessageCopyForSentAsEnabled", "ModerationEnabled"),
    *("RequireSenderAuthenticationEnabled", "RetentionHoldEnabled", "SingleItemRecoveryEnabled"),
)
_LISTS = (
    *("AcceptMessagesOnlyFrom", "AcceptMessagesOnlyFromSendersOrMembers", "AuditAdmin"),
    *("AuditDelegate", "AuditOwner", "MailTipTranslations", "ModeratedBy", "RejectMessagesFrom"),
    *("RejectMessagesFromSendersOrMembers", "ResourceCustom"),
    *(f"ExtensionCustomAttribute{number}" for number in range(1, 6)),
)
PLAIN = (
    *(Parameter(name=name) for name in _TEXTS),
    *(Parameter(name=name, kind=Kind.BOOLEAN) for name in _TRUTHS),
    *(Parameter(name=name, kind=Kind.MULTI) for name in _LISTS),
)
"""The parameters of Set-Mailbox that set the property of their name, and nothing else."""


def _set_mailbox(call: Call) -> Output:
    # What a reader is shown may be stale; a change goes on from what was changed last.
    mailbox = call.estate.as_changed(named_mailbox(call).index)
    changes = Changes()
    _set_forwarding(call, changes)
    _set_people(call, mailbox, changes)
    if "HiddenFromAddressListsEnabled" in call.arguments:
        changes["hidden"] = call.flag("HiddenFromAddressListsEnabled")
    if "LitigationHoldEnabled" in call.arguments:
        changes["is_on_hold"] = call.flag("LitigationHoldEnabled")
    if name := call.text("DisplayName"):
        changes["display_name"] = name
    if kind := call.text("Type"):
        changes["kind"] = TYPES[kind]
    set_in(call, MAILBOX, mailbox, PLAIN, mailbox_row(call.estate, mailbox))
    if changes:
        call.estate.change(mailbox.index, **changes)
    return iter(())


def _set_forwarding(call: Call, changes: Changes) -> None:
    if "ForwardingSmtpAddress" in call.arguments:
        changes["forwarding_smtp_address"] = _address(call.text("ForwardingSmtpAddress"))
    if "ForwardingAddress" in call.arguments:
        recipient = call.text("ForwardingAddress")
        changes["forwarding_address"] = recipient and the_mailbox(call.estate, recipient).alias
    if "DeliverToMailboxAndForward" in call.arguments:
        changes["deliver_and_forward"] = call.flag("DeliverToMailboxAndForward")


def _set_people(call: Call, mailbox: Mailbox, changes: Changes) -> None:
    row = mailbox_row(call.estate, mailbox)
    if addresses := call.change("EmailAddresses"):
        before = list(call.estate.addresses(mailbox))
        changes["addresses"] = proxy_addresses(before, addresses, call.estate.tenant.domains)
    if people := call.change("GrantSendOnBehalfTo"):
        before = [str(each) for each in row["GrantSendOnBehalfTo"]]  # type: ignore[attr-defined]
        changes["delegates"] = tuple(_known(call, people).applied(before))


def _known(call: Call, people: ListChange) -> ListChange:
    """Return the change with each person by the primary address that a reader is shown."""

    def named(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(the_mailbox(call.estate, each).address for each in names)

    instead = None if people.instead is None else named(people.instead)
    return ListChange(instead=instead, add=named(people.add), remove=named(people.remove))


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


SET_MAILBOX = Cmdlet(
    name="Set-Mailbox",
    parameters=(
        REQUIRED_IDENTITY,
        Parameter(name="DisplayName"),
        Parameter(name="EmailAddresses", kind=Kind.MULTI),
        Parameter(name="ForwardingAddress"),
        Parameter(name="ForwardingSmtpAddress"),
        Parameter(name="DeliverToMailboxAndForward", kind=Kind.BOOLEAN),
        Parameter(name="GrantSendOnBehalfTo", kind=Kind.MULTI),
        Parameter(name="HiddenFromAddressListsEnabled", kind=Kind.BOOLEAN),
        Parameter(name="LitigationHoldEnabled", kind=Kind.BOOLEAN),
        Parameter(name="Type", choices=tuple(TYPES)),
        Parameter(name="Force", kind=Kind.SWITCH),
        *PLAIN,
    ),
    run=_set_mailbox,
)
