"""Where a request belongs: the front door sends some on to the tenant's own host.  Pure.

The front doors are the well-known host names; on loopback `localhost` plays the tenant's host
and `127.0.0.1` the front door.
"""

import re
from urllib.parse import quote

from emulator.exchange.endpoints import Host, Service
from emulator.world import Tenant

_REGION = "eur05"
_COMPLIANCE_REGION = "eur02b"
_EXCHANGE_FRONT = re.compile(r"outlook\.office365\.com|outlook\.office\.com")
_COMPLIANCE_FRONT = re.compile(r"(?P<front>ps\.compliance)\.(?P<rest>protection\..+)")
_LOOPBACK = "127.0.0.1"
_HOME = "localhost"


def other_host(host: Host, service: Service, tenant: Tenant, *, anchor: str) -> str:
    """Return the host (with its port) that the request belongs to, or empty where it is there.

    *anchor* is the `X-AnchorMailbox` header.  The front door of Security & Compliance answers
    with the region's host at port 446, which clients turn into `<region>.ps.compliance.…`
    (CIPP-API, ScubaGear); that of Exchange does it for some tenants only, as the world says.
    """
    if front := _COMPLIANCE_FRONT.fullmatch(host.name):
        return f"{_COMPLIANCE_REGION}.admin.{front['rest']}:446"
    if tenant.routing == "direct" or (tenant.routing == "by-anchor" and is_hint(anchor, tenant)):
        return ""
    if host.name == _LOOPBACK:
        return f"{_HOME}:{host.port}" if host.port else _HOME
    if service is Service.EXCHANGE and _EXCHANGE_FRONT.fullmatch(host.name):
        return f"{_REGION}.{host.name}"
    return ""


def is_hint(anchor: str, tenant: Tenant) -> bool:
    """Tell whether an anchor mailbox leads to *tenant*.

    The forms are `UPN:user@domain`, `SMTP:address`, `MBX:guid@domain` and
    `APP:SystemMailbox{guid}@tenant`; what follows the last `@` counts, a GUID or a domain.
    """
    kind, _, mailbox = anchor.partition(":")
    if kind.upper() not in {"UPN", "SMTP", "MBX", "APP"}:
        return False
    organization = mailbox.rpartition("@")[2].lower()
    return organization == tenant.id or organization in tenant.domains


def leads_to_writable(anchor: str, tenant: Tenant) -> bool:
    """Tell whether a change may be made although the address names the tenant by its GUID.

    With Microsoft's module it may not: reported.  CIPP-API and ExoHelper do change things by
    GUID addresses; they send a system mailbox, or a domain, as anchor.
    """
    is_named = anchor.lower().rpartition("@")[2] in tenant.domains
    return is_hint(anchor, tenant) and (is_named or "systemmailbox{" in anchor.lower())


def address_at(host: str, path: str, query: str) -> str:
    """Return the URL of *path* and *query* at *host*."""
    return f"https://{host}{quote(path)}{'?' if query else ''}{query}"
