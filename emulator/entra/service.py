"""Answers token requests: gathers what a decision needs, decides, and signs."""

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from emulator.clock import Clock
from emulator.entra.accesstokens import issue, lifetime
from emulator.entra.certificates import certificate_refusal
from emulator.entra.endpoint import Endpoint
from emulator.entra.federation import record_refusal, signature_refusal
from emulator.entra.issuers import IssuerKeys, IssuerUnreachableError
from emulator.entra.jwt import Unverified
from emulator.entra.keys import SigningKey
from emulator.entra.policies import policy_refusal
from emulator.entra.refusals import Code, Refusal
from emulator.entra.registrations import Registrations
from emulator.entra.replays import Replays
from emulator.entra.request import Asked, read_request
from emulator.entra.secrets import secret_refusal
from emulator.entra.throttle import Throttle
from emulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A token, and from when to when it lives."""

    access_token: str = field(repr=False)
    expires_in: int
    not_before: int
    expires_on: int
    resource: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entra:
    """Entra ID for every tenant of a world."""

    world: Callable[[], World]
    clock: Clock
    chance: Callable[[], float]
    """Draws from [0, 1) for the life of a token."""
    key: SigningKey
    issuers: IssuerKeys
    registrations: Registrations
    local_issuer: str
    replays: Replays = field(default_factory=Replays)
    throttle: Throttle = field(default_factory=Throttle)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, endpoint: Endpoint, form: Mapping[str, str]) -> Asked | Refusal:
        """Return what is asked for, or why it cannot be considered."""
        return self._weather(endpoint) or read_request(self.world(), endpoint, form)

    def must_fetch(self, asked: Asked) -> bool:
        """Tell whether deciding needs the issuer's keys from the network."""
        proof = asked.proof
        if not isinstance(proof, Unverified) or not asked.is_federated:
            return False
        return self.issuers.known(proof.text("iss"), proof.header_text("kid")) is None

    def decide(self, asked: Asked, endpoint: Endpoint) -> Granted | Refusal:
        """Verify the proof and return a token or the refusal; may block on the network."""
        refusal = self._proof_refusal(asked, endpoint) or policy_refusal(
            asked, client_address=endpoint.client_address
        )
        return refusal or self.grant(asked)

    def grant(self, asked: Asked) -> Granted:
        """Return a token for *asked*, whose proof is good."""
        with self.lock:
            chance = self.chance()
        life = lifetime(self.world().token_lifetime, chance=chance)
        token = issue(asked, now=self.clock(), life=life, unique=uuid.uuid4().bytes)
        headers = {"x5t": self.key.kid}  # Entra names its key in both members
        return Granted(
            access_token=self.key.sign(token.claims, headers=headers),
            expires_in=token.expires_in,
            not_before=token.starts,
            expires_on=token.ends,
            resource=asked.resource,
        )

    def reset(self) -> None:
        """Forget every request that was made."""
        self.replays.reset()
        self.throttle.reset()
        self.registrations.reset()
        self.issuers.reset()

    def _weather(self, endpoint: Endpoint) -> Refusal | None:
        """Refuse everybody in an outage, and a tenant that asks too often."""
        settings, tenant = self.world().entra, self.world().tenant(endpoint.tenant_name)
        if settings.outage != "none":
            return Refusal(Code(int(settings.outage)), "A transient error has occurred. Try again.")
        if tenant is None:
            return None
        rate = settings.requests_per_second
        return self.throttle.refusal(tenant.id, rate=rate, now=self.clock())

    def _proof_refusal(self, asked: Asked, endpoint: Endpoint) -> Refusal | None:
        now, proof = self.clock(), asked.proof
        if proof is None:
            return None  # the platform has vouched for a managed identity
        if isinstance(proof, str):
            return secret_refusal(asked.application, proof, now=now)
        if asked.is_federated:
            return self._federated_refusal(asked, proof, now)
        return certificate_refusal(asked, proof, endpoint, now=now) or self._replay(proof, now)

    def _federated_refusal(self, asked: Asked, proof: Unverified, now: datetime) -> Refusal | None:
        # NOTE: no replay check: a projected token is sent again and again until it is rotated.
        settings = self.world().entra
        refusal = record_refusal(
            asked,
            proof,
            local_issuer=self.local_issuer,
            too_new=self.registrations.too_new(
                asked.application, now=now, propagation=settings.propagation
            ),
        )
        if refusal:
            return refusal
        issuer, kid = proof.text("iss"), proof.header_text("kid")
        try:
            keys = self.issuers.fetch(issuer, kid, at=settings.issuer_addresses.get(issuer))
        except IssuerUnreachableError as error:
            return Refusal(
                Code.EXTERNAL_OIDC_FAILED, f"Request to External OIDC endpoint failed. {error}."
            )
        return signature_refusal(proof, keys, now=self.clock())

    def _replay(self, proof: Unverified, now: datetime) -> Refusal | None:
        allowed = self.world().assertion_reuse == "allowed"
        return self.replays.refusal(proof, now=now, reuse_allowed=allowed)
