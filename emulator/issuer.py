"""A local issuer of workload-identity tokens, as a Kubernetes API server is one."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from emulator.clock import Clock
from emulator.entra.keys import SigningKey

PATH = "/_emulator/issuer"
AUDIENCE = "api://AzureADTokenExchange"
SUBJECT = "system:serviceaccount:reports:exo-jobs"


class LocalIssuer:
    """Mints projected service-account tokens and publishes what verifies them."""

    def __init__(self, url: str, clock: Clock, key: SigningKey | None = None) -> None:
        self.url = url
        self._clock = clock
        self._key = key or SigningKey()

    @property
    def discovery(self) -> dict[str, object]:
        """The OpenID configuration, as far as Kubernetes publishes one."""
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/openid/v1/jwks",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    @property
    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The signing key's public half."""
        return self._key.jwks

    def document(self, url: str) -> object | None:
        """Return what *url* would answer, if it is one of the issuer's own addresses.

        The emulator may be reached by a name that it cannot resolve itself.
        """
        documents = {
            f"{self.url}/.well-known/openid-configuration": self.discovery,
            f"{self.url}/openid/v1/jwks": self.jwks,
        }
        return documents.get(url)

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is no longer published."""
        self._key = SigningKey()

    def mint(
        self,
        *,
        subject: str = SUBJECT,
        audience: str | Sequence[str] = AUDIENCE,
        lifetime: timedelta = timedelta(hours=1),
        **overrides: object,
    ) -> str:
        """Return a token for *subject*; *overrides* replace claims, `None` removes one."""
        now = int(self._clock().timestamp())
        claims: dict[str, object] = {
            "iss": self.url,
            "sub": subject,
            "aud": [audience] if isinstance(audience, str) else list(audience),
            "iat": now,
            "nbf": now,
            "exp": now + int(lifetime.total_seconds()),
            "jti": str(uuid.uuid4()),
            **_kubernetes_claim(subject),
            **overrides,
        }
        return self._key.sign({name: value for name, value in claims.items() if value is not None})


def _kubernetes_claim(subject: str) -> dict[str, object]:
    match subject.split(":"):
        case ["system", "serviceaccount", namespace, name]:
            account = {"namespace": namespace, "serviceaccount": {"name": name}}
            return {"kubernetes.io": account}
        case _:
            return {}
