"""A job lives longer than its tokens, or says honestly that it could not."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from emulator.tenant.estate import Estate
from sidecar.testing import until
from tests.together.work import Work, column

MAILBOXES = 300


def test_a_job_outlives_three_tokens_with_every_mailbox_exactly_once(
    short_lived: Callable[..., Work],
) -> None:
    """While at least three tokens die, no mailbox is missed, doubled, or asked for twice."""
    work = short_lived(mailboxes=MAILBOXES, latency="35ms")
    done = work.example("mailbox-sizes")
    assert done.code == 0, done.stdout + done.stderr
    assert done.result["status"] == "succeeded"

    addresses = [mailbox.address for mailbox in _estate(work).mailboxes()]
    assert Counter(column(done.rows, "PrimarySmtpAddress")) == Counter(addresses)
    assert len(addresses) == MAILBOXES

    sessions = done.events("connected")
    assert [each["reason"] for each in sessions[1:]] == ["renewed"] * (len(sessions) - 1)
    assert len(sessions) >= 4
    sequences = [each["sequence"] for each in sessions]
    assert sequences == sorted(set(sequences))
    finished = datetime.fromisoformat(done.result["finished_at"])
    dead = [each for each in sessions if datetime.fromisoformat(each["expires_at"]) < finished]
    assert len(dead) >= 3

    asked = [e for e in work.stage.emulator.journal if "GetMailboxStatistics" in e.path]
    answered = Counter(entry.path for entry in asked if entry.status == 200)
    assert len(answered) == MAILBOXES
    assert set(answered.values()) == {1}


def test_a_job_whose_sidecar_stops_ends_with_what_the_token_lacked(
    short_lived: Callable[..., Work],
) -> None:
    """When nobody renews any more, the run ends as temporary and says so, never as a success."""
    work = short_lived(mailboxes=5)
    script = (
        "while ($true) { $null = Get-EXOMailbox -ResultSize 1; 'one more'; Start-Sleep -Milli 50 }"
    )
    child = work.start(work.job(script, timeouts={"token": "1s"}))
    until(lambda: work.said("session.connected"), "the session")
    assert work.stage.sidecar.stop() == 0
    done = work.finish(child)
    assert (done.code, done.result["rule"]) == (75, "token.not_renewed"), done.stdout + done.stderr
    assert done.result["class"] == "temporary"
    assert "none that can be used has come" in done.result["reason"]
    assert done.result["first_error"]["id"] == "TokenExpired"
    assert done.left_alive == []


def test_a_session_stopped_in_mid_renewal_leaves_nothing(
    short_lived: Callable[..., Work],
) -> None:
    """SIGTERM while the session reconnects all the time still ends the run whole."""
    work = short_lived(mailboxes=5)
    script = "while ($true) { $null = Get-EXOMailbox -ResultSize 1 }"
    child = work.start(work.job(script))
    until(lambda: work.said('"reason": "renewed"'), "a renewed session")
    os.kill(child.pid, signal.SIGTERM)
    done = work.finish(child)
    assert (done.code, done.result["status"]) == (143, "terminated")
    assert done.left_alive == []


def _estate(work: Work) -> Estate:
    emulator = work.stage.emulator
    return emulator.state.exchange.estate(emulator.world.tenants[0].id)
