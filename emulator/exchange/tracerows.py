"""How a message looks in a trace: a row for each recipient, and its events.  Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from emulator.exchange.views import Row
from emulator.tenant.messages import Message, Party, Recipient, Status, Traffic

AddressOf = Callable[[Party], str]
"""Returns the address of whom a message knows as a party."""

_EVENTS = {
    Status.DELIVERED: "Deliver",
    Status.FAILED: "Fail",
    Status.FILTERED: "Spam",
    Status.QUARANTINED: "Quarantine",
    Status.PENDING: "Defer",
    Status.EXPANDED: "Expand",
    Status.GETTING: "Submit",
}
_DETAILS = {
    "Deliver": "The message was successfully delivered.",
    "Send external": "Message sent outside the organization.",
    "Fail": "Reason: [{LED=550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found}]",
    "Spam": "The message was moved to the Junk Email folder.",
    "Quarantine": "The message was put into quarantine.",
    "Defer": "Reason: [{LED=451 4.7.500 Server busy. Please try again later}]",
    "Expand": "Distribution list expanded to its members.",
    "Submit": "Message submitted.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """One message for one recipient: a row of the trace."""

    message: Message
    recipient: Recipient
    address: str
    """The recipient's."""


def traced(message: Message, address_of: AddressOf) -> list[Traced]:
    """Return the message once for each recipient, in the order of their addresses."""
    each = (
        Traced(message=message, recipient=recipient, address=address_of(recipient.party))
        for recipient in message.recipients
    )
    return sorted(each, key=lambda row: row.address)


def trace_row(row: Traced, traffic: Traffic, address_of: AddressOf, *, now: datetime) -> Row:
    """Return the row of Get-MessageTraceV2 as it is at *now*."""
    message = row.message
    return {
        "MessageId": traffic.message_id(message),
        "MessageTraceId": traffic.trace_id(message),
        "Received": exact_text(message.received),
        "SenderAddress": address_of(message.sender),
        "RecipientAddress": row.address,
        "Subject": message.subject,
        "Status": row.recipient.status(now - message.received).value,
        "FromIP": message.from_ip,
        "ToIP": row.recipient.to_ip,
        "Size": message.size,
    }


def detail_rows(
    row: Traced, traffic: Traffic, address_of: AddressOf, *, now: datetime
) -> Iterator[Row]:
    """List the events of Get-MessageTraceDetailV2: it came in, and then what became of it."""
    status = row.recipient.status(now - row.message.received)
    sent = status is Status.DELIVERED and row.recipient.to_ip
    event = "Send external" if sent else _EVENTS[status]
    server = "Message received by: AM0PR05MB0001"
    events = (("Receive", server, 0), (event, _DETAILS[event], 2 + row.message.number % 7))
    for name, detail, seconds in events:
        yield {
            "MessageId": traffic.message_id(row.message),
            "MessageTraceId": traffic.trace_id(row.message),
            "SenderAddress": address_of(row.message.sender),
            "RecipientAddress": row.address,
            "Date": exact_text(row.message.received + timedelta(seconds=seconds)),
            "Event": name,
            "Action": "",
            "Detail": detail,
            "Data": "<root></root>",
        }


def exact_text(moment: datetime) -> str:
    """Write a time in UTC with its fraction, so that it can be handed back as it is."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
