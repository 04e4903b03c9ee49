"""How a run is judged: the first rule that fits gives exit code, status and words.  Pure."""

from dataclasses import dataclass, field, replace
from signal import Signals

from contract.exitcodes import MEANINGS, ExitCode, Status
from runner.errors import AuditError
from runner.job.fields import Policy
from runner.judgement import errortexts
from runner.results.items import ItemCounts
from runner.streams.records import Finished, ScriptEnding
from runner.streams.tally import Tally
from runner.supervision.escalation import Ended, Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a run ended, and what to do about it."""

    code: ExitCode
    status: Status
    rule: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the job allows, and how its output fared."""

    policy: Policy
    limit: int
    over: str | None
    """Which limit of the output was met, as its key."""
    left_out: tuple[str, ...]
    leaked: int = 0
    """How many secrets the script put out, where that is forbidden."""
    survivors: int = 0
    """How many processes not even SIGKILL ended."""
    items: ItemCounts = field(default_factory=ItemCounts)


def verdict(
    code: ExitCode, rule: str, reason: str, remedy: str = "", *, status: Status | None = None
) -> Verdict:
    """Return a verdict whose status is the code's own unless said otherwise."""
    chosen = status or MEANINGS[code].status
    return Verdict(code=code, status=chosen, rule=rule, reason=reason, remedy=remedy)


def unkept(found: Verdict, error: OSError) -> Verdict:
    """Return the verdict on a run whose directory failed at its end: a success is none then."""
    reason = f"the run directory cannot be used: {error}"
    if found.code is ExitCode.OK:
        remedy = "give the run directory room and rights"
        return verdict(ExitCode.STORAGE, "rundirectory.unusable", reason, remedy)
    return replace(found, reason=f"{found.reason}; {reason}")


def judge(ended: Ended, tally: Tally, terms: Terms) -> Verdict:
    """Return the verdict on a run whose pwsh was started."""
    return (
        _of_runner(ended)
        or _of_contract(ended, tally, terms)
        or _of_final_record(ended, tally)
        or _of_items(terms.items)
        or _of_errors(tally, terms)
        or _success(tally, terms)
    )


def of_signal(ending: Ending) -> Verdict:
    """Return the verdict on a run that the runner itself stopped."""
    match ending:
        case Ending.CANCELLED:
            return verdict(ExitCode.CANCELLED, "runner.sigint", "stopped by SIGINT")
        case Ending.RUN_TIMEOUT:
            remedy = "raise timeouts.run, or let the job do less"
            return verdict(ExitCode.TIMEOUT, "timeout.run", "ran longer than timeouts.run", remedy)
        case Ending.IDLE_TIMEOUT:
            reason = "said nothing for longer than timeouts.idle: a prompt, or a dead connection?"
            return verdict(
                ExitCode.TIMEOUT, "timeout.idle", reason, "raise it, or use Write-Progress"
            )
        case _:
            return verdict(ExitCode.TERMINATED, "runner.sigterm", "stopped by SIGTERM")


def of_audit(error: AuditError) -> Verdict:
    """Return the verdict on a run whose required audit failed."""
    remedy = "give the audit its place; without it nothing may run"
    return verdict(ExitCode.AUDIT, "audit.required", str(error), remedy)


def _of_runner(ended: Ended) -> Verdict | None:
    if isinstance(ended.unwritten, AuditError):
        return of_audit(ended.unwritten)
    if ended.unwritten is not None:
        reason = f"what the script said could not be kept: {ended.unwritten}"
        return verdict(
            ExitCode.STORAGE, "output.unwritten", reason, "give the run directory room and rights"
        )
    return None if ended.ending is Ending.EXITED else of_signal(ended.ending)


_LIMITS = {"output.maxRecords": "output.max_records", "output.maxBytes": "output.max_bytes"}


def _of_contract(ended: Ended, tally: Tally, terms: Terms) -> Verdict | None:
    if terms.over:
        return verdict(
            ExitCode.CONTRACT,
            _LIMITS[terms.over],
            f"more came than {terms.over} allows; the rest was not written",
            f"raise {terms.over}, or let the script put out less",
        )
    if terms.leaked:
        reason = f"the script put out {terms.leaked} secrets; they were masked"
        return verdict(ExitCode.CONTRACT, "masking.hit", reason, "let it not print secrets")
    if tally.counts["unreadable"]:
        reason = f"{tally.counts['unreadable']} lines of the records pipe could not be read"
        return verdict(ExitCode.CONTRACT, "records.unreadable", reason, "see events.ndjson")
    if tally.finished and not ended.is_complete:
        return verdict(ExitCode.RUNTIME, "output.incomplete", "a pipe was not read to its end")
    return None


def _of_final_record(  # noqa: PLR0911 - one return a rule
    ended: Ended, tally: Tally
) -> Verdict | None:
    final = tally.finished
    if final is None:
        return _no_final_record(ended)
    reason = final.error.message if final.error else final.ending.value
    error_id = final.error.id if final.error else ""
    known = errortexts.of_error(error_id, reason, had_expired=tally.had_expired)
    if known and final.ending is ScriptEnding.THREW:
        return verdict(known[0], known[1], reason, known[2])
    match final.ending:
        case ScriptEnding.COMPLETED:
            return None
        case ScriptEnding.EXITED if final.script_exit_code == 0:
            return None
        case ScriptEnding.EXITED:
            reason = f"the script said exit {final.script_exit_code}"
            return verdict(ExitCode.SCRIPT_EXIT, "script.exit", reason, "ask its author")
        case ScriptEnding.THREW:
            return verdict(ExitCode.SCRIPT, _rule(final), reason, "see first_error")
        case ScriptEnding.CONNECT_FAILED:
            code, rule, remedy = errortexts.of_connect(reason)
            return verdict(code, rule, reason, remedy)
        case _:
            code, remedy = _BEFORE_THE_SCRIPT[final.ending]
            return verdict(code, f"pwsh.{final.ending}", reason, remedy)


_BEFORE_THE_SCRIPT = {
    ScriptEnding.SYNTAX_ERROR: (ExitCode.CONFIG, "mend the script where first_error says"),
    ScriptEnding.BAD_PARAMETERS: (ExitCode.INPUT, "let the spec and the script's param() agree"),
    ScriptEnding.NO_MODULE: (ExitCode.RUNTIME, "install ExchangeOnlineManagement in the image"),
    ScriptEnding.MISSING_CMDLETS: (ExitCode.DENIED, "give the application the role for them"),
    ScriptEnding.BOOTSTRAP_FAILED: (ExitCode.RUNTIME, "a defect of the runner: report it"),
}


def _no_final_record(ended: Ended) -> Verdict:
    how = f"ended with code {ended.code}"
    if ended.code < 0:
        how = f"was killed by {_signal_name(-ended.code)}"
    remedy = "SIGKILL is most often a lack of memory" if ended.code == -Signals.SIGKILL else ""
    reason = f"pwsh {how} and left no final record"
    return verdict(ExitCode.RUNTIME, "pwsh.no_final_record", reason, remedy)


def _signal_name(number: int) -> str:
    # Real-time signals have a number and no name.
    known = {each.value: each.name for each in Signals}
    return known.get(number, f"signal {number}")


def _rule(final: Finished) -> str:
    error = final.error
    if error and "CommandNotFoundException" in (error.id, *_types(error.exception)):
        return "script.command_not_found"
    return "script.terminating_error"


def _of_items(items: ItemCounts) -> Verdict | None:
    if not items.lost:
        return None
    total = items.lost + items.done
    reason = f"{items.lost} of {total} items are not done"
    if items.unreported:
        reason += f", {items.unreported} of them were registered and never reported"
    if not items.done:
        return verdict(ExitCode.SCRIPT, "items.none_done", reason, "see items.ndjson")
    remedy = "see items.ndjson; a run with --resume does only what is left"
    return verdict(ExitCode.PARTIAL, "items.some_failed", reason, remedy)


def _of_errors(tally: Tally, terms: Terms) -> Verdict | None:
    errors, first = tally.counts["error"], tally.first_error
    if terms.policy is not Policy.FAIL or errors <= terms.limit or first is None:
        return None
    known = errortexts.of_error(first.id, first.message, had_expired=tally.had_expired)
    if known:
        return verdict(known[0], known[1], first.message, known[2])
    is_unknown = "CommandNotFoundException" in (first.id, *_types(first.exception))
    rule = "script.command_not_found" if is_unknown else "script.non_terminating_errors"
    reason = f"{errors} errors, {terms.limit} are allowed; the first: {first.message}"
    return verdict(ExitCode.SCRIPT, rule, reason, "see events.ndjson")


def _success(tally: Tally, terms: Terms) -> Verdict:
    doubts = []
    if tally.counts["error"] and terms.policy is not Policy.IGNORE:
        doubts.append(f"{tally.counts['error']} errors")
    if terms.left_out:
        doubts.append(f"the CSV has no column for {', '.join(terms.left_out[:20])}")
    if terms.survivors:
        doubts.append(f"{terms.survivors} processes could not be ended")
    if not doubts:
        return verdict(ExitCode.OK, "script.completed", "finished")
    status = Status.SUCCEEDED_WITH_WARNINGS
    return verdict(ExitCode.OK, "script.warnings", "; ".join(doubts), status=status)


def _types(exceptions: tuple[str, ...]) -> list[str]:
    return [each.partition(":")[0].rpartition(".")[2] for each in exceptions]
