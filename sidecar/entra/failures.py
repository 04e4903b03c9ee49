"""Why no token was written, in eight classes, and what to do about each.  Pure.

The classes are labels of a metric and exit codes of `exo-token once`, so they are API.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Reason(StrEnum):
    """The class of a failure."""

    CONFIG = "config"
    CREDENTIAL_REJECTED = "credential_rejected"
    WRITE = "write"
    ASSERTION_EXPIRED = "assertion_expired"
    FEDERATION_PROPAGATING = "federation_propagating"
    NETWORK = "network"
    IDP_UNAVAILABLE = "idp_unavailable"
    THROTTLED = "throttled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One attempt that gave no token.  Holds no secret, whatever the other side answered."""

    reason: Reason
    summary: str
    """What happened, in one sentence."""
    remedy: str
    """What to do about it, in one sentence that names the thing to fix."""
    status: int | None = None
    """The HTTP status, if an answer came."""
    code: int | None = None
    """Entra's AADSTS code, if the answer had one."""
    retry_after: timedelta | None = None
    """How long the other side asked to be left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """One row of the table of classes."""

    exit_code: int
    """Of `exo-token once`; sysexits(3) where the sense is the same."""
    permanent: bool
    """Whether only a person can end it: `once` gives up at once, `run` slows down."""
    text: str


CLASSES: dict[Reason, Class] = {
    Reason.CONFIG: Class(
        exit_code=78, permanent=True, text="the configuration or Entra's is wrong"
    ),
    Reason.CREDENTIAL_REJECTED: Class(
        exit_code=77, permanent=True, text="Entra refuses the credential"
    ),
    Reason.WRITE: Class(exit_code=73, permanent=False, text="the token file cannot be written"),
    Reason.ASSERTION_EXPIRED: Class(
        exit_code=65, permanent=False, text="the projected token or the clock is out of date"
    ),
    Reason.FEDERATION_PROPAGATING: Class(
        exit_code=67,
        permanent=False,
        text="Entra knows no such federated identity, perhaps not yet",
    ),
    Reason.NETWORK: Class(exit_code=68, permanent=False, text="Entra cannot be reached"),
    Reason.IDP_UNAVAILABLE: Class(
        exit_code=69, permanent=False, text="Entra does not answer as it should"
    ),
    Reason.THROTTLED: Class(exit_code=75, permanent=False, text="Entra asks to wait"),
}
"""Every class, gravest first: `once` exits with the first that occurred."""


def gravest(reasons: set[Reason]) -> Reason:
    """Return the one of *reasons* that a person should look at first."""
    return next(reason for reason in CLASSES if reason in reasons)
