"""Waits for a token that may be used, or says why there is none."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from contract import freshness, volume
from contract.errors import ContractError
from contract.exitcodes import ExitCode
from contract.freshness import Wanted
from contract.token import TokenDocument
from runner.notices import Notice, Unwritten
from runner.tokens import claims

MARGIN = timedelta(minutes=2)
"""A token must live this much longer to be worth starting on."""
_PAUSE = 0.25

_EXCHANGE = {
    "gccHigh": "https://outlook.office365.us",
    "dod": "https://webmail.apps.mil",
    "china": "https://partner.outlook.cn",
}
"""The resource URL of Exchange by cloud, where it is not the worldwide one."""


class Clock(Protocol):
    """What the gate needs of a clock."""

    def now(self) -> datetime:
        """Return the time of day."""

    def monotonic(self) -> float:
        """Return seconds that only grow."""


Wait = Callable[[float], Notice | Unwritten | None]


@dataclass(frozen=True, slots=True)
class NoToken:
    """There is no token to run on."""

    code: ExitCode
    reason: str


def await_token(
    path: Path, wanted: Wanted, *, patience: timedelta, clock: Clock, wait: Wait
) -> TokenDocument | NoToken | Notice:
    """Return the document at *path* once it may be used; *wait* ends early on a stop signal."""
    deadline = clock.monotonic() + patience.total_seconds()
    while True:
        found = look(path, wanted, now=clock.now())
        if isinstance(found, TokenDocument) or found.code is ExitCode.AUTH:
            return found
        left = deadline - clock.monotonic()
        if left <= 0:
            return found
        notice = wait(min(_PAUSE, left))
        if isinstance(notice, Notice):
            return notice


def look(path: Path, wanted: Wanted, *, now: datetime) -> TokenDocument | NoToken:
    """Return the document at *path* if it may be used now, else why not."""
    try:
        document = volume.read(path)
    except ContractError as error:
        return NoToken(ExitCode.TEMPORARY, str(error))
    against = freshness.objections(document, _for_cloud(wanted, document), now=now, margin=MARGIN)
    is_fresh = freshness.is_usable(document, now=now, margin=MARGIN)
    foreign = [*(against if is_fresh else against[:-1]), *claims.contradictions(document)]
    stale = [*([] if is_fresh else against[-1:]), *claims.staleness(document, now=now)]
    if not foreign and not stale:
        return document
    code = ExitCode.AUTH if foreign else ExitCode.TEMPORARY
    return NoToken(code, f"{path}: {'; '.join([*foreign, *stale])}")


def _for_cloud(wanted: Wanted, document: TokenDocument) -> Wanted:
    if wanted.resource != "exchange" or document.audience == freshness.EXCHANGE_APP_ID:
        return wanted
    audience = _EXCHANGE.get(document.environment, "https://outlook.office365.com")
    accepted = document.audience if document.audience.rstrip("/") == audience else audience
    return Wanted(
        connection=wanted.connection,
        resource=wanted.resource,
        tenant_id=wanted.tenant_id,
        audience=accepted,
    )
