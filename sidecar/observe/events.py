"""What the sidecar tells of itself.  No event carries a secret."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sidecar.credentials.kinds import CredentialKind
from sidecar.entra.failures import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKept:
    """At the start, a token that is still good lay in the file."""

    target: str
    acquired_at: datetime
    expires_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIgnored:
    """At the start, the file held what will not be kept; it stays until it is replaced."""

    target: str
    problems: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshStarted:
    """An attempt begins."""

    target: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPublished:
    """A new token lies in the file."""

    target: str
    acquired_at: datetime
    expires_at: datetime
    sequence: int
    seconds: float
    """How long the attempt took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshFailed:
    """An attempt gave no token; the file is as it was."""

    target: str
    at: datetime
    failure: Failure
    attempts: int
    """Failures in a row, this one included."""
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenExpired:
    """The token in the file has come to its end, and no other has taken its place."""

    target: str
    expires_at: datetime
    problem: str | None
    """Why the file could not be treated as `output.onExpiry` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRefresh:
    """When the next attempt is due."""

    target: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialUsed:
    """A credential was read for an attempt."""

    target: str
    kind: CredentialKind
    expires_at: datetime | None
    """`None` where a projected token's own expiry cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialReloaded:
    """A credential's bytes have changed."""

    target: str
    kind: CredentialKind
    problem: str | None
    """Why the new one cannot be used; the old one is kept then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockJumped:
    """Wall clock and steady clock came apart: set by hand, or the machine slept."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationSent:
    """A listener knows of a renewal."""

    target: str
    listener: str
    """`webhook` or `touchFile`, as the configuration calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationFailed:
    """A listener could not be told; it is tried again."""

    target: str
    listener: str
    problem: str


Notified = NotificationSent | NotificationFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigLoaded:
    """The first configuration is in use."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigReloaded:
    """A changed configuration is in use."""

    at: datetime
    targets: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigRefused:
    """A changed configuration cannot be used; the one before stays."""

    at: datetime
    problems: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """The loop goes round: told at each turn, at least every half minute."""

    steady: float


Event = (
    TokenKept
    | TokenIgnored
    | RefreshStarted
    | TokenPublished
    | RefreshFailed
    | TokenExpired
    | NextRefresh
    | CredentialUsed
    | CredentialReloaded
    | ClockJumped
    | NotificationSent
    | NotificationFailed
    | ConfigLoaded
    | ConfigReloaded
    | ConfigRefused
    | Beat
)
Listener = Callable[[Event], None]


def to_all(*listeners: Listener) -> Listener:
    """Return a listener that passes each event to every one of *listeners*, in order."""

    def tell(event: Event) -> None:
        for listener in listeners:
            listener(event)

    return tell
