"""What is to be said of a run that is over.  Pure."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from contract.exitcodes import MEANINGS
from contract.masking import Masker
from contract.runrecord import FileRecord, Result, TokenUse
from contract.token import TokenDocument
from runner.errors import RefusedError
from runner.judgement.verdict import Verdict
from runner.results.items import ItemCounts
from runner.streams.tally import Tally


def result_of(  # noqa: PLR0913 - a result has as many sources
    found: Verdict,
    *,
    run_id: str,
    job: str,
    times: tuple[datetime, datetime],
    masker: Masker,
    tally: Tally,
    token: TokenDocument | None,
    pwsh_code: int | None,
    outputs: Sequence[FileRecord],
    files: Sequence[FileRecord],
    items: ItemCounts,
) -> Result:
    """Return the result of the run that began and ended at *times*."""
    reason = masker.mask(found.reason)
    return Result(
        run_id=run_id,
        job=job,
        status=found.status,
        failure_class=MEANINGS[found.code].failure_class,
        exit_code=found.code,
        rule=found.rule,
        reason=reason,
        remedy=found.remedy,
        started_at=times[0],
        finished_at=times[1],
        duration_seconds=round((times[1] - times[0]) / timedelta(seconds=1), 3),
        pwsh_exit_code=pwsh_code,
        script_exit_code=tally.finished.script_exit_code if tally.finished else None,
        counts=dict(tally.counts),
        masked=masker.hits,
        token=_token_use(tally, token, times[1]),
        outputs=list(outputs),
        files=list(files),
        items=None if items.is_none else asdict(items),
        first_error=dict(tally.first_error_fields or {}) or None,
    )


def refusal_of(refused: RefusedError, *, job: str, now: datetime) -> Result:
    """Return the result of a run that was refused before it began, and so has no directory."""
    meaning = MEANINGS[refused.exit_code]
    return Result(
        run_id="",
        job=job,
        status=meaning.status,
        failure_class=meaning.failure_class,
        exit_code=refused.exit_code,
        rule="preflight.refused",
        reason="; ".join(problem.text for problem in refused.problems),
        remedy="mend what the reason names; exo-job check tells whether it is mended",
        started_at=now,
        finished_at=now,
        duration_seconds=0.0,
        pwsh_exit_code=None,
        script_exit_code=None,
        counts={},
        masked=0,
        token=TokenUse(connects=0, last_sequence=None, expires_at=None, remaining_seconds=None),
    )


def gist_of(result: Result, directory: Path) -> dict[str, object]:
    """Return the fields of the log line that ends a run."""
    return {
        "run_id": result.run_id,
        "status": result.status,
        "exit_code": int(result.exit_code),
        "rule": result.rule,
        "reason": result.reason,
        "counts": result.counts,
        "masked": result.masked,
        "directory": str(directory),
    }


def _token_use(tally: Tally, token: TokenDocument | None, now: datetime) -> TokenUse:
    source = tally.connected or token
    expiry = source.expires_at if source else None
    return TokenUse(
        connects=tally.counts["connects"],
        last_sequence=source.sequence if source else None,
        expires_at=expiry,
        remaining_seconds=round((expiry - now).total_seconds(), 3) if expiry else None,
    )
