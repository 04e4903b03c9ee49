"""Who is out of office, and what is said meanwhile.  Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from emulator.tenant.draws import Draws
from emulator.tenant.mailbox import EPOCH, Kind, Mailbox

_MESSAGES = (
    "<html><body>I am out of office &amp; back on Monday.</body></html>",
    "<html><body>Im Urlaub.<br>Bitte wenden Sie sich an &quot;den Vertrieb&quot;.</body></html>",
    "<html><body>休暇中です。</body></html>",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The automatic replies of a mailbox."""

    state: str
    """`Disabled`, `Enabled` or `Scheduled`."""
    start: datetime
    end: datetime
    message: str
    audience: str
    """`None`, `Known` or `All`: who outside gets an answer."""


def absence_of(mailbox: Mailbox) -> Absence:
    """Return the automatic replies of *mailbox*; most have none."""
    draws = Draws(mailbox.seed, "absences", mailbox.index)
    start = EPOCH - timedelta(hours=draws.below(2_000))
    is_away = mailbox.kind is not Kind.ROOM and draws.is_one_in(9)
    return Absence(
        state=draws.one_of(("Enabled", "Scheduled")) if is_away else "Disabled",
        start=start,
        end=start + timedelta(days=1 + draws.below(20)),
        message=draws.one_of(_MESSAGES) if is_away else "",
        audience=draws.one_of(("All", "Known", "None")) if is_away else "All",
    )
