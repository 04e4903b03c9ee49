"""One run from a checked job to its result."""

import json
import logging
import threading
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from contract.exitcodes import ExitCode
from contract.freshness import Wanted
from contract.masking import Masker
from contract.runrecord import FileRecord, Result
from contract.volume import document_path
from runner.audit.witness import Witness
from runner.clock import SystemClock
from runner.errors import AuditError, NotStartedError
from runner.job.fields import OnHit
from runner.job.preflight import Prepared
from runner.judgement.conclusion import result_of
from runner.judgement.verdict import Terms, Verdict, judge, of_audit, of_signal, unkept, verdict
from runner.launch import Place, lay_out
from runner.notices import Inbox, Notice, next_of
from runner.recorder import Recorder
from runner.report.page import page
from runner.report.reading import facts_in
from runner.results.directory import RunDirectory
from runner.results.items import FILE as ITEMS
from runner.results.items import ItemCounts, ItemLog, done_in
from runner.results.outputs import Outputs
from runner.streams.tally import Tally
from runner.supervision.command import limits_of
from runner.supervision.escalation import Ending
from runner.supervision.supervisor import supervise
from runner.telling.journal import Journal
from runner.tokens import gate
from runner.tokens.gate import NoToken
from runner.tokens.watch import TokenWatch

if TYPE_CHECKING:
    from contract.token import TokenDocument

_log = logging.getLogger("exo-job")


class Run:
    """One run; `carry_out` once."""

    def __init__(  # noqa: PLR0913 - the composition root names each part once
        self,
        *,
        prepared: Prepared,
        place: Place,
        directory: RunDirectory,
        masker: Masker,
        inbox: Inbox,
        clock: SystemClock,
        witness: Witness,
    ) -> None:
        self._prepared, self._place, self._directory = prepared, place, directory
        self._masker, self._inbox, self._clock = masker, inbox, clock
        self._started_at = clock.now()
        self._spec = prepared.job.spec
        self._tally = Tally()
        self._tokens = TokenWatch(place.tokens, masker)
        self._token: TokenDocument | None = None
        self._pwsh_code: int | None = None
        self._written: list[FileRecord] = []
        self._items = ItemCounts()
        self._witness = witness

    def carry_out(self) -> Result:
        """Run the job to its end and return its result, which then lies in the directory."""
        watcher = threading.Thread(target=self._tokens.run, daemon=True)
        try:
            self._record_start(self._prepared)
            watcher.start()
            found = self._end()
        except AuditError as error:
            found = of_audit(error)
        except NotStartedError as error:
            found = verdict(ExitCode.RUNTIME, "pwsh.not_started", str(error), "mend the image")
        except OSError as error:
            found = unkept(verdict(ExitCode.OK, "", ""), error)
        except Exception:  # noqa: BLE001 - a crash must leave a result that says so
            _log.exception("run.crashed")
            reason = "a defect of the runner: its log says where"
            found = verdict(ExitCode.UNKNOWN, "runner.crashed", reason, "report it")
        finally:
            self._tokens.stop()
        return self._conclude(found)

    def _record_start(self, prepared: Prepared) -> None:
        self._tokens.register_new()
        record = prepared.record(
            self._directory.path.name, at=self._started_at, runner=version("exo-jobs")
        )
        self._directory.put("run.json", record.to_json())
        self._directory.put("script.ps1", prepared.script)
        self._witness.started(prepared, json.loads(record.to_json()))

    def _end(self) -> Verdict:
        spec = self._spec
        wanted = Wanted(
            connection=spec.connection, resource=spec.resource, tenant_id=self._place.tenant_id
        )
        path = document_path(self._place.tokens, spec.connection, spec.resource)
        found = gate.await_token(
            path,
            wanted,
            patience=spec.timeouts.token,
            clock=self._clock,
            wait=lambda seconds: next_of(self._inbox, within=seconds),
        )
        match found:
            case NoToken(code, reason):
                return verdict(code, "token.unusable", reason, "see the sidecar's log")
            case Notice():
                is_cancelled = found is Notice.CANCEL
                return of_signal(Ending.CANCELLED if is_cancelled else Ending.TERMINATED)
            case _:
                self._token = found
                return self._supervised(path)

    def _supervised(self, token: Path) -> Verdict:
        outputs = Outputs(self._directory.path, self._spec.output)
        earlier = self._prepared.earlier
        items = ItemLog(self._directory.path / ITEMS, done_in(earlier.items) if earlier else ())
        with (self._directory.path / "events.ndjson").open(
            "x", encoding="utf-8", errors="replace"
        ) as events:
            recorder = Recorder(
                masker=self._masker,
                tokens=self._tokens,
                events=events,
                outputs=outputs,
                items=items,
                put=self._directory.put,
                tally=self._tally,
                tell=Journal(self._clock.monotonic),
                witness=self._witness.saw,
                ready=partial(self._inbox.put, Notice.READY),
                now=self._clock.now,
            )
            command, pipe = lay_out(self._prepared, self._place, self._directory, token=token)
            ended = supervise(
                command,
                records=pipe,
                inbox=self._inbox,
                emit=recorder,
                limits=limits_of(self._spec.timeouts),
                monotonic=self._clock.monotonic,
                wait=self._clock.wait,
            )
        is_whole = self._tally.finished is not None and ended.unwritten is None
        self._pwsh_code = ended.code
        try:
            self._items = items.close()
            self._written = outputs.close(is_whole=is_whole)
            self._directory.confirm("events.ndjson")
        except OSError as error:
            ended = replace(ended, unwritten=ended.unwritten or error)
        terms = Terms(
            policy=self._spec.errors.non_terminating,
            limit=self._spec.errors.limit,
            over=outputs.over,
            left_out=tuple(outputs.left_out),
            leaked=self._masker.hits if self._spec.masking.on_hit is OnHit.FAIL else 0,
            survivors=len(ended.survivors),
            items=self._items,
        )
        return judge(ended, self._tally, terms)

    def _conclude(self, found: Verdict) -> Result:
        files: list[FileRecord] = []
        try:
            self._directory.discard_scratch()
            files = self._directory.artefacts()
        except OSError as error:
            found = unkept(found, error)
        result = self._audited(self._result(found, files), found, files)
        try:
            self._directory.put("result.json", result.to_json())
        except OSError as error:
            _log.error("run.unrecorded", extra={"fields": {"reason": str(error)}})
            result = self._result(unkept(found, error), files)
        self._report()
        return result

    def _report(self) -> None:
        """Make the page for people; that it cannot be made changes nothing of the verdict."""
        if not self._spec.output.report:
            return
        try:
            self._directory.put("report.html", page(facts_in(self._directory.path)))
        except (OSError, ValueError) as error:
            _log.warning("report.unwritten", extra={"fields": {"reason": str(error)}})

    def _audited(self, result: Result, found: Verdict, files: list[FileRecord]) -> Result:
        """Say the end to the audit; a required one that fails is the end itself."""
        try:
            self._witness.finished(result)
        except AuditError as error:
            if found.code is not ExitCode.AUDIT:
                result = self._result(of_audit(error), files)
        return replace(result, audit=self._witness.head())

    def _result(self, found: Verdict, files: list[FileRecord]) -> Result:
        return result_of(
            found,
            run_id=self._directory.path.name,
            job=self._prepared.job.metadata.name,
            times=(self._started_at, self._clock.now()),
            masker=self._masker,
            tally=self._tally,
            token=self._token,
            pwsh_code=self._pwsh_code,
            outputs=self._written,
            files=files,
            items=self._items,
        )
