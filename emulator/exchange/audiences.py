"""Which audience a token must have to be taken by a service at a host.  Pure."""

from contract.freshness import EXCHANGE_APP_ID
from emulator.entra.resources import COMPLIANCE, EXCHANGE
from emulator.exchange.endpoints import Service
from emulator.world import Tenant


def audiences_of(service: Service, host: str, tenant: Tenant) -> set[str]:
    """Return the audiences that *service* takes at *host* for tokens of *tenant*."""
    return {COMPLIANCE} if service is Service.COMPLIANCE else {EXCHANGE, EXCHANGE_APP_ID}
