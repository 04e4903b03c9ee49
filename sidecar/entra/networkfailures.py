"""Why no answer came, from what the HTTP library raised."""

import requests

from sidecar.entra.failures import Failure, Reason


def network_failure(error: requests.RequestException, address: str) -> Failure:
    """Return the failure that *error* is, while *address* was asked."""
    what = f"{address} cannot be reached"
    match error:
        case requests.exceptions.SSLError():
            return _failure(
                Reason.NETWORK,
                f"the TLS connection to {address} fails: {_cause(error)}",
                "Name the CA that signed its certificate in tls.caFile, or in SSL_CERT_FILE.",
            )
        case requests.exceptions.ProxyError():
            return _failure(
                Reason.NETWORK, f"{what} through the proxy", "Check HTTPS_PROXY and NO_PROXY."
            )
        case requests.exceptions.Timeout():
            return _failure(
                Reason.NETWORK,
                f"{what} in time",
                "Check egress rules, DNS and proxies to this host.",
            )
        case _:
            return _failure(
                Reason.NETWORK,
                f"{what}: {_cause(error)}",
                "Check the name, DNS, egress rules and proxies to this host.",
            )


def _failure(reason: Reason, summary: str, remedy: str) -> Failure:
    return Failure(reason=reason, summary=summary, remedy=remedy)


def _cause(error: BaseException) -> str:
    # The library wraps its errors several times, and only the innermost has a plain sentence.
    # Types alone say enough; the texts in between quote addresses and object ids.
    inner: BaseException = error
    while inner.__cause__ or inner.__context__:
        inner = inner.__cause__ or inner.__context__ or inner
    return (
        getattr(inner, "verify_message", None)
        or getattr(inner, "strerror", None)
        or type(inner).__name__
    )
