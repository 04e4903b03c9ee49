"""The cmdlets of the message trace, and the retired ones that say what to use instead."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from emulator.exchange.calls import Call, Cmdlet, Output, numbered
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.reports import Mark, invalid, mark_of
from emulator.exchange.tracequery import Mail, going_on_after, messages_of, rows_of
from emulator.exchange.tracerows import detail_rows, trace_row, traced
from emulator.tenant.messages import Status

DEFAULT_SIZE = 1_000
LARGEST_SIZE = 5_000
_ORIGIN = datetime(2020, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


def _get_message_trace(call: Call) -> Output:
    minute = max(0, (call.now - _ORIGIN) // _MINUTE)
    mark = mark_of(call.start) or Mark(origin=minute)
    # Nothing of the running minute shows yet, so that all pages of a command see the same.
    call = replace(call, now=_ORIGIN + min(mark.origin, minute) * _MINUTE)
    mail, size = Mail(estate=call.estate), call.count("ResultSize", default=DEFAULT_SIZE)
    last = None
    for offset, row in enumerate(rows_of(call, mail)):
        if offset == size:
            if last is not None:
                call.warnings.append(going_on_after(last, call, size=size))
            return
        last = row
        if offset >= mark.offset:
            shown = trace_row(row, mail.traffic, mail.address_of, now=call.now)
            yield replace(mark, offset=offset).number, shown


def _get_message_trace_detail(call: Call) -> Output:
    mail, wanted = Mail(estate=call.estate), (call.text("RecipientAddress") or "").lower()
    rows = [
        event
        for message in messages_of(call, mail)
        for row in traced(message, mail.address_of)
        if row.address == wanted
        for event in detail_rows(row, mail.traffic, mail.address_of, now=call.now)
        if _is_among(event["Event"], call.texts("Event"))
        and _is_among(event["Action"], call.texts("Action"))
    ]
    return numbered(rows, call.start)


def _is_among(value: object, wanted: list[str]) -> bool:
    return not wanted or str(value).casefold() in {each.casefold() for each in wanted}


def _retired(name: str) -> Callable[[Call], Output]:
    page = f"https://learn.microsoft.com/en-us/powershell/module/exchange/{name.lower()}v2"

    def run(_: Call) -> Output:
        raise invalid(
            f"{name} will start deprecating on September 1st, 2025. Please refer to: "
            f"{page}?view=exchange-ps to switch to {name}V2."
        )

    return run


def _piped(name: str, position: int | None = None, *, kind: Kind = Kind.STRING) -> Parameter:
    return Parameter(name=name, kind=kind, position=position, by_property_name=True)


_DATES = (Parameter(name="StartDate", kind=Kind.DATE), Parameter(name="EndDate", kind=Kind.DATE))
_PAGING = (Parameter(name="Page", kind=Kind.COUNT), Parameter(name="PageSize", kind=Kind.COUNT))
_TRACE = (
    _piped("EndDate", 0, kind=Kind.DATE),
    _piped("FromIP", 1),
    _piped("MessageId", 2, kind=Kind.STRINGS),
    _piped("MessageTraceId", 3),
    _piped("RecipientAddress", 4, kind=Kind.STRINGS),
    replace(_piped("ResultSize", 5, kind=Kind.COUNT), largest=LARGEST_SIZE),
    _piped("SenderAddress", 6, kind=Kind.STRINGS),
    _piped("StartDate", 7, kind=Kind.DATE),
    _piped("StartingRecipientAddress", 8),
    Parameter(name="Status", kind=Kind.STRINGS, position=9, choices=tuple(Status)),
    _piped("Subject", 10),
    replace(_piped("SubjectFilterType", 11), choices=("Contains", "EndsWith", "StartsWith")),
    _piped("ToIP", 12),
)
_DETAIL = (
    Parameter(name="Action", kind=Kind.STRINGS, position=0),
    _piped("EndDate", 1, kind=Kind.DATE),
    Parameter(name="Event", kind=Kind.STRINGS, position=2),
    _piped("MessageId", 3, kind=Kind.STRINGS),
    replace(_piped("MessageTraceId", 4), mandatory=True),
    replace(_piped("RecipientAddress", 5), mandatory=True),
    _piped("SenderAddress", 6, kind=Kind.STRINGS),
    _piped("StartDate", 7, kind=Kind.DATE),
)
_RETIRED = (
    *_DATES,
    *_PAGING,
    *(_piped(name) for name in ("MessageTraceId", "FromIP", "ToIP", "ProbeTag")),
    *(
        _piped(name, kind=Kind.STRINGS)
        for name in ("MessageId", "SenderAddress", "RecipientAddress", "Status", "Action", "Event")
    ),
)

TRACE_CMDLETS = (
    Cmdlet(name="Get-MessageTraceV2", parameters=_TRACE, run=_get_message_trace),
    Cmdlet(name="Get-MessageTraceDetailV2", parameters=_DETAIL, run=_get_message_trace_detail),
    Cmdlet(name="Get-MessageTrace", parameters=_RETIRED, run=_retired("Get-MessageTrace")),
    Cmdlet(
        name="Get-MessageTraceDetail",
        parameters=_RETIRED,
        run=_retired("Get-MessageTraceDetail"),
    ),
)
