"""Which audience a token must have to be taken by a service at a host.  Pure.

A national cloud's hosts take the audiences of that cloud alone; all others, loopback among
them, take those of the worldwide cloud.  From Microsoft's
Connect-ExchangeOnline and Connect-IPPSSession; where projects disagree, both are taken.
"""

from contract.freshness import EXCHANGE_APP_ID
from emulator.entra.resources import COMPLIANCE, EXCHANGE
from emulator.exchange.endpoints import Service

_WORLDWIDE = {
    Service.EXCHANGE: frozenset({EXCHANGE, EXCHANGE_APP_ID}),
    Service.COMPLIANCE: frozenset({COMPLIANCE}),
}
_US_COMPLIANCE = "https://ps.compliance.protection.office365.us"

_NATIONAL = {
    "outlook.office365.us": frozenset({"https://outlook.office365.us", EXCHANGE_APP_ID}),
    "outlook-dod.office365.us": frozenset(
        {"https://outlook-dod.office365.us", "https://outlook.office365.us", EXCHANGE_APP_ID}
    ),
    "webmail.apps.mil": frozenset(
        {"https://outlook-dod.office365.us", "https://outlook.office365.us", EXCHANGE_APP_ID}
    ),
    "partner.outlook.cn": frozenset(
        {"https://partner.outlook.cn", "https://outlook.office365.cn", EXCHANGE_APP_ID}
    ),
    "outlook.office365.cn": frozenset(
        {"https://partner.outlook.cn", "https://outlook.office365.cn", EXCHANGE_APP_ID}
    ),
    "protection.office365.us": frozenset({_US_COMPLIANCE}),
    "protection.partner.outlook.cn": frozenset(
        {"https://ps.compliance.protection.partner.outlook.cn"}
    ),
}
"""By the end of the host's name; a longer end goes before a shorter."""


def audiences_of(service: Service, host: str) -> frozenset[str]:
    """Return the audiences that *service* takes at *host*."""
    for end in sorted(_NATIONAL, key=len, reverse=True):
        if host == end or host.endswith(f".{end}"):
            return _NATIONAL[end]
    return _WORLDWIDE[service]
