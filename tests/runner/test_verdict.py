"""How a run is judged: every rule with its code, and which rule goes before which."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.exitcodes import MEANINGS, ExitCode, Status
from runner.job.fields import Policy
from runner.judgement import errortexts, verdict
from runner.judgement.verdict import Terms, Verdict, judge
from runner.streams.records import Connected, Finished, ScriptEnding, ScriptError, Unreadable
from runner.streams.tally import MAXIMUM_RETRY, Tally
from runner.supervision.escalation import Ended, Ending

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OWN_WAY = Ended(ending=Ending.EXITED, code=0, is_complete=True, unwritten=None)
STRICT = Terms(policy=Policy.FAIL, limit=0, over=None, left_out=())


def error(message="it broke", *, error_id="", exception=(), time=NOON) -> ScriptError:
    """Return an error of the script."""
    return ScriptError(
        message=message,
        category="NotSpecified",
        id=error_id,
        script="script.ps1",
        line=3,
        exception=exception,
        terminating=False,
        time=time,
    )


def final(ending=ScriptEnding.COMPLETED, *, code=None, last=None) -> Finished:
    """Return the final record."""
    return Finished(ending=ending, script_exit_code=code, error=last)


def tally_of(*records, expires=NOON + timedelta(hours=1)) -> Tally:
    """Return what is known after *records*, in a session whose token ends at *expires*."""
    tally = Tally()
    connected = Connected(
        sequence=1,
        expires_at=expires,
        reason="start",
        seconds=1.0,
        module_version="3.9.0",
        missing=(),
    )
    for record in (connected, *records):
        tally.see(record, {"error": {"message": "masked"}})
    return tally


def judged(*records, ended=OWN_WAY, terms=STRICT, expires=NOON + timedelta(hours=1)) -> Verdict:
    """Return the verdict on a run that said *records*."""
    return judge(ended, tally_of(*records, expires=expires), terms)


GONE = f"{MAXIMUM_RETRY} Exiting."
NOT_FOUND = "CommandNotFoundException"
CHAIN = (f"System.Management.Automation.{NOT_FOUND}: The term 'x' is not recognized",)


@pytest.mark.parametrize(
    ("last", "code", "rule"),
    [
        pytest.param(final(), 0, "script.completed", id="completed"),
        pytest.param(final(ScriptEnding.EXITED, code=0), 0, "script.completed", id="exit 0"),
        pytest.param(final(ScriptEnding.EXITED, code=3), 81, "script.exit", id="exit 3"),
        pytest.param(final(ScriptEnding.EXITED, code=-1), 81, "script.exit", id="exit -1"),
        pytest.param(
            final(ScriptEnding.THREW, last=error()), 80, "script.terminating_error", id="threw"
        ),
        pytest.param(
            final(ScriptEnding.THREW), 80, "script.terminating_error", id="threw, and not what"
        ),
        pytest.param(
            final(ScriptEnding.THREW, last=error(error_id=NOT_FOUND)),
            80,
            "script.command_not_found",
            id="threw for an unknown command, by id",
        ),
        pytest.param(
            final(ScriptEnding.THREW, last=error(exception=CHAIN)),
            80,
            "script.command_not_found",
            id="threw for an unknown command, by type",
        ),
        pytest.param(
            final(ScriptEnding.THREW, last=error(f"a text that says {NOT_FOUND}")),
            80,
            "script.terminating_error",
            id="a message alone does not make an unknown command",
        ),
        pytest.param(
            final(ScriptEnding.THREW, last=error(error_id="TokenExpired")),
            75,
            "token.not_renewed",
            id="threw for want of a token",
        ),
        pytest.param(
            final(ScriptEnding.THREW, last=error(GONE)),
            69,
            "exchange.retries_spent",
            id="threw because Exchange kept failing",
        ),
        pytest.param(
            final(ScriptEnding.SYNTAX_ERROR), 78, "pwsh.syntax_error", id="a syntax error"
        ),
        pytest.param(
            final(ScriptEnding.BAD_PARAMETERS), 65, "pwsh.bad_parameters", id="bad parameters"
        ),
        pytest.param(final(ScriptEnding.NO_MODULE), 70, "pwsh.no_module", id="no module"),
        pytest.param(
            final(ScriptEnding.MISSING_CMDLETS), 77, "pwsh.missing_cmdlets", id="missing cmdlets"
        ),
        pytest.param(
            final(ScriptEnding.BOOTSTRAP_FAILED), 70, "pwsh.bootstrap_failed", id="bootstrap failed"
        ),
        pytest.param(
            final(ScriptEnding.CONNECT_FAILED, last=error("UnAuthorized")),
            84,
            "connect.unauthorized",
            id="connect refused",
        ),
        pytest.param(
            final(ScriptEnding.CONNECT_FAILED), 69, "connect.failed", id="connect failed, no reason"
        ),
    ],
)
def test_each_ending_of_the_script_has_its_code(last, code, rule):
    """The final record decides where nothing graver happened."""
    found = judged(last)
    assert (found.code, found.rule, found.status) == (code, rule, MEANINGS[found.code].status)
    assert found.reason
    assert bool(found.remedy) == (code != 0)


@pytest.mark.parametrize("ending", ScriptEnding)
def test_no_ending_is_without_a_verdict(ending):
    """Of endings that tell no more than themselves, only one is a success."""
    assert (judged(final(ending)).code is ExitCode.OK) == (ending is ScriptEnding.COMPLETED)


@pytest.mark.parametrize(
    ("ending", "code", "rule", "status"),
    [
        pytest.param(Ending.CANCELLED, 130, "runner.sigint", Status.CANCELLED, id="SIGINT"),
        pytest.param(Ending.TERMINATED, 143, "runner.sigterm", Status.TERMINATED, id="SIGTERM"),
        pytest.param(Ending.RUN_TIMEOUT, 124, "timeout.run", Status.TIMED_OUT, id="too long"),
        pytest.param(Ending.IDLE_TIMEOUT, 124, "timeout.idle", Status.TIMED_OUT, id="too silent"),
    ],
)
def test_what_the_runner_stopped_is_its_own_verdict(ending, code, rule, status):
    """A script that ended well after it was told to stop has still been stopped."""
    stopped = replace(OWN_WAY, ending=ending)
    found = judged(final(), ended=stopped)
    assert (found.code, found.rule, found.status) == (code, rule, status)
    assert found == verdict.of_signal(ending)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param(0, "code 0", id="as if all were well"),
        pytest.param(1, "code 1", id="an error"),
        pytest.param(-9, "SIGKILL", id="killed"),
        pytest.param(-11, "SIGSEGV", id="crashed"),
        pytest.param(-15, "SIGTERM", id="terminated from outside"),
    ],
)
def test_without_a_final_record_no_code_is_a_success(code, words):
    """A pwsh that did not say how the script ended has failed, whatever its code."""
    found = judged(ended=replace(OWN_WAY, code=code))
    assert (found.code, found.rule) == (ExitCode.RUNTIME, "pwsh.no_final_record")
    assert words in found.reason
    assert ("memory" in found.remedy) == (code == -9)


FULL = replace(OWN_WAY, unwritten=OSError("No space left on device"))
OVER = replace(STRICT, over="output.maxRecords")
STOPPED = replace(OWN_WAY, ending=Ending.TERMINATED)
CUT = replace(OWN_WAY, is_complete=False)
THREW = final(ScriptEnding.THREW, last=error())
UNREADABLE = Unreadable("not JSON")


@pytest.mark.parametrize(
    ("records", "ended", "terms", "code", "rule"),
    [
        pytest.param(
            [UNREADABLE, THREW],
            replace(FULL, ending=Ending.UNWRITTEN),
            OVER,
            73,
            "output.unwritten",
            id="a full disk before all",
        ),
        pytest.param(
            [UNREADABLE, THREW],
            STOPPED,
            OVER,
            143,
            "runner.sigterm",
            id="a stop before the contract",
        ),
        pytest.param(
            [UNREADABLE, THREW],
            CUT,
            OVER,
            83,
            "output.max_records",
            id="too many before unreadable",
        ),
        pytest.param(
            [UNREADABLE, THREW],
            CUT,
            STRICT,
            83,
            "records.unreadable",
            id="unreadable before incomplete",
        ),
        pytest.param(
            [error(), THREW],
            CUT,
            STRICT,
            70,
            "output.incomplete",
            id="incomplete before the ending",
        ),
        pytest.param(
            [error()], CUT, STRICT, 70, "pwsh.no_final_record", id="no ending before incomplete"
        ),
        pytest.param(
            [error(), final(ScriptEnding.EXITED, code=2)],
            OWN_WAY,
            STRICT,
            81,
            "script.exit",
            id="the script's code before its errors",
        ),
        pytest.param(
            [error(), final(ScriptEnding.EXITED, code=0)],
            OWN_WAY,
            STRICT,
            80,
            "script.non_terminating_errors",
            id="exit 0 does not forgive errors",
        ),
        pytest.param(
            [error(), final()],
            OWN_WAY,
            replace(STRICT, left_out=("B",)),
            80,
            "script.non_terminating_errors",
            id="errors before doubts",
        ),
    ],
)
def test_the_graver_rule_goes_first(records, ended, terms, code, rule):
    """Where several rules fit, the first in order is told."""
    found = judged(*records, ended=ended, terms=terms)
    assert (found.code, found.rule) == (code, rule)


@pytest.mark.parametrize(
    ("policy", "limit", "errors", "code", "status"),
    [
        pytest.param("fail", 0, 0, 0, "succeeded", id="fail: none came"),
        pytest.param("fail", 0, 1, 80, "failed", id="fail: one is too many"),
        pytest.param("fail", 2, 2, 0, "succeeded_with_warnings", id="fail: as many as allowed"),
        pytest.param("fail", 2, 3, 80, "failed", id="fail: one more than allowed"),
        pytest.param("warn", 0, 0, 0, "succeeded", id="warn: none came"),
        pytest.param("warn", 0, 9, 0, "succeeded_with_warnings", id="warn: any number"),
        pytest.param("ignore", 0, 9, 0, "succeeded", id="ignore: any number"),
    ],
)
def test_the_policy_says_what_errors_mean(policy, limit, errors, code, status):
    """Errors that do not end the script fail it, warn or are ignored, as the job says."""
    terms = replace(STRICT, policy=Policy(policy), limit=limit)
    found = judged(*[error()] * errors, final(), terms=terms)
    assert (found.code, found.status) == (code, status)


@given(
    st.integers(0, 20),
    st.integers(0, 20),
    st.sampled_from(Policy),
    st.booleans(),
    st.sampled_from(Ending),
)
def test_a_success_keeps_every_promise(errors, limit, policy, is_over, ending):
    """Zero means: it ended itself, within its limits, with no more errors than its policy lets."""
    terms = replace(
        STRICT, policy=policy, limit=limit, over="output.maxRecords" if is_over else None
    )
    ended = replace(OWN_WAY, ending=ending)
    found = judged(*[error()] * errors, final(), ended=ended, terms=terms)
    forgiven = policy is not Policy.FAIL or errors <= limit
    kept = ending is Ending.EXITED and not is_over and forgiven
    assert (found.code is ExitCode.OK) == kept


@pytest.mark.parametrize(
    ("first", "expires", "code", "rule"),
    [
        pytest.param(error(error_id=NOT_FOUND), NOON, 80, "script.command_not_found", id="unknown"),
        pytest.param(error(error_id="TokenExpired"), NOON, 75, "token.not_renewed", id="no token"),
        pytest.param(
            error(GONE), NOON + timedelta(1), 69, "exchange.retries_spent", id="token still good"
        ),
        pytest.param(error(GONE), NOON, 84, "exchange.token_expired", id="at the token's end"),
        pytest.param(
            error(GONE), NOON - timedelta(1), 84, "exchange.token_expired", id="after the token"
        ),
        pytest.param(error(GONE), None, 69, "exchange.retries_spent", id="no expiry known"),
        pytest.param(
            error(GONE, time=None), NOON, 69, "exchange.retries_spent", id="no time of the error"
        ),
    ],
)
def test_the_first_error_says_whose_fault_it_is(first, expires, code, rule):
    """Of several errors the first is the cause; the token's end tells AUTH from SERVICE."""
    found = judged(first, error(error_id="Other"), final(), expires=expires)
    assert (found.code, found.rule) == (code, rule)


def test_an_expired_token_explains_what_was_thrown():
    """The module throws the same text for an expired token as for a failing service."""
    found = judged(final(ScriptEnding.THREW, last=error(GONE)), expires=NOON)
    assert (found.code, found.rule) == (ExitCode.AUTH, "exchange.token_expired")


@pytest.mark.parametrize("policy", [Policy.WARN, Policy.IGNORE])
def test_what_was_thrown_fails_whatever_the_policy(policy):
    """The policy is about errors that do not end the script."""
    assert judged(THREW, terms=replace(STRICT, policy=policy, limit=99)).code is ExitCode.SCRIPT


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        pytest.param(replace(STRICT, left_out=("B", "C")), ["B, C"], id="columns"),
        pytest.param(replace(STRICT, survivors=2), ["2 processes"], id="survivors"),
        pytest.param(
            replace(STRICT, left_out=("B",), survivors=1, limit=1),
            ["1 errors", "B", "1 processes"],
            id="all at once",
        ),
    ],
)
def test_a_doubtful_success_names_every_doubt(terms, words):
    """What did not fail the run but is not as promised stands in the reason."""
    found = judged(*[error()] * terms.limit, final(), terms=terms)
    assert (found.code, found.status) == (ExitCode.OK, Status.SUCCEEDED_WITH_WARNINGS)
    assert found.rule == "script.warnings"
    assert all(word in found.reason for word in words)


def test_a_reason_names_no_more_than_twenty_columns():
    """A thousand properties without a column do not make a reason of a thousand names."""
    names = tuple(f"P{number:03}" for number in range(1000))
    reason = judged(final(), terms=replace(STRICT, left_out=names)).reason
    assert "P019" in reason
    assert "P020" not in reason


def test_a_success_that_cannot_be_kept_is_none():
    """A run whose directory fails at its end is a storage failure; a failure stays what it was."""
    full = OSError("No space left on device")
    lost = verdict.unkept(judged(final()), full)
    assert (lost.code, lost.rule) == (ExitCode.STORAGE, "rundirectory.unusable")
    failed = verdict.unkept(judged(THREW), full)
    assert (failed.code, failed.rule) == (ExitCode.SCRIPT, "script.terminating_error")
    assert "it broke" in failed.reason
    assert "No space left" in failed.reason


@pytest.mark.parametrize(
    ("message", "code", "rule"),
    [
        pytest.param(
            "The role assigned to application x isn't supported in this scenario.",
            77,
            "connect.role_missing",
            id="no role",
        ),
        pytest.param("Response status code: 403", 77, "connect.forbidden", id="403"),
        pytest.param("FORBIDDEN", 77, "connect.forbidden", id="forbidden, in any case"),
        pytest.param("UnAuthorized", 84, "connect.unauthorized", id="as the module spells it"),
        pytest.param("Response status code: 401", 84, "connect.unauthorized", id="401"),
        pytest.param("403 after 401", 77, "connect.forbidden", id="a role before a token"),
        pytest.param("No such host is known", 69, "connect.failed", id="the network"),
        pytest.param("", 69, "connect.failed", id="nothing said"),
    ],
)
def test_a_text_at_connect_has_one_meaning(message, code, rule):
    """Token, role or service: the text of the error decides, and each has a remedy."""
    found = errortexts.of_connect(message)
    assert found[:2] == (code, rule)
    assert found[2]


@pytest.mark.parametrize(("error_id", "message"), [("", "x"), ("tokenexpired", "x"), ("x", "")])
def test_an_error_of_the_script_explains_nothing(error_id, message):
    """An id or text that the table does not know is the script's own."""
    for had_expired in (True, False):
        assert errortexts.of_error(error_id, message, had_expired=had_expired) is None


def test_every_failure_can_be_acted_upon():
    """Each kind of failure has a code of the contract, and never the success of another."""
    for ending, policy in itertools.product(ScriptEnding, Policy):
        found = judged(final(ending, code=7), terms=replace(STRICT, policy=policy))
        assert found.status is MEANINGS[found.code].status
