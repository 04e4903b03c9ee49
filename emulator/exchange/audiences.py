"""Which audience a token must have to be taken by a service at a host.  Pure.

A tenant's data is in its own cloud, so that only its cloud's hosts take its tokens, and only those
for its cloud's resources.  A host of no cloud, such as loopback, speaks for each tenant's.
"""

from contract.freshness import EXCHANGE_APP_ID
from emulator.clouds import clouds_at
from emulator.exchange.endpoints import Service
from emulator.world import Tenant


def audiences_of(service: Service, host: str, tenant: Tenant) -> frozenset[str]:
    """Return the audiences that *service* takes at *host* for *tenant*; none in another cloud."""
    clouds = clouds_at(host)
    if clouds is not None and tenant.cloud not in clouds:
        return frozenset()
    if service is Service.COMPLIANCE:
        return frozenset({tenant.in_cloud.compliance})
    also = tenant.in_cloud.also_exchange
    return frozenset({tenant.in_cloud.exchange, *also, EXCHANGE_APP_ID})
