"""Answers token requests: gathers what a decision needs, decides, and signs."""

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from emulator.clock import Clock
from emulator.entra.accesstokens import issue, lifetime
from emulator.entra.certificates import Endpoint, certificate_refusal
from emulator.entra.federation import record_refusal, signature_refusal
from emulator.entra.issuers import IssuerKeys, IssuerUnreachableError
from emulator.entra.keys import SigningKey
from emulator.entra.refusals import Code, Refusal
from emulator.entra.replays import Replays
from emulator.entra.request import Asked, read_request
from emulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A token, and how many seconds it surely lives."""

    access_token: str
    expires_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entra:
    """Entra ID for every tenant of a world."""

    world: Callable[[], World]
    clock: Clock
    chance: Callable[[], float]
    """Draws from [0, 1) for the life of a token."""
    key: SigningKey
    issuers: IssuerKeys
    replays: Replays
    local_issuer: str
    lock: threading.Lock

    def read(self, tenant_name: str, form: Mapping[str, str]) -> Asked | Refusal:
        """Return what is asked for, or why it cannot be considered."""
        return read_request(self.world(), tenant_name, form)

    def must_fetch(self, asked: Asked) -> bool:
        """Tell whether deciding needs the issuer's keys from the network."""
        issuer, kid = asked.assertion.text("iss"), asked.assertion.header_text("kid")
        return asked.is_federated and self.issuers.known(issuer, kid) is None

    def decide(self, asked: Asked, endpoint: Endpoint) -> Granted | Refusal:
        """Verify the assertion and return a token or the refusal; may block on the network."""
        now = self.clock()
        if asked.is_federated:
            refusal = self._federated_refusal(asked)
        else:
            refusal = certificate_refusal(asked, endpoint, now=now) or self._replay(asked, now)
        return refusal or self._grant(asked)

    def _federated_refusal(self, asked: Asked) -> Refusal | None:
        # NOTE: no replay check: a projected token is sent again and again until it is rotated.
        assertion = asked.assertion
        refusal = record_refusal(asked, local_issuer=self.local_issuer)
        if refusal:
            return refusal
        try:
            keys = self.issuers.fetch(assertion.text("iss"), assertion.header_text("kid"))
        except IssuerUnreachableError as error:
            return Refusal(
                Code.EXTERNAL_OIDC_FAILED, f"Request to External OIDC endpoint failed. {error}."
            )
        return signature_refusal(assertion, keys, now=self.clock())

    def _replay(self, asked: Asked, now: datetime) -> Refusal | None:
        allowed = self.world().assertion_reuse == "allowed"
        return self.replays.refusal(asked.assertion, now=now, reuse_allowed=allowed)

    def _grant(self, asked: Asked) -> Granted:
        with self.lock:
            chance = self.chance()
        life = lifetime(self.world().token_lifetime, chance=chance)
        token = issue(asked, now=self.clock(), life=life, unique=uuid.uuid4().bytes)
        headers = {"x5t": self.key.kid}  # Entra names its key in both members
        signed = self.key.sign(token.claims, headers=headers)
        return Granted(access_token=signed, expires_in=token.expires_in)
