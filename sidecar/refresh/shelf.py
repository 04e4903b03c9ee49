"""What already lies on the volume for a target, and whether to go on from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from contract.errors import ContractError, TokenMissingError
from contract.freshness import Wanted, objections
from contract.token import TokenDocument
from contract.volume import document_path, read
from sidecar.config.targets import Target
from sidecar.moment import Moment
from sidecar.refresh.agenda import Due, Standing
from sidecar.refresh.policy import Life, Schedule, first_attempt_after, renew_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What lay in a target's file at the start."""

    sequence: int
    """Of the document found, or 0: the next one continues from it."""
    life: Life | None
    """Of a token that may be kept until it is renewed."""
    problems: Sequence[str] = ()
    """Why the document found is not kept."""


def found_on(directory: Path, target: Target, *, now: datetime) -> Found:
    """Look at the target's file under *directory*."""
    try:
        document = read(document_path(directory, target.connection, target.resource))
    except TokenMissingError:
        return Found(sequence=0, life=None)
    except ContractError as error:
        return Found(sequence=0, life=None, problems=error.problems)
    return found_in(document, target, now=now)


def found_in(document: TokenDocument, target: Target, *, now: datetime) -> Found:
    """Judge *document* as the token of *target*."""
    problems = objections(
        document,
        Wanted(
            connection=target.connection,
            resource=target.resource,
            tenant_id=target.tenant_id if "." not in target.tenant_id else None,
            audience=target.audience,
        ),
        now=now,
        margin=timedelta(),
    )
    problems += _other_application(document, target)
    life = Life(acquired_at=document.acquired_at, expires_at=document.expires_at)
    return Found(
        sequence=document.sequence, life=None if problems else life, problems=tuple(problems)
    )


def standing_of(found: Found, now: Moment, *, chance: float, schedule: Schedule | None) -> Standing:
    """Return where a target stands at the start.

    A good token is kept until its renewal is due by *schedule*; without a schedule, as for one
    single attempt, it is asked for at once.
    """
    due = Due.after(timedelta(), now=now)
    if schedule is not None and found.life is not None:
        due = Due.at(renew_at(found.life, chance=chance, schedule=schedule), now=now)
    elif schedule is not None:
        due = Due.after(first_attempt_after(schedule, chance=chance), now=now)
    return Standing(due=due, held=found.life, sequence=found.sequence)


def _other_application(document: TokenDocument, target: Target) -> list[str]:
    pairs = (
        ("client_id", document.client_id, target.client_id),
        ("organization", document.organization, target.organization),
        ("environment", document.environment, target.environment),
        ("connection_uri", document.connection_uri, target.connection_uri),
    )
    return [f"{name} is {has!r}, wanted is {want!r}" for name, has, want in pairs if has != want]
