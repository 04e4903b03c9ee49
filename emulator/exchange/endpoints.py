"""Which of Microsoft's two services a request came to: Exchange, or Security & Compliance.  Pure.

By its host name where that is one of Microsoft's.  On loopback there is one name for all, so
there Security & Compliance lies below the path `/compliance`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from emulator.exchange.calls import Cmdlet
from emulator.exchange.cmdlets import CMDLETS
from emulator.exchange.compliancecmdlets import COMPLIANCE_CMDLETS
from emulator.exchange.roles import is_allowed, is_allowed_in_compliance

COMPLIANCE_PATH = "/compliance"

_HOST = re.compile(
    r"(?P<name>[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::(?P<port>\d{1,5}))?", re.IGNORECASE
)
_COMPLIANCE_HOST = re.compile(r"(?:.+\.)?(?:ps\.compliance|admin)\.protection\..+", re.IGNORECASE)


class Service(StrEnum):
    """The two."""

    EXCHANGE = "Exchange"
    COMPLIANCE = "Security & Compliance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosted:
    """What one service runs, and for whom."""

    cmdlets: Mapping[str, Cmdlet]
    """By their names in lower case."""
    allows: Callable[[str, Iterable[str]], bool]
    """Whether one of the roles (template ids) allows the cmdlet."""


HOSTED = {
    Service.EXCHANGE: Hosted(cmdlets=CMDLETS, allows=is_allowed),
    Service.COMPLIANCE: Hosted(cmdlets=COMPLIANCE_CMDLETS, allows=is_allowed_in_compliance),
}


@dataclass(frozen=True, slots=True)
class Host:
    """What a `Host` header names."""

    name: str
    """In lower case."""
    port: int | None = None


def host_of(header: str) -> Host | None:
    """Read a `Host` header; `None` is nonsense."""
    match = _HOST.fullmatch(header)
    port = int(match["port"]) if match and match["port"] else None
    return Host(match["name"].lower(), port) if match and (port or 0) < 1 << 16 else None


def service_at(host: str, path: str) -> Service:
    """Return the service that *host* and *path* lead to."""
    below = path.startswith(f"{COMPLIANCE_PATH}/")
    is_compliance = below or _COMPLIANCE_HOST.fullmatch(host)
    return Service.COMPLIANCE if is_compliance else Service.EXCHANGE
