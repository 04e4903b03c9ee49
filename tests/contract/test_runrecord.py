"""What a run leaves behind."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.exitcodes import ExitCode, FailureClass, Status
from contract.runrecord import TERMINATION_LIMIT, FileRecord, Result, RunRecord, TokenUse

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RESULT = Result(
    run_id="r-1",
    job="mailbox-sizes",
    status=Status.FAILED,
    failure_class=FailureClass.SCRIPT,
    exit_code=ExitCode.SCRIPT,
    rule="threw",
    reason="the script threw",
    remedy="mend it",
    started_at=NOON,
    finished_at=NOON,
    duration_seconds=1.5,
    pwsh_exit_code=-9,
    script_exit_code=None,
    counts={"output": 2000},
    masked=1,
    token=TokenUse(connects=2, last_sequence=4, expires_at=NOON, remaining_seconds=7.5),
    outputs=[FileRecord(path="output.csv", bytes=7, sha256="0" * 64, records=2000)],
)


def test_a_result_says_how_a_run_ended() -> None:
    """Enums are their words, times are in UTC, and `class` is spelt so."""
    written = json.loads(RESULT.to_json())
    assert written["version"] == 1
    assert written["class"] == "script"
    assert "failure_class" not in written
    assert (written["status"], written["exit_code"]) == ("failed", 80)
    assert written["started_at"] == "2026-03-01T12:00:00.000Z"
    assert written["token"]["expires_at"] == "2026-03-01T12:00:00.000Z"
    assert written["outputs"][0]["path"] == "output.csv"
    assert written["first_error"] is None


def test_a_run_record_says_what_is_about_to_run() -> None:
    """Every digest is in it, before anything is started."""
    names = ("run_id", "job", "connection", "engine", "spec_sha256", "script_sha256")
    record = RunRecord(
        **dict.fromkeys(names, "x"),
        parameters_sha256="p",
        started_at=NOON,
        runner_version="0.1.0",
    )
    written = json.loads(record.to_json())
    always = {"version", *names, "parameters_sha256", "started_at", "runner_version"}
    switches = {"dry_run", "write", "idempotent"}
    assert set(written) == always | switches | {
        "resumes",
        "shard_count",
        "shard_index",
        "script_signed_by",
    }


@given(reason=st.text(max_size=9000), remedy=st.text(max_size=9000))
def test_a_termination_message_always_fits_and_always_parses(reason: str, remedy: str) -> None:
    """Kubernetes cuts at 4096 bytes, and cut JSON tells nothing."""
    message = replace(RESULT, reason=reason, remedy=remedy).termination_message()
    assert len(message.encode()) <= TERMINATION_LIMIT
    gist = json.loads(message)
    assert (gist["class"], gist["exit_code"], gist["run_id"]) == ("script", 80, "r-1")


def test_a_short_reason_is_not_cut() -> None:
    """Only what does not fit is shortened."""
    gist = json.loads(RESULT.termination_message())
    assert (gist["reason"], gist["remedy"]) == ("the script threw", "mend it")


def test_a_cut_reason_ends_in_an_ellipsis() -> None:
    """One sees that there was more."""
    gist = json.loads(replace(RESULT, reason="x" * 9000).termination_message())
    assert gist["reason"].endswith("x…")


def test_what_has_no_place_in_a_record_is_an_error() -> None:
    """Silently writing an object's address would be worse."""
    with pytest.raises(TypeError, match="object has no place"):
        replace(RESULT, first_error={"target": object()}).to_json()
