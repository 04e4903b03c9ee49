"""Which audience a token must have to be taken by a service at a host.  Pure.

A host of Microsoft's takes the audiences of its own cloud alone.  Any other host, such as
loopback, plays every cloud at once: there Entra has decided already which audience an
application of a tenant could get.  From Microsoft's Connect-ExchangeOnline and
Connect-IPPSSession; where projects disagree about a cloud, both are taken.
"""

from contract.freshness import EXCHANGE_APP_ID
from emulator.entra.resources import COMPLIANCE, EXCHANGE
from emulator.exchange.endpoints import Service

_GCC_HIGH = frozenset({"https://outlook.office365.us"})
_DOD = frozenset({"https://outlook-dod.office365.us", "https://outlook.office365.us"})
_CHINA = frozenset({"https://partner.outlook.cn", "https://outlook.office365.cn"})

_EXCHANGE = {
    "outlook.office365.com": frozenset({EXCHANGE}),
    "outlook.office.com": frozenset({EXCHANGE}),
    "outlook.office365.us": _GCC_HIGH,
    "outlook-dod.office365.us": _DOD,
    "webmail.apps.mil": _DOD,
    "partner.outlook.cn": _CHINA,
    "outlook.office365.cn": _CHINA,
}
_COMPLIANCE = {
    "protection.outlook.com": frozenset({COMPLIANCE}),
    "protection.office365.us": frozenset({"https://ps.compliance.protection.office365.us"}),
    "protection.partner.outlook.cn": frozenset(
        {"https://ps.compliance.protection.partner.outlook.cn"}
    ),
}
_HOSTS = {Service.EXCHANGE: _EXCHANGE, Service.COMPLIANCE: _COMPLIANCE}
"""By the end of a host's name; no end is that of another."""


def audiences_of(service: Service, host: str) -> frozenset[str]:
    """Return the audiences that *service* takes at *host*; an id is the same in all clouds."""
    clouds = _HOSTS[service]
    ends = [end for end in clouds if host == end or host.endswith(f".{end}")]
    urls = frozenset().union(*(clouds[end] for end in ends or clouds))
    return urls | {EXCHANGE_APP_ID} if service is Service.EXCHANGE else urls
