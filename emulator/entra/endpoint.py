"""Where a token request arrived, and whether its tenant lives there.  Pure."""

from dataclasses import dataclass

from emulator.clouds import authority_at
from emulator.entra.refusals import Code, Refusal
from emulator.world import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The address as the client wrote it."""

    authority: str
    """Scheme, host and port."""
    tenant_name: str
    """A GUID or a domain, as the path has it."""
    host: str = ""
    """The host alone; one of no cloud, such as loopback, speaks for each tenant's."""
    is_v1: bool = False
    """Whether it is the older endpoint, which takes `resource` in place of `scope`."""
    client_address: str = ""
    """Where the request came from."""


def elsewhere(endpoint: Endpoint, tenant: Tenant, *, is_confidential: bool) -> Refusal | None:
    """Return the refusal of a tenant that lives in another cloud than *endpoint* is of.

    Which of the two codes Entra chooses is a guess: 900382 speaks of confidential clients.
    """
    here = authority_at(endpoint.host)
    if here is None or here == tenant.in_cloud.authority:
        return None
    if is_confidential:
        return Refusal(
            Code.CROSS_CLOUD, "Confidential Client is not supported in Cross Cloud request."
        )
    home = tenant.in_cloud.authority.name
    return Refusal(
        Code.OTHER_CLOUD,
        f"The tenant '{endpoint.tenant_name}' belongs to the cloud '{home}'. The current cloud "
        f"instance '{here.name}' does not federate with it.",
    )
