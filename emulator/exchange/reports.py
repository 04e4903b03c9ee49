"""What the cmdlets have in common that report over a stretch of time.  Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from emulator.exchange.failures import Failure, RefusedError

_VALIDATION = "Microsoft.Exchange.Management.Tasks.ValidationException"
_ARGUMENT = "System.ArgumentException"
_ODATA = "Microsoft.Exchange.Admin.OData.Core.ODataServiceException"
_OFFSETS = 1 << 13
"""More than the rows of one command, which are 5,000 at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time, its ends included."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The number of a row that a later page can go on from without asking the clock again."""

    origin: int
    """What the command's first page began with."""
    offset: int = 0
    """How many rows came before this one."""

    @property
    def number(self) -> int:
        """The mark as a row number."""
        return self.origin * _OFFSETS + self.offset


def mark_of(start: int) -> Mark | None:
    """Return where *start* goes on, or `None` for a command's first page."""
    origin, offset = divmod(start, _OFFSETS)
    return Mark(origin=origin, offset=offset) if start else None


def checked_period(
    start: datetime, end: datetime, *, now: datetime, kept: timedelta, longest: timedelta
) -> Period:
    """Return the period from *start* to *end*, of which nothing is after *now*.

    A second too much is allowed: who computes both ends from the clock reads it twice (guessed).

    Raises:
        RefusedError: it is upside down, longer than *longest*, or begins before the day that
            lies *kept* back.
    """
    if start.date() < (now - kept).date():
        text = f"The StartDate can't be older than {kept.days} days from today."
        raise invalid(f"Invalid StartDate value. {text}")
    if start > end:
        raise invalid("Invalid StartDate value. The StartDate can't be later than the EndDate.")
    if end - start > longest + timedelta(seconds=1):
        text = (
            f"The interval between StartDate and EndDate can't be longer than {longest.days} days."
        )
        raise invalid(text, kind=_ARGUMENT)
    return Period(start=start, end=min(end, now))


def invalid(text: str, *, kind: str = _VALIDATION) -> RefusedError:
    """Return the error for arguments that a report does not take; its detail has no number.

    From failures of Get-MessageTrace as users of CIPP report them.
    """
    message = "Error executing cmdlet"
    detail = {"code": "Client", "target": "", "message": f"|{kind}|{text}"}
    inner = {"message": message, "type": _ODATA, "stacktrace": ""}
    error = {"code": "BadRequest", "message": message, "details": [detail], "innererror": inner}
    return RefusedError(Failure(status=400, body={"error": error}, exception_type=kind, text=text))
