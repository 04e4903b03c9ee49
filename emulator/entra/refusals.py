"""Why Entra refuses a token request: code, OAuth error, status and text.  Pure.

Codes and texts follow Microsoft's "Microsoft Entra authentication and authorization error
codes" and what users report verbatim; the remaining words are ours.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Code(IntEnum):
    """The AADSTS numbers that can be provoked here."""

    DEVICE_REQUIRED = 50005
    ASSERTION_REFUSED = 50013
    """Also for a replayed `jti`: no report of Entra's own code was found; this is the nearest."""
    BAD_TOKEN = 50027
    UNKNOWN_INSTANCE = 50049
    BLOCKED_BY_POLICY = 53003
    NO_CONSENT = 65001
    UNSUPPORTED_GRANT = 70003
    BAD_SCOPE = 70011
    NO_FEDERATED_RECORD = 70021
    TENANT_NOT_FOUND = 90002
    EXTERNAL_SERVER_RETRYABLE = 90006
    REQUEST_BUDGET_EXCEEDED = 90024
    DIRECTORY_UNAVAILABLE = 90033
    OTHER_CLOUD = 90038
    TENANT_THROTTLED = 90055
    EXTERNAL_OIDC_FAILED = 90061
    RESOURCE_NOT_FOUND = 500011
    NO_SUCH_PERMISSION = 650053
    APPLICATION_NOT_FOUND = 700016
    ASSERTION_NOT_OF_CLIENT = 700021
    SEVERAL_RESOURCES = 700022
    WRONG_ASSERTION_AUDIENCE = 700023
    ASSERTION_TIME = 700024
    BAD_CERTIFICATE_ASSERTION = 700027
    SUBJECT_NOT_AUTHORIZED = 700030
    FEDERATED_ISSUER = 700211
    FEDERATED_AUDIENCE = 700212
    FEDERATED_SUBJECT = 700213
    NOT_AN_APP_TOKEN = 700229
    PARAMETER_MISSING = 900144
    CROSS_CLOUD = 900382
    UNSUPPORTED_ALGORITHM = 5002738
    APPLICATION_DISABLED = 7000112
    BAD_SECRET = 7000215
    NO_CREDENTIAL = 7000218
    SECRET_EXPIRED = 7000222
    FEDERATED_ISSUER_CASE = 7002137
    FEDERATED_CASE = 7002138


_INVALID_CLIENT = ("invalid_client", 401)
_INVALID_REQUEST = ("invalid_request", 400)
_INVALID_GRANT = ("invalid_grant", 400)
_UNAVAILABLE = ("temporarily_unavailable", 503)

_OAUTH: dict[Code, tuple[str, int]] = {
    Code.DEVICE_REQUIRED: _INVALID_GRANT,
    Code.UNKNOWN_INSTANCE: ("invalid_instance", 400),
    Code.BLOCKED_BY_POLICY: ("access_denied", 400),
    Code.NO_CONSENT: _INVALID_GRANT,
    Code.UNSUPPORTED_GRANT: ("unsupported_grant_type", 400),
    Code.BAD_SCOPE: ("invalid_scope", 400),
    Code.TENANT_NOT_FOUND: _INVALID_REQUEST,
    Code.EXTERNAL_SERVER_RETRYABLE: _UNAVAILABLE,
    Code.REQUEST_BUDGET_EXCEEDED: _UNAVAILABLE,
    Code.DIRECTORY_UNAVAILABLE: _UNAVAILABLE,
    Code.OTHER_CLOUD: _INVALID_REQUEST,
    Code.TENANT_THROTTLED: ("temporarily_unavailable", 429),
    Code.EXTERNAL_OIDC_FAILED: _INVALID_REQUEST,
    Code.RESOURCE_NOT_FOUND: ("invalid_resource", 400),
    Code.NO_SUCH_PERMISSION: ("invalid_scope", 400),
    Code.APPLICATION_NOT_FOUND: ("unauthorized_client", 400),
    Code.SEVERAL_RESOURCES: ("invalid_scope", 400),
    Code.PARAMETER_MISSING: _INVALID_REQUEST,
    Code.CROSS_CLOUD: _INVALID_REQUEST,
    Code.APPLICATION_DISABLED: ("unauthorized_client", 400),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused request, with the reason as Entra words it."""

    code: Code
    text: str
    retry_after: int | None = None
    """Seconds for the `Retry-After` header."""

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
