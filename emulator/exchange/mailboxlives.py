"""The cmdlets that make and remove mailboxes, and their archives."""

from emulator.exchange.calls import REQUIRED_IDENTITY, Call, Cmdlet, Output, named_mailbox
from emulator.exchange.failures import bad_request
from emulator.exchange.listchange import ListChange
from emulator.exchange.mailboxchanges import TYPES
from emulator.exchange.mailboxrows import mailbox_row
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.proxyaddresses import proxy_addresses
from emulator.exchange.taskfailures import already_exists, invalid_operation


def _new_mailbox(call: Call) -> Output:
    kinds = [kind for name, kind in TYPES.items() if name != "Regular" and call.flag(name)]
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
MAILBOX_LIVES = (
    Cmdlet(
        name="New-Mailbox",
        parameters=(
            Parameter(name="Name", mandatory=True, position=0),
            Parameter(name="Alias"),
            Parameter(name="DisplayName"),
            Parameter(name="PrimarySmtpAddress"),
            *(Parameter(name=n, kind=Kind.SWITCH) for n in TYPES if n != "Regular"),
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
