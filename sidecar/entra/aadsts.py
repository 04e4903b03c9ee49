"""What each AADSTS code means for a token request, and the sentence that helps.  Pure.

Source: Microsoft's list of Entra error codes and the troubleshooting pages of
azure-workload-identity; codes may change, so an unknown one still gets a class.
"""

from sidecar.entra.failures import Reason

_CONFIG, _REJECTED, _PROPAGATING = (
    Reason.CONFIG,
    Reason.CREDENTIAL_REJECTED,
    Reason.FEDERATION_PROPAGATING,
)
_COMPARE = (
    "Compare issuer (a trailing slash counts), subject and audience of the federated credential"
    " with the projected token's iss, sub and aud; one made just now takes minutes to be known."
)
_EXACT = "Write the federated credential in exactly the projected token's case: case counts."
_CLOUD = "Set `environment` (or `endpoints.authority`) to the cloud that the tenant lives in."
_SCOPE = "Give the resource one scope of the form https://<resource>/.default."
_LATER = "Nothing to fix here: Entra is asked again by itself; see Microsoft's service health."

AADSTS: dict[int, tuple[Reason, str]] = {
    70021: (_PROPAGATING, _COMPARE),
    700211: (_PROPAGATING, _COMPARE),
    700213: (_PROPAGATING, _COMPARE),
    700212: (
        _CONFIG,
        (
            "Mount a projected service-account token with the cloud's exchange audience (worldwide:"
            " api://AzureADTokenExchange); the default service-account token won't do."
        ),
    ),
    7002137: (_CONFIG, _EXACT),
    7002138: (_CONFIG, _EXACT),
    700024: (
        Reason.ASSERTION_EXPIRED,
        (
            "Check that the kubelet still renews the projected token file, and that this node's"
            " clock is right."
        ),
    ),
    700027: (
        _REJECTED,
        (
            "Upload this certificate's public part to this app registration; the thumbprint is in"
            " the message."
        ),
    ),
    7000215: (_REJECTED, "Use the client secret's value, not its id."),
    7000222: (
        _REJECTED,
        "Add a new secret to the app registration: it has expired.",
    ),
    7000218: (_CONFIG, "Configure `credential`: the request carried none."),
    700016: (
        _CONFIG,
        "Check clientId and tenantId: the application is not in this directory, or has no consent.",
    ),
    7000112: (_CONFIG, "Enable the enterprise application: it is disabled in this tenant."),
    90002: (_CONFIG, "Check tenantId and the cloud: Entra knows no such tenant there."),
    900382: (_CONFIG, _CLOUD),
    90038: (_CONFIG, _CLOUD),
    500011: (
        _CONFIG,
        "Check scope and cloud: the tenant has no such resource (Exchange needs a licence).",
    ),
    70011: (_CONFIG, _SCOPE),
    700022: (_CONFIG, _SCOPE),
    650053: (
        _CONFIG,
        (
            "Ask for a permission that the resource has: Exchange.ManageAsApp belongs to Office 365"
            " Exchange Online, not to Graph."
        ),
    ),
    65001: (_CONFIG, "Grant admin consent for the application permission in this tenant."),
    700030: (_REJECTED, "Replace the certificate: Entra calls it invalid."),
    50005: (_REJECTED, "Ask the tenant's administrator: a device policy blocks this application."),
    53003: (
        _REJECTED,
        (
            "Ask the tenant's administrator: a Conditional Access policy for workload identities"
            " blocks this application."
        ),
    ),
    700229: (
        _CONFIG,
        "Present a service-account token: this kind of token cannot be a federated credential.",
    ),
    50013: (_REJECTED, "Check that key and certificate belong together: the signature is invalid."),
    900144: (_CONFIG, "Check the proxy in between: the request reached Entra without a parameter."),
    90061: (
        Reason.IDP_UNAVAILABLE,
        "Make the cluster issuer's discovery document and keys reachable from the public internet.",
    ),
    90006: (Reason.IDP_UNAVAILABLE, _LATER),
    90024: (Reason.IDP_UNAVAILABLE, _LATER),
    90033: (Reason.IDP_UNAVAILABLE, _LATER),
    90055: (
        Reason.THROTTLED,
        "Nothing to fix here: Entra throttles the tenant and is asked later.",
    ),
}
"""Class and remedy of every code that a client-credentials request is known to meet."""
