"""Every exit code from 64 to 86 is reached by a mistake that people make; nothing is simulated."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contract.exitcodes import MEANINGS, ExitCode
from emulator.testing import Fault
from runner.results.lock import JobLock
from tests.together.work import Work

OTHER_TENANT = "99999999-9999-4999-8999-999999999999"
AUDIT_NOWHERE = {
    "required": True,
    "https": {"url": "https://localhost:9/", "timeout": "1s", "deliverWithin": "1s"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What someone got wrong, and what the last word calls it."""

    code: ExitCode
    what: str
    told: str
    """What the reason says, so that the mistake is found."""
    script: str = "'a'"
    spec: Mapping[str, object] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    before: Callable[[Work], object] = lambda _: None


def _no_script(work: Work) -> None:
    (work.folder / "script.ps1").unlink()


def _runs_is_a_file(work: Work) -> None:
    work.runs.write_text("")


def _exchange_is_down(work: Work) -> None:
    work.stage.emulator.faults.add(Fault(path="adminapi", status=503, times=None))


LOCKS: list[JobLock] = []


def _another_runs(work: Work) -> None:
    LOCKS.append(JobLock(work.runs, "sample"))
    LOCKS[-1].name("sample-of-another")


MISTAKES = [
    Mistake(
        code=ExitCode.USAGE,
        what="an option is misspelt",
        options=("--parms-file", "p.yaml"),
        told="--parms-file",
    ),
    Mistake(
        code=ExitCode.INPUT,
        what="a parameter is misspelt",
        script="param([int] $Days) $Days",
        options=("-p", "Dyas=3"),
        told="Dyas",
    ),
    Mistake(
        code=ExitCode.NO_INPUT,
        what="the script is not in the image",
        before=_no_script,
        told="script.ps1",
    ),
    Mistake(
        code=ExitCode.SERVICE,
        what="Exchange is down",
        before=_exchange_is_down,
        told="503",
    ),
    Mistake(
        code=ExitCode.RUNTIME,
        what="the script ends the whole process",
        script="[Environment]::Exit(0)",
        told="final record",
    ),
    Mistake(
        code=ExitCode.STORAGE,
        what="the runs directory is a file",
        before=_runs_is_a_file,
        told="runs",
    ),
    Mistake(
        code=ExitCode.TEMPORARY,
        what="the sidecar does not write the connection's token",
        options=("--connection", "fabrikam"),
        told="no token file yet",
    ),
    Mistake(
        code=ExitCode.DENIED,
        what="a reading job writes",
        script="Set-Mailbox user1@contoso.com -CustomAttribute1 x",
        spec={"cmdlets": ["Get-Mailbox"]},
        told="write: true",
    ),
    Mistake(
        code=ExitCode.CONFIG,
        what="a key of the spec is misspelt",
        spec={"outputs": {"format": ["csv"]}},
        told="outputs",
    ),
    Mistake(code=ExitCode.SCRIPT, what="the script throws", script="throw 'no'", told="no"),
    Mistake(code=ExitCode.SCRIPT_EXIT, what="the script exits", script="exit 3", told="3"),
    Mistake(
        code=ExitCode.PARTIAL,
        what="one of two mailboxes fails",
        script="Write-JobItem a Succeeded; Write-JobItem b Failed",
        told="1",
    ),
    Mistake(
        code=ExitCode.CONTRACT,
        what="the report is longer than promised",
        script="'a'; 'b'",
        spec={"output": {"maxRecords": 1}},
        told="maxRecords",
    ),
    Mistake(
        code=ExitCode.AUTH,
        what="the token is of another tenant",
        options=("--tenant-id", OTHER_TENANT),
        told="tenant_id",
    ),
    Mistake(
        code=ExitCode.LOCK,
        what="last night's run goes on",
        options=("--exclusive",),
        before=_another_runs,
        told="sample-of-another",
    ),
    Mistake(
        code=ExitCode.AUDIT,
        what="nobody takes the audit",
        spec={"audit": AUDIT_NOWHERE},
        told="audit",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: f"{each.code} {each.what}")
def test_a_mistake_has_its_exit_code(work: Work, mistake: Mistake) -> None:
    """The process ends with the code, and the last word says the code, the class and the cause."""
    job = work.job(mistake.script, **mistake.spec)
    mistake.before(work)
    try:
        child = work.start(job, *mistake.options)
        code = child.wait(timeout=90)
    finally:
        work.stage.emulator.faults.clear()
        while LOCKS:
            LOCKS.pop().release()
    word = _last_word(work.folder / "last-word")
    said = (work.folder / "said-stderr").read_text() + str(word.get("reason"))
    assert code == mistake.code, said
    assert mistake.told in said
    if code != ExitCode.USAGE:  # which click finds before --termination-log is known
        assert (word["exit_code"], word["class"]) == (code, MEANINGS[mistake.code].failure_class)
    assert work.processes() == []


def _last_word(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.read_text()) if path.exists() else {}
    return found


def test_no_exit_code_is_without_its_mistake() -> None:
    """The table above has a row for each code from 64 to 86."""
    assert {each.code for each in MISTAKES} == {code for code in ExitCode if 64 <= code <= 86}
