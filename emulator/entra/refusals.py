"""Why Entra refuses a token request: code, OAuth error, status and text.  Pure.

Codes and texts follow Microsoft's "Microsoft Entra authentication and authorization error
codes" and what users report verbatim; the remaining words are ours.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Code(IntEnum):
    """The AADSTS numbers that can be provoked here."""

    BAD_TOKEN = 50027
    ASSERTION_REFUSED = 50013
    """Also for a replayed `jti`: no report of Entra's own code was found; this is the nearest."""
    UNSUPPORTED_GRANT = 70003
    BAD_SCOPE = 70011
    NO_FEDERATED_RECORD = 70021
    EXTERNAL_OIDC_FAILED = 90061
    TENANT_NOT_FOUND = 90002
    RESOURCE_NOT_FOUND = 500011
    APPLICATION_NOT_FOUND = 700016
    ASSERTION_NOT_OF_CLIENT = 700021
    WRONG_ASSERTION_AUDIENCE = 700023
    ASSERTION_TIME = 700024
    BAD_CERTIFICATE_ASSERTION = 700027
    FEDERATED_ISSUER = 700211
    FEDERATED_AUDIENCE = 700212
    FEDERATED_SUBJECT = 700213
    PARAMETER_MISSING = 900144
    UNSUPPORTED_ALGORITHM = 5002738
    BAD_SECRET = 7000215
    NO_CREDENTIAL = 7000218
    FEDERATED_CASE = 7002138


_INVALID_CLIENT = ("invalid_client", 401)
_INVALID_REQUEST = ("invalid_request", 400)

_OAUTH: dict[Code, tuple[str, int]] = {
    Code.UNSUPPORTED_GRANT: ("unsupported_grant_type", 400),
    Code.BAD_SCOPE: ("invalid_scope", 400),
    Code.EXTERNAL_OIDC_FAILED: _INVALID_REQUEST,
    Code.TENANT_NOT_FOUND: _INVALID_REQUEST,
    Code.RESOURCE_NOT_FOUND: ("invalid_resource", 400),
    Code.APPLICATION_NOT_FOUND: ("unauthorized_client", 400),
    Code.PARAMETER_MISSING: _INVALID_REQUEST,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused request, with the reason as Entra words it."""

    code: Code
    text: str

    @property
    def oauth_error(self) -> str:
        """The `error` member (RFC 6749 §5.2)."""
        return _OAUTH.get(self.code, _INVALID_CLIENT)[0]

    @property
    def status(self) -> int:
        """The HTTP status."""
        return _OAUTH.get(self.code, _INVALID_CLIENT)[1]

    def body(
        self, *, now: datetime, trace_id: str, correlation_id: str, authority: str
    ) -> dict[str, object]:
        """Return the response's body in Entra's shape."""
        stamp = now.strftime("%Y-%m-%d %H:%M:%SZ")
        return {
            "error": self.oauth_error,
            "error_description": (
                f"AADSTS{self.code}: {self.text} Trace ID: {trace_id} "
                f"Correlation ID: {correlation_id} Timestamp: {stamp}"
            ),
            "error_codes": [int(self.code)],
            "timestamp": stamp,
            "trace_id": trace_id,
            "correlation_id": correlation_id,
            "error_uri": f"{authority}/error?code={int(self.code)}",
        }
