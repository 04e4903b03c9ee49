"""The cmdlets of the unified audit log."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from emulator.exchange.auditquery import AuditLog, found
from emulator.exchange.calls import Call, Cmdlet, Output, numbered
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.reports import Mark, mark_of
from emulator.exchange.views import Row
from emulator.tenant.auditsearches import (
    AuditSearches,
    Block,
    Numbers,
    SessionCommand,
    Step,
    limit_of,
)
from emulator.tenant.draws import Draws
from emulator.tenant.estate import Estate

DEFAULT_SIZE = 100
LARGEST_SIZE = 5_000
_ORIGIN = datetime(2020, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_NO_PART_OF_A_QUERY = {"SessionId", "SessionCommand", "ResultSize", "Formatted"}


def _search_unified_audit_log(call: Call) -> Output:
    mark = mark_of(call.start)
    session = call.text("SessionId")
    block = _session_block(call, session, mark) if session else _first_block(call, mark)
    # A later page finds its block again: by where a session was, or by what hour it was.
    origin = block.begin if session else _hours(call, mark)
    offset = mark.offset if mark else 0
    for place, row in enumerate(_rows(call, block, offset), offset):
        yield Mark(origin=origin, offset=place).number, row


def searches_of(estate: Estate) -> AuditSearches:
    """Return the sessions of the tenant."""
    return estate.part(_new_searches)


def _new_searches(_: Estate) -> AuditSearches:
    return AuditSearches()


def _session_block(call: Call, session: str, mark: Mark | None) -> Block:
    query = {n: v for n, v in sorted(call.arguments.items()) if n not in _NO_PART_OF_A_QUERY}
    step = Step(
        session_id=session,
        query=repr(query),
        command=_command(call),
        size=call.count("ResultSize", default=DEFAULT_SIZE),
        begin=mark.origin if mark else None,
    )
    return searches_of(call.estate).block(step, lambda: _found(call, mark=None))


def _first_block(call: Call, mark: Mark | None) -> Block:
    numbers = _found(call, mark)[: limit_of(_command(call))]
    size = call.count("ResultSize", default=DEFAULT_SIZE)
    return Block(numbers=numbers[:size], begin=0, total=len(numbers))


def _found(call: Call, mark: Mark | None) -> Numbers:
    # Nothing of the running hour shows yet, so that all pages of a command see the same.
    until = _ORIGIN + _hours(call, mark) * _HOUR
    return found(call, AuditLog(estate=call.estate), until=until)


def _hours(call: Call, mark: Mark | None) -> int:
    present = max(0, (call.now - _ORIGIN) // _HOUR)
    return min(mark.origin, present) if mark else present


def _rows(call: Call, block: Block, offset: int) -> Iterator[Row]:
    """List the block's rows after the first *offset*.  A large set's order means nothing."""
    log, numbers = AuditLog(estate=call.estate), list(block.numbers)
    if _command(call) is SessionCommand.LARGE_SET:
        seed = call.estate.tenant.seed
        numbers.sort(key=lambda number: Draws(seed, "unsorted", number).below(1 << 64))
    for place, number in enumerate(numbers[offset:], block.begin + offset + 1):
        row = log.row(number, formatted=call.flag("Formatted"))
        yield {**row, "ResultIndex": place, "ResultCount": block.total}


def _command(call: Call) -> SessionCommand | None:
    text = call.text("SessionCommand")
    return SessionCommand(text) if text else None


def _get_admin_audit_log_config(call: Call) -> Output:
    row: Row = {
        "Identity": "Admin Audit Log Settings",
        "Name": "Admin Audit Log Settings",
        "AdminAuditLogEnabled": True,
        "AdminAuditLogCmdlets": ["*"],
        "AdminAuditLogParameters": ["*"],
        "AdminAuditLogExcludedCmdlets": [],
        "AdminAuditLogAgeLimit": "90.00:00:00",
        "LogLevel": "Verbose",
        "TestCmdletLoggingEnabled": False,
        "UnifiedAuditLogIngestionEnabled": True,
        "IsValid": True,
        "ObjectState": "Unchanged",
    }
    return numbered([row], call.start)


AUDIT_CMDLETS = (
    Cmdlet(
        name="Search-UnifiedAuditLog",
        parameters=(
            Parameter(name="StartDate", kind=Kind.DATE, mandatory=True),
            Parameter(name="EndDate", kind=Kind.DATE, mandatory=True),
            Parameter(name="Formatted", kind=Kind.SWITCH),
            Parameter(name="FreeText"),
            Parameter(name="HighCompleteness", kind=Kind.SWITCH),
            Parameter(name="IPAddresses", kind=Kind.STRINGS),
            Parameter(name="ObjectIds", kind=Kind.STRINGS),
            Parameter(name="Operations", kind=Kind.STRINGS),
            Parameter(name="RecordType"),
            Parameter(name="ResultSize", kind=Kind.COUNT, largest=LARGEST_SIZE),
            Parameter(name="SessionCommand", choices=tuple(SessionCommand)),
            Parameter(name="SessionId"),
            Parameter(name="SiteIds", kind=Kind.STRINGS),
            Parameter(name="UserIds", kind=Kind.STRINGS),
        ),
        run=_search_unified_audit_log,
    ),
    Cmdlet(name="Get-AdminAuditLogConfig", parameters=(), run=_get_admin_audit_log_config),
)
