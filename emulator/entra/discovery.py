"""What an authority says of itself: instance discovery and the OpenID configuration.  Pure."""

from urllib.parse import urlsplit

from emulator.clouds import AUTHORITIES, authority_at
from emulator.entra.refusals import Code, Refusal
from emulator.world import Tenant


def instances(asked_for: str, *, netloc: str, authority: str) -> dict[str, object] | Refusal:
    """Answer instance discovery.

    *asked_for* is the `authorization_endpoint` that the client wants to know about; an empty one
    asks about this host.  Hosts of no cloud are known where they are this server's own address.
    """
    host = urlsplit(asked_for).netloc or netloc
    if asked_for and host != netloc and authority_at(urlsplit(asked_for).hostname or "") is None:
        return Refusal(
            Code.UNKNOWN_INSTANCE,
            "Unknown or invalid instance. The authority of the request is not one of Entra ID's.",
        )
    tenant = urlsplit(asked_for).path.strip("/").partition("/")[0] or "common"
    here = {"preferred_network": netloc, "preferred_cache": netloc, "aliases": [netloc]}
    known = [
        {
            "preferred_network": each.hosts[0],
            "preferred_cache": each.cache_host,
            "aliases": list(each.hosts),
        }
        for each in AUTHORITIES
    ]
    is_own = authority_at(urlsplit(authority).hostname or "") is not None
    return {
        "tenant_discovery_endpoint": (
            f"https://{host}/{tenant}/v2.0/.well-known/openid-configuration"
        ),
        "api-version": "1.1",
        "metadata": known if is_own else [here, *known],
    }


def configuration(
    tenant: Tenant | None, name: str, *, authority: str, is_v1: bool
) -> dict[str, object]:
    """Return the OpenID configuration for *name*, which is *tenant*'s or one for any tenant."""
    realm, id_or_place = f"{authority}/{name}", tenant.id if tenant else "{tenantid}"
    version = "" if is_v1 else "/v2.0"
    sts = tenant.in_cloud.authority.sts if tenant else AUTHORITIES[0].sts
    cloud = tenant.in_cloud.authority.name if tenant else AUTHORITIES[0].name
    return {
        "issuer": f"{sts}/{id_or_place}/" if is_v1 else f"{authority}/{id_or_place}/v2.0",
        "authorization_endpoint": f"{realm}/oauth2{version}/authorize",
        "token_endpoint": f"{realm}/oauth2{version}/token",
        "jwks_uri": f"{realm}/discovery{version}/keys",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["token"],
        "subject_types_supported": ["pairwise"],
        "tenant_region_scope": "EU",
        "cloud_instance_name": cloud,
    }
