"""One attempt, and what lies on the volume before it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.token import TokenDocument
from contract.volume import publish
from sidecar.config.targets import Target
from sidecar.credentials.kinds import CredentialKind
from sidecar.credentials.proofs import Proof
from sidecar.entra.asking import Asked
from sidecar.entra.failures import Failure, Reason
from sidecar.entra.inspection import Grant
from sidecar.moment import Moment
from sidecar.refresh.policy import Life, Schedule
from sidecar.refresh.renewal import Renewal, Renewed, document_of
from sidecar.refresh.shelf import Found, found_in, found_on, standing_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
GRANT = Grant(access_token="opaque-token", expires_in=HOUR, refresh_in=None)
PROOF = Proof(assertion="a.b.c", expires_at=NOON + HOUR)


def _document(target: Target, sequence: int = 7) -> TokenDocument:
    life = Life(acquired_at=NOON, expires_at=NOON + HOUR)
    return document_of(target, GRANT, life, refresh_at=NOON + HOUR / 2, sequence=sequence)


@pytest.fixture
def renewal(target: Target) -> Callable[..., Renewal]:
    """Make a renewal whose Entra gives *result*, and whose volume is a list."""

    def make(result: Grant | Failure, publish_to: Callable[[TokenDocument], object]) -> Renewal:
        return Renewal(
            target=target,
            kind=CredentialKind.ASSERTION,
            ask=lambda _: Asked(result=result, proof=PROOF),
            publish=publish_to,
            now=lambda: NOON,
            schedule=Schedule(),
        )

    return make


def test_a_good_grant_becomes_a_document(target: Target, renewal: Callable[..., Renewal]) -> None:
    """The document says all that a reader must know, and when it will be renewed."""
    published: list[TokenDocument] = []
    attempted = renewal(GRANT, published.append).attempt(sequence=7, chance=0)
    assert published == [_document(target)]
    assert attempted.target == "contoso/exchange"
    assert isinstance(attempted.outcome, Renewed)
    assert attempted.outcome.refresh_at == NOON + HOUR / 2
    assert attempted.credential is not None
    assert attempted.credential.expires_at == NOON + HOUR


def test_a_wrong_grant_is_not_published(renewal: Callable[..., Renewal]) -> None:
    """The volume is not touched by what was not asked for."""
    published: list[TokenDocument] = []
    wrong = replace(GRANT, expires_in=timedelta())
    outcome = renewal(wrong, published.append).attempt(sequence=1, chance=0).outcome
    assert isinstance(outcome, Failure)
    assert (outcome.reason, published) == (Reason.CONFIG, [])


def test_a_full_disk_is_a_failure_to_write(renewal: Callable[..., Renewal]) -> None:
    """The reason is the system's, the remedy names the setting."""

    def full(_: TokenDocument) -> None:
        raise OSError(28, "No space left on device")

    outcome = renewal(GRANT, full).attempt(sequence=1, chance=0).outcome
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.WRITE
    assert "No space left on device" in outcome.summary
    assert "output.directory" in outcome.remedy


def test_a_failure_of_entra_is_passed_on(
    renewal: Callable[..., Renewal], failure: Callable[..., Failure]
) -> None:
    """Nothing is added to it."""
    outcome = renewal(failure(), [].append).attempt(sequence=1, chance=0).outcome
    assert outcome == failure()


def test_a_good_document_is_kept(tmp_path: Path, target: Target) -> None:
    """Its number and its life are where the sidecar goes on from."""
    publish(tmp_path, _document(target))
    found = found_on(tmp_path, target, now=NOON)
    assert found == Found(sequence=7, life=Life(acquired_at=NOON, expires_at=NOON + HOUR))


@pytest.mark.parametrize(
    ("change", "later"),
    [
        pytest.param({}, HOUR, id="expired"),
        pytest.param({"tenant_id": "other"}, timedelta(), id="another tenant's"),
        pytest.param({"audience": "https://other"}, timedelta(), id="for another resource"),
        pytest.param({"client_id": "other"}, timedelta(), id="another application's"),
        pytest.param({"organization": "x.onmicrosoft.com"}, timedelta(), id="organization"),
        pytest.param({"environment": "china"}, timedelta(), id="another cloud's"),
        pytest.param({"connection_uri": "https://x/"}, timedelta(), id="another host's"),
    ],
)
def test_a_document_for_something_else_is_not_kept_but_its_number_counts(
    target: Target, change: dict[str, str], later: timedelta
) -> None:
    """A changed configuration asks anew at once, and the sequence never goes back."""
    document = replace(_document(target), **change)  # type: ignore[arg-type]  # a table of texts
    found = found_in(document, target, now=NOON + later)
    assert (found.sequence, found.life, len(found.problems)) == (7, None, 1)


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        pytest.param(None, 0, id="no file"),
        pytest.param(b"", 0, id="an empty file"),
        pytest.param(b'{"version": 1', 1, id="a file cut in half"),
    ],
)
def test_what_is_no_document_is_begun_anew(
    tmp_path: Path, target: Target, data: bytes | None, problems: int
) -> None:
    """A missing file is normal, a broken one is told."""
    (tmp_path / "contoso").mkdir()
    if data is not None:
        (tmp_path / "contoso" / "exchange.json").write_bytes(data)
    found = found_on(tmp_path, target, now=NOON)
    assert (found.sequence, found.life, len(found.problems)) == (0, None, problems)


@pytest.mark.parametrize(
    ("life", "schedule", "seconds"),
    [
        pytest.param(None, Schedule(), 0, id="nothing held: at once"),
        pytest.param(None, Schedule(start_splay=HOUR), 1800, id="nothing held, spread"),
        pytest.param(Life(acquired_at=NOON, expires_at=NOON + HOUR), Schedule(), 1710, id="held"),
        pytest.param(
            Life(acquired_at=NOON - HOUR, expires_at=NOON + HOUR / 2),
            Schedule(start_splay=HOUR),
            0,
            id="held, overdue: at once, whatever the splay",
        ),
        pytest.param(Life(acquired_at=NOON, expires_at=NOON + HOUR), None, 0, id="only once"),
    ],
)
def test_the_first_attempt_is_due_by_what_was_found(
    life: Life | None, schedule: Schedule | None, seconds: float
) -> None:
    """A held token is renewed on its own time, a missing one after the splay."""
    now = Moment(wall=NOON, steady=50.0)
    found = Found(sequence=3, life=life)
    standing = standing_of(found, now, chance=0.5, schedule=schedule)
    assert standing.due.seconds_from(now) == pytest.approx(seconds, abs=1)
    assert (standing.sequence, standing.held) == (3, life)
