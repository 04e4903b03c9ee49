"""By which names the emulator is reached: its URL, and what its certificate says.  Pure."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address

from emulator.clouds import CLOUDS, all_hosts

LOOPBACK = "127.0.0.1"
LOCAL_NAMES = (LOOPBACK, "localhost", "::1")


def url(*, address: str, hostnames: Sequence[str], port: int) -> str:
    """Return the emulator's own URL: by the first of *hostnames*, else by the bound *address*.

    An address that means every interface is reached by loopback.
    """
    bound = ip_address(address)
    own = LOOPBACK if bound.is_unspecified else str(bound)
    name = hostnames[0] if hostnames else own
    return f"https://[{name}]:{port}" if ":" in name else f"https://{name}:{port}"


def own_names(address: str, hostnames: Sequence[str]) -> tuple[str, ...]:
    """Return the names that are this emulator's alone, each once."""
    bound = () if ip_address(address).is_unspecified else (address,)
    return tuple(dict.fromkeys((*LOCAL_NAMES, *bound, *(name.lower() for name in hostnames))))


def certificate_names(own: Sequence[str]) -> tuple[str, ...]:
    """Return every name that a client may call the server by, Microsoft's included."""
    return tuple(dict.fromkeys((*own, *all_hosts(), *_regional())))


def _regional() -> Iterator[str]:
    """List names such as `*.outlook.office365.com`, which the service's redirects lead to."""
    for cloud in CLOUDS.values():
        for host in (*cloud.exchange_hosts, *cloud.compliance_hosts, *admin_hosts()):
            yield f"*.{host}"


def admin_hosts() -> Iterator[str]:
    """List the names that Security & Compliance sends clients on to, without the region.

    `<region>.admin.protection.outlook.com`, as CIPP-API and ScubaGear met them.
    """
    for cloud in CLOUDS.values():
        for host in cloud.compliance_hosts:
            yield f"admin.{host.rpartition('ps.compliance.')[2]}"
