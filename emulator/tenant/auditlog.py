"""Which records a tenant's unified audit log has for any stretch of time.  Pure.

Like messages, records are numbered by hour and place, and each is drawn from its number alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from emulator.tenant.activities import CHANCES, Activity
from emulator.tenant.draws import Draws, indexed_guid

MOST_AN_HOUR = 60
"""A search through all that is kept must end within seconds."""
KEPT = timedelta(days=180)
"""From "Audit log retention policies": Audit (Standard)."""

_MAILBOXES_PER_RECORD = 20
_NUMBERS = 4_096  # of one hour; more than records
_ADMINISTRATORS = 3
_SYSTEM = r"NT AUTHORITY\SYSTEM (Microsoft.Exchange.ServiceHost)"
_START = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """Who did what, when, from where, and to whose mailbox or account."""

    number: int
    moment: datetime
    activity: Activity
    actor: int | str
    """The number of the actor's mailbox, or the name of a service."""
    target: int
    """The number of a mailbox."""
    ip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTrail:
    """The audit log of one tenant."""

    seed: int
    mailboxes: int

    def newest_first(self, start: datetime, end: datetime) -> Iterator[AuditRecord]:
        """List the records from *start* on and before *end*, the last one first."""
        for hour in range(_hour_of(end), _hour_of(start) - 1, -1):
            count = self._count(hour)
            for place in range(count - 1, -1, -1):
                if start <= _moment(hour, place, count) < end:
                    yield self._record(hour, place, count)

    def record(self, number: int) -> AuditRecord:
        """Return the record of a number that `newest_first` gave."""
        hour, place = divmod(number, _NUMBERS)
        return self._record(hour, place, self._count(hour))

    def identity(self, record: AuditRecord) -> str:
        """Return the record's GUID."""
        return indexed_guid(self.seed, "audit", record.number)

    def _count(self, hour: int) -> int:
        usual = min(self.mailboxes // _MAILBOXES_PER_RECORD + 1, MOST_AN_HOUR // 2)
        return 1 + Draws(self.seed, "trail", hour).below(2 * usual) if self.mailboxes else 0

    def _record(self, hour: int, place: int, count: int) -> AuditRecord:
        number = hour * _NUMBERS + place
        draws = Draws(self.seed, "audit", number)
        activity = draws.one_of(CHANCES)
        actors = min(_ADMINISTRATORS, self.mailboxes) if activity.by_administrator else None
        actor = draws.below(actors or self.mailboxes)
        by_system = activity.by_administrator and draws.is_one_in(4)
        last = 1 + draws.below(40)
        return AuditRecord(
            number=number,
            moment=_moment(hour, place, count),
            activity=activity,
            actor=_SYSTEM if by_system else actor,
            target=draws.below(self.mailboxes) if activity.by_administrator else actor,
            ip=f"2001:db8::{last:x}" if draws.is_one_in(3) else f"203.0.113.{last}",
        )


def _hour_of(moment: datetime) -> int:
    return (moment - _START) // _HOUR


def _moment(hour: int, place: int, count: int) -> datetime:
    """Return when it happened, in whole seconds as the log has it."""
    return _START + timedelta(hours=hour, seconds=place * 3_600 // count)
