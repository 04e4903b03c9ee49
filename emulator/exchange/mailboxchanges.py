"""The cmdlets that make, change and remove mailboxes."""

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
from emulator.exchange.taskfailures import already_exists, invalid_operation
from emulator.tenant.estate import Changes
from emulator.tenant.mailbox import Kind as MailboxKind
from emulator.tenant.mailbox import Mailbox

_TYPES = {
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
        changes["kind"] = _TYPES[kind]
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


def _new_mailbox(call: Call) -> Output:
    kinds = [kind for name, kind in _TYPES.items() if name != "Regular" and call.flag(name)]
    if len(kinds) != 1:
        raise bad_request(
            "Parameter set cannot be resolved using the specified named parameters. One or more "
            "parameters issued cannot be used together or an insufficient number of parameters "
            "were provided."
        )
    name = call.text("Name") or ""
    alias = call.text("Alias") or "".join(name.split())
    for text in {alias, call.text("PrimarySmtpAddress") or alias}:
        if call.estate.found(text):
            raise already_exists(f"The proxy address or alias '{text}' is already being used.")
    made = call.estate.create(
        kinds[0], alias=alias, display_name=call.text("DisplayName") or name, at=call.now
    )
    if address := call.text("PrimarySmtpAddress"):
        change = ListChange(instead=(f"SMTP:{address}", f"smtp:{made.upn}"))
        addresses = proxy_addresses([], change, call.estate.tenant.domains)
        call.estate.change(made.index, addresses=addresses)
    row = mailbox_row(call.estate, call.estate.as_changed(made.index))
    return iter([(0, row)] if call.start == 0 else [])


def _remove_mailbox(call: Call) -> Output:
    mailbox = named_mailbox(call)
    call.estate.change(mailbox.index, deleted=call.now)
    return iter(())


def _enable_mailbox(call: Call) -> Output:
    mailbox = named_mailbox(call)
    if not call.flag("Archive"):
        raise invalid_operation(f"The mailbox of '{mailbox.alias}' is enabled already.")
    if mailbox.has_archive:
        raise invalid_operation(f"Archive mailbox for '{mailbox.alias}' is already enabled.")
    call.estate.change(mailbox.index, has_archive=True)
    return iter([(0, mailbox_row(call.estate, call.estate.as_changed(mailbox.index)))])


def _disable_mailbox(call: Call) -> Output:
    mailbox = named_mailbox(call)
    if call.flag("Archive"):
        call.estate.change(mailbox.index, has_archive=False)
    else:
        call.estate.change(mailbox.index, deleted=call.now)
    return iter(())


_ARCHIVE = Parameter(name="Archive", kind=Kind.SWITCH)
MAILBOX_CHANGES = (
    Cmdlet(
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
            Parameter(name="Type", choices=tuple(_TYPES)),
            Parameter(name="Force", kind=Kind.SWITCH),
            *PLAIN,
        ),
        run=_set_mailbox,
    ),
    Cmdlet(
        name="New-Mailbox",
        parameters=(
            Parameter(name="Name", mandatory=True, position=0),
            Parameter(name="Alias"),
            Parameter(name="DisplayName"),
            Parameter(name="PrimarySmtpAddress"),
            *(Parameter(name=n, kind=Kind.SWITCH) for n in _TYPES if n != "Regular"),
        ),
        run=_new_mailbox,
    ),
    Cmdlet(
        name="Remove-Mailbox",
        parameters=(REQUIRED_IDENTITY, Parameter(name="Force", kind=Kind.SWITCH)),
        run=_remove_mailbox,
    ),
    Cmdlet(name="Enable-Mailbox", parameters=(REQUIRED_IDENTITY, _ARCHIVE), run=_enable_mailbox),
    Cmdlet(name="Disable-Mailbox", parameters=(REQUIRED_IDENTITY, _ARCHIVE), run=_disable_mailbox),
)
