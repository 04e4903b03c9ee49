"""Fetches other issuers' signing keys: discovery document, then JWKS, both over HTTPS."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from emulator.clock import Clock
from emulator.entra.federation import Keys

LIFE = timedelta(minutes=5)
"""How long keys are believed without asking again; an unknown `kid` asks at once."""

Fetch = Callable[[str], object]
"""Returns the JSON document at a URL."""


class IssuerUnreachableError(Exception):
    """The issuer's keys cannot be had; the text says where the way ends."""


@dataclass(frozen=True, slots=True)
class _Known:
    keys: Keys
    until: datetime


class IssuerKeys:
    """Knows the keys of issuers, each for a while."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def known(self, issuer: str, kid: str) -> Keys | None:
        """Return the issuer's keys where they are fresh and *kid* is among them."""
        held = self._known.get(issuer)
        usable = held and self._clock() < held.until and kid in held.keys
        return held.keys if held and usable else None

    def fetch(self, issuer: str, kid: str, *, at: str | None = None) -> Keys:
        """Return the issuer's keys, asking it where those known will not do; blocks.

        Its discovery document is had below *at*, if that is not the issuer's own address.

        Raises:
            IssuerUnreachableError: discovery or JWKS cannot be read.
        """
        with self._lock:
            return self.known(issuer, kid) or self._refresh(issuer, at or issuer)

    def reset(self) -> None:
        """Forget all keys."""
        with self._lock:
            self._known.clear()

    def _refresh(self, issuer: str, address: str) -> Keys:
        document = self._document(address.rstrip("/") + "/.well-known/openid-configuration")
        if document.get("issuer") != issuer:
            raise IssuerUnreachableError(
                f"discovery of {issuer} names another issuer, {document.get('issuer')!r}"
            )
        keys = _signing_keys(self._document(str(document.get("jwks_uri", ""))))
        self._known[issuer] = _Known(keys, self._clock() + LIFE)
        return keys

    def _document(self, url: str) -> Mapping[str, object]:
        if not url.startswith("https://"):
            raise IssuerUnreachableError(f"{url!r} is not an https address")
        try:
            document = self._fetch(url)
        except (OSError, ValueError) as error:  # what requests raises is an OSError
            raise IssuerUnreachableError(f"{url}: {type(error).__name__}") from error
        if not isinstance(document, dict):
            raise IssuerUnreachableError(f"{url}: not a JSON object")
        return document


def fetch_json(url: str, *, trust: str, seconds: float = 10) -> object:
    """Return the JSON document at *url*, whose certificate the CA file *trust* vouches for.

    Raises:
        requests.RequestException: no answer, an error status, or no JSON.
    """
    import requests  # noqa: PLC0415  # a tenth of the start, and most emulators never fetch

    # NOTE: no session: environment proxies and .netrc must not decide what an issuer is.
    with requests.Session() as session:
        session.trust_env = False
        response = session.get(url, verify=trust, timeout=seconds, allow_redirects=False)
        response.raise_for_status()
        return response.json()


def _signing_keys(document: Mapping[str, object]) -> dict[str, RSAPublicKey]:
    listed = document.get("keys")
    found = {}
    for each in listed if isinstance(listed, list) else []:
        if not isinstance(each, dict) or each.get("kty") != "RSA":
            continue  # Entra takes RSA keys only; others in the set are no error
        try:
            key = jwt.PyJWK.from_dict(each, algorithm="RS256").key
        except (jwt.PyJWTError, ValueError) as error:
            raise IssuerUnreachableError(f"JWKS: key {each.get('kid')!r} is damaged") from error
        if isinstance(key, RSAPublicKey):
            found[str(each.get("kid", ""))] = key
    return found
