"""One attempt for one target: ask, check, write."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from contract.token import TokenDocument
from sidecar.claims import claims_of
from sidecar.config.targets import Target
from sidecar.credentials.kinds import CredentialKind
from sidecar.entra.failures import Failure, Reason
from sidecar.entra.inspection import Grant, objections_to
from sidecar.refresh.policy import Life, Schedule, renew_at

if TYPE_CHECKING:  # it brings msal, and a command that only looks needs none
    from sidecar.entra.asking import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialReport:
    """What an attempt learned about its credential."""

    kind: CredentialKind
    expires_at: datetime | None
    reloaded: bool
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """The token is in its file."""

    life: Life
    sequence: int
    refresh_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """What came of an attempt."""

    target: str
    outcome: Renewed | Failure
    credential: CredentialReport | None
    """`None` where the attempt ended before a credential was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """Makes the attempts for one target."""

    target: Target
    kind: CredentialKind
    ask: Callable[[Target], "Asked"]
    publish: Callable[[TokenDocument], object]
    """Puts the document in its file, or raises OSError and leaves the file as it was."""
    now: Callable[[], datetime]
    schedule: Schedule

    def attempt(self, *, sequence: int, chance: float) -> Attempted:
        """Ask for a token and write it as number *sequence*; *chance* is the jitter of the next."""
        started = self.now()
        asked = self.ask(self.target)
        outcome: Renewed | Failure
        if isinstance(asked.result, Failure):
            outcome = asked.result
        else:
            outcome = self._keep(asked.result, started, sequence=sequence, chance=chance)
        return Attempted(target=self.target.name, outcome=outcome, credential=self._report(asked))

    def _keep(
        self, grant: Grant, started: datetime, *, sequence: int, chance: float
    ) -> Renewed | Failure:
        objections = objections_to(grant, self.target, now=self.now())
        if objections:
            return _wrong_token(objections)
        life = Life(
            acquired_at=started,  # before the request: its life began on the other side since then
            expires_at=started + grant.expires_in,
            refresh_in=grant.refresh_in,
        )
        refresh_at = renew_at(life, chance=chance, schedule=self.schedule)
        document = document_of(self.target, grant, life, refresh_at=refresh_at, sequence=sequence)
        try:
            self.publish(document)
        except OSError as error:
            return _unwritten(error)
        return Renewed(life=life, sequence=sequence, refresh_at=refresh_at)

    def _report(self, asked: "Asked") -> CredentialReport | None:
        if asked.proof is None:
            return None
        return CredentialReport(
            kind=self.kind,
            expires_at=asked.proof.expires_at,
            reloaded=asked.proof.reloaded,
            problem=asked.proof.problem,
        )


def document_of(
    target: Target, grant: Grant, life: Life, *, refresh_at: datetime, sequence: int
) -> TokenDocument:
    """Return the document that says all a reader must know of *grant*."""
    tenant = claims_of(grant.access_token).get("tid")
    return TokenDocument(
        connection=target.connection,
        resource=target.resource,
        audience=target.audience,
        # The configuration may name the tenant by a domain; a reader compares the GUID.
        tenant_id=tenant if isinstance(tenant, str) and tenant else target.tenant_id,
        organization=target.organization,
        client_id=target.client_id,
        environment=target.environment,
        access_token=grant.access_token,
        acquired_at=life.acquired_at,
        expires_at=life.expires_at,
        refresh_at=refresh_at,
        sequence=sequence,
        connection_uri=target.connection_uri,
    )


def _wrong_token(objections: list[str]) -> Failure:
    return Failure(
        reason=Reason.CONFIG,
        summary=f"Entra gave a token that was not asked for: {'; '.join(objections)}",
        remedy="Check the scope, tenantId and endpoints.authority; the old file is kept.",
        status=200,
    )


def _unwritten(error: OSError) -> Failure:
    return Failure(
        reason=Reason.WRITE,
        summary=f"the token file cannot be written: {error.strerror}",
        remedy="Check output.directory: its space, its mode, and that it is still mounted.",
    )
