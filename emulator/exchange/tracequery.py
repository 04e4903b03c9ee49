"""Which messages a trace asks for, and the command that goes on after its last row."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from emulator.exchange.calls import Call
from emulator.exchange.reports import Period, checked_period, invalid
from emulator.exchange.tracerows import Traced, exact_text, traced
from emulator.tenant.estate import Estate
from emulator.tenant.messages import Message, Party, Traffic

KEPT = timedelta(days=90)
LONGEST = timedelta(days=10)
USUAL = timedelta(hours=48)
_SUBJECT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "Contains": lambda subject, text: text in subject,
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The messages of a tenant, whose mailboxes have addresses."""

    estate: Estate

    @property
    def traffic(self) -> Traffic:
        """The messages."""
        tenant = self.estate.tenant
        return Traffic(seed=tenant.seed, mailboxes=tenant.mailboxes, domain=tenant.domains[-1])

    def address_of(self, party: Party) -> str:
        """Return the address of who sends or gets."""
        return party if isinstance(party, str) else self.estate.mailbox(party).address

    def parties(self, addresses: list[str]) -> set[Party]:
        """Return who has one of these addresses."""
        found: set[Party] = {address.lower() for address in addresses}
        for address in list(found):
            named = self.estate.found(str(address))
            found |= {each.index for each in named if each.address.lower() == address}
        return found


def period_of(call: Call) -> Period:
    """Return the stretch of time that the arguments choose: the last 48 hours unless they say.

    Raises:
        RefusedError: it is none, too long, or too long ago.
    """
    end = call.moment("EndDate") or call.now
    start = call.moment("StartDate") or max(end, call.now - KEPT) - USUAL
    return checked_period(start, end, now=call.now, kept=KEPT, longest=LONGEST)


def rows_of(call: Call, mail: Mail) -> Iterator[Traced]:
    """List the rows that the arguments choose, newest first and then by recipient.

    Raises:
        RefusedError: the arguments contradict each other or the limits.
    """
    after = (call.text("StartingRecipientAddress") or "").lower()
    goes_on_from = call.moment("EndDate") if after else None
    recipients = mail.parties(call.texts("RecipientAddress"))
    statuses = set(call.texts("Status"))
    for message in messages_of(call, mail):
        for row in traced(message, mail.address_of):
            if message.received == goes_on_from and row.address <= after:
                continue
            if recipients and row.recipient.party not in recipients:
                continue
            status = row.recipient.status(call.now - message.received)
            fits_ip = call.text("ToIP") in {None, row.recipient.to_ip}
            if fits_ip and (not statuses or status in statuses):
                yield row


def messages_of(call: Call, mail: Mail) -> Iterator[Message]:
    """List the messages that the arguments choose, newest first.

    Raises:
        RefusedError: the arguments contradict each other or the limits.
    """
    period = period_of(call)
    if text := call.text("MessageTraceId"):
        message = mail.traffic.traced(_trace_id(text))
        inside = message is not None and period.start <= message.received <= period.end
        messages = iter([message] if message is not None and inside else [])
    else:
        messages = mail.traffic.newest_first(period.start, period.end)
    return filter(_message_test(call, mail), messages)


def _message_test(call: Call, mail: Mail) -> Callable[[Message], bool]:
    senders = mail.parties(call.texts("SenderAddress"))
    recipients = mail.parties(call.texts("RecipientAddress"))
    ids = set(call.texts("MessageId"))
    from_ip, subject = call.text("FromIP"), (call.text("Subject") or "").casefold()
    subject_fits = _SUBJECT_TESTS[call.text("SubjectFilterType") or "Contains"]

    def fits(message: Message) -> bool:
        return (
            (not senders or message.sender in senders)
            and (not recipients or any(each.party in recipients for each in message.recipients))
            and from_ip in {None, message.from_ip}
            and subject_fits(message.subject.casefold(), subject)
            and (not ids or mail.traffic.message_id(message) in ids)
        )

    return fits


def _trace_id(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise invalid(f"Invalid MessageTraceId value '{text}'. It must be a GUID.") from None


def going_on_after(row: Traced, call: Call, *, size: int) -> str:
    """Return the warning that there is more, with the command that gets it.

    Scripts cut the first sentence off and run the rest, so it must be PowerShell.
    """
    places = {
        "StartDate": exact_text(period_of(call).start),
        "EndDate": exact_text(row.message.received),
        "StartingRecipientAddress": row.address,
    }
    given = {**call.arguments, **places, "ResultSize": size}
    parameters = " ".join(f"-{name} {_quoted(value)}" for name, value in given.items() if value)
    return (
        "There are more results, use the following command to get more. "
        f"Get-MessageTraceV2 {parameters}"
    )


def _quoted(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return ",".join(map(_quoted, value))
    escaped = "".join(f"`{each}" if each in '`"$“”„' else each for each in str(value))
    return f'"{escaped}"'
