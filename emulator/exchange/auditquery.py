"""Which records of the audit log a search finds, and how they look as its rows."""

import json
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from emulator.exchange.auditdata import AuditContext, audit_data
from emulator.exchange.calls import Call
from emulator.exchange.opathvalues import wanted_of
from emulator.exchange.reports import Period, invalid
from emulator.exchange.views import Row
from emulator.exchange.wording import moment_text
from emulator.tenant.auditlog import KEPT, AuditRecord, AuditTrail
from emulator.tenant.auditsearches import MOST_FOUND, Numbers
from emulator.tenant.estate import Estate

Test = Callable[[AuditRecord], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog:
    """The audit log of a tenant, whose mailboxes have names."""

    estate: Estate

    @property
    def trail(self) -> AuditTrail:
        """The records."""
        return AuditTrail(seed=self.estate.tenant.seed, mailboxes=len(self.estate))

    def user_id(self, record: AuditRecord) -> str:
        """Return who did it."""
        actor = record.actor
        return actor if isinstance(actor, str) else self.estate.mailbox(actor).address

    def data(self, record: AuditRecord) -> Row:
        """Return the record's AuditData."""
        tenant = self.estate.tenant
        context = AuditContext(
            record=record,
            identity=self.trail.identity(record),
            user_id=self.user_id(record),
            target=self.estate.mailbox(record.target),
            organization_id=tenant.id,
            initial_domain=tenant.initial_domain,
        )
        return audit_data(context)

    def row(self, number: int, *, formatted: bool) -> Row:
        """Return the row of Search-UnifiedAuditLog, without its place among the others."""
        record = self.trail.record(number)
        data, kind = self.data(record), record.activity.record_type
        shown = {**data, "RecordType": kind.value} if formatted else data
        separators = None if formatted else (",", ":")
        text = json.dumps(
            shown, ensure_ascii=False, indent=2 if formatted else None, separators=separators
        )
        return {
            "RecordType": kind.value,
            "CreationDate": moment_text(record.moment),
            "UserIds": data["UserId"],
            "Operations": record.activity.operation,
            "AuditData": text,
            "Identity": data["Id"],
            "IsValid": True,
            "ObjectState": "Unchanged",
        }


def period_of(call: Call, *, until: datetime) -> Period:
    """Return the stretch of time that the arguments choose, as far as the log knows it.

    Raises:
        RefusedError: it ends before it begins.
    """
    start, end = call.moment("StartDate") or until, call.moment("EndDate") or until
    if start > end:
        raise invalid("The StartDate can't be later than the EndDate.")
    return Period(start=max(start, until - KEPT), end=min(end, until))


def found(call: Call, log: AuditLog, *, until: datetime) -> Numbers:
    """Return the records that the arguments choose, newest first, 50,000 at most.

    Raises:
        RefusedError: the dates contradict each other.
    """
    period, tests = period_of(call, until=until), _tests(call, log)
    records = log.trail.newest_first(period.start, period.end)
    chosen = (each.number for each in records if all(test(each) for test in tests))
    return array("Q", islice(chosen, MOST_FOUND))


def _tests(call: Call, log: AuditLog) -> list[Test]:
    """Return what a record must pass; what is costly to tell comes last."""
    tests: list[Test] = []
    if operations := _folded(call, "Operations"):
        tests.append(lambda each: each.activity.operation.casefold() in operations)
    if kind := (call.text("RecordType") or "").casefold():
        tests.append(lambda each: kind in _names_of(each))
    if ips := set(call.texts("IPAddresses")):
        tests.append(lambda each: each.ip in ips)
    if users := _actors(call, log):
        tests.append(lambda each: _named(each.actor) in users)
    if sites := _folded(call, "SiteIds"):
        tests.append(lambda each: log.data(each).get("Site") in sites)
    if objects := [wanted_of(text).pattern for text in call.texts("ObjectIds")]:
        tests.append(
            lambda each: any(
                like.fullmatch(str(log.data(each).get("ObjectId", "")).casefold())
                for like in objects
            )
        )
    if text := (call.text("FreeText") or "").casefold():
        tests.append(lambda each: text in _text_of(log, each))
    return tests


def _text_of(log: AuditLog, record: AuditRecord) -> str:
    return json.dumps(log.data(record), ensure_ascii=False).casefold()


def _names_of(record: AuditRecord) -> set[str]:
    kind = record.activity.record_type
    return {kind.value.casefold(), str(kind.number)}


def _actors(call: Call, log: AuditLog) -> set[int | str]:
    """Return who is meant, as records name them: nobody of that name is somebody, too."""
    actors: set[int | str] = set()
    for name in call.texts("UserIds"):
        named = [each for each in log.estate.found(name) if each.address == name.strip().lower()]
        actors |= {_named(name), *(each.index for each in named)}
    return actors


def _named(actor: int | str) -> int | str:
    return actor.casefold() if isinstance(actor, str) else actor


def _folded(call: Call, name: str) -> set[str]:
    return {each.casefold() for each in call.texts(name)}
