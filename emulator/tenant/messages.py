"""Which messages a tenant sent and got in any stretch of time.  Pure.

Messages are numbered by the hour they came in and their place in it, and each is drawn from its
number alone: reading an hour needs no other, and nothing is held in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from emulator.tenant.draws import Draws, index_in_guid, indexed_guid
from emulator.tenant.subjects import SUBJECTS

MOST_AN_HOUR = 1_000
"""A trace over ten days, whatever it looks for, must end within seconds."""
HOURS_PER_MESSAGE = 20
"""A mailbox takes part in one message in so many hours, until the tenant reaches its bound."""
SETTLING = timedelta(hours=4)
"""After this no message is on its way any more."""

_HOUR = timedelta(hours=1)
_HOUR_MICROSECONDS = 3_600_000_000
_NUMBERS = 4_096  # of one hour; more than messages
_LAST_HOUR = 1 << 22  # in the 25th century, far from the end of Python's calendar
_START = datetime(1970, 1, 1, tzinfo=UTC)
_INSIDE = "255.255.255.255"
_OUTSIDERS = (
    "ann@fabrikam.example",
    "no-reply@fabrikam.example",
    "o'hara+sales@adatum.example",
    "bounce-2f7a=contoso@lists.adatum.example",
    "info@xn--mller-kva.example",
    "postmaster@northwind.example",
)

Party = int | str
"""Who sends or gets: the number of an own mailbox, or another address."""


class Status(StrEnum):
    """What became of a message for one recipient, in the words of Get-MessageTraceV2."""

    DELIVERED = "Delivered"
    FAILED = "Failed"
    FILTERED = "FilteredAsSpam"
    QUARANTINED = "Quarantined"
    PENDING = "Pending"
    EXPANDED = "Expanded"
    GETTING = "GettingStatus"


_UNSETTLED = (Status.PENDING, Status.GETTING)
_FROM_OUTSIDE = (Status.FILTERED, Status.FILTERED, Status.QUARANTINED, Status.FAILED, *_UNSETTLED)
_FROM_INSIDE = (Status.FAILED, *_UNSETTLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One whom a message is for, and what became of it there."""

    party: Party
    first_status: Status
    """Before it settled, if it has to."""
    to_ip: str
    """Where a message that left went; empty for one that stayed."""

    def status(self, age: timedelta) -> Status:
        """Return the status once the message is so old."""
        settled = self.first_status in _UNSETTLED and age > SETTLING
        return Status.DELIVERED if settled else self.first_status


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; no other of the tenant was received at the same moment."""

    number: int
    received: datetime
    sender: Party
    recipients: tuple[Recipient, ...]
    """Each once, in no order."""
    subject: str
    size: int
    """Bytes."""
    from_ip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """The mail of one tenant."""

    seed: int
    mailboxes: int
    domain: str
    """Of the own addresses that belong to no mailbox."""

    def newest_first(self, start: datetime, end: datetime) -> Iterator[Message]:
        """List the messages from *start* to *end*, both included, the last one first."""
        for hour in range(_hour_of(end), _hour_of(start) - 1, -1):
            count = self._count(hour)
            for place in range(count - 1, -1, -1):
                if start <= _moment(hour, place, count) <= end:
                    yield self._message(hour, place, count)

    def traced(self, trace_id: str) -> Message | None:
        """Return the message of that MessageTraceId (a GUID with dashes), if there is one."""
        number = index_in_guid(self.seed, "trace", trace_id)
        hour, place = divmod(number, _NUMBERS)
        count = self._count(hour) if hour < _LAST_HOUR else 0
        return self._message(hour, place, count) if place < count else None

    def trace_id(self, message: Message) -> str:
        """Return the MessageTraceId, which the service gives each message."""
        return indexed_guid(self.seed, "trace", message.number)

    def message_id(self, message: Message) -> str:
        """Return the Message-ID header, which the sender's server wrote."""
        outside = isinstance(message.sender, str)
        server = str(message.sender).rpartition("@")[2] if outside else "AM0PR05MB0001.eurprd05"
        return f"<{indexed_guid(self.seed, 'message-id', message.number)}@{server}>"

    def _count(self, hour: int) -> int:
        """Return how many messages came in that hour."""
        usual = min(self.mailboxes // HOURS_PER_MESSAGE + 1, MOST_AN_HOUR // 2)
        return 1 + Draws(self.seed, "traffic", hour).below(2 * usual) if self.mailboxes else 0

    def _message(self, hour: int, place: int, count: int) -> Message:
        number = hour * _NUMBERS + place
        draws = Draws(self.seed, "messages", number)
        kind = draws.below(10)
        sender = draws.one_of(_OUTSIDERS) if kind < 4 else draws.below(self.mailboxes)
        leaves = 7 <= kind < 9
        parties = self._parties(draws, leaves=leaves, to_group=kind == 9)
        return Message(
            number=number,
            received=_moment(hour, place, count),
            sender=sender,
            recipients=tuple(_recipient(draws, each, comes=kind < 4) for each in parties),
            subject=draws.one_of(SUBJECTS),
            size=4_000 + draws.below(90_000) * (1 if draws.below(8) else 200),
            from_ip=f"203.0.113.{1 + draws.below(250)}" if kind < 4 else _INSIDE,
        )

    def _parties(self, draws: Draws, *, leaves: bool, to_group: bool) -> tuple[Party, ...]:
        """Return whom a message is for: mostly one, at most six."""
        count = 2 + draws.below(4) if to_group or draws.is_one_in(6) else 1
        own = (draws.below(self.mailboxes) for _ in range(count))
        parties = (draws.one_of(_OUTSIDERS) for _ in range(count)) if leaves else own
        group = (f"all-staff@{self.domain}",) if to_group else ()
        return tuple(dict.fromkeys((*group, *parties)))


def _recipient(draws: Draws, party: Party, *, comes: bool) -> Recipient:
    outside = party in _OUTSIDERS
    if isinstance(party, str) and not outside:
        status = Status.EXPANDED
    elif draws.is_one_in(5 if comes else 20):
        status = draws.one_of(_FROM_OUTSIDE if comes else _FROM_INSIDE)
    else:
        status = Status.DELIVERED
    to_ip = f"198.51.100.{1 + draws.below(250)}" if outside else ""
    return Recipient(party=party, first_status=status, to_ip=to_ip)


def _hour_of(moment: datetime) -> int:
    return (moment - _START) // _HOUR


def _moment(hour: int, place: int, count: int) -> datetime:
    """Return when the message came in.  Each has a part of the hour of its own."""
    part = _HOUR_MICROSECONDS // count
    within = place * part + (hour * 7_919 + place * 104_729) * 6_151 % part
    return _START + timedelta(hours=hour, microseconds=within)
