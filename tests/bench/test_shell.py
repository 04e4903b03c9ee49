"""What the bootstrap adds inside pwsh: records in batches, and the look before each command."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bench.conftest import ratio, spread
from tests.powershell.conftest import BOOTSTRAP, Record, Session, outputs, session

__all__ = ["outputs", "session"]

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

ROUNDS = 5
OBJECTS = 5_000
CALLS = 50_000

BATCHES = """
param([int] $Descriptor)
Import-Module '%s/ExoJobs/ExoJobs.psd1' -ArgumentList $true -DisableNameChecking
Open-RecordStream @{ records = $Descriptor; script = ''; output = @{ depth = 3; properties = @() } }
$objects = foreach ($number in 1..%d) {
    [pscustomobject]@{
        Identity = "user$number@contoso.com"; Items = $number; Size = $number * 17; Shared = $false
    }
}
foreach ($round in 0..%d) {
    foreach ($size in 1, 500) {
        & (Get-Module ExoJobs) { $script:BatchSize = $args[0] } $size
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $objects | Write-ScriptRecord
        # The first round warms both ways up.
        if ($round) { "$size $($watch.Elapsed.TotalMicroseconds / $objects.Count)" }
    }
}
Close-RecordStream
"""

HOOK = """
function Get-Nothing {}
$hook = $ExecutionContext.InvokeCommand.PreCommandLookupAction
foreach ($round in 0..%(rounds)d) {
    foreach ($way in 'without', 'with') {
        $action = if ($way -eq 'with') { $hook } else { $null }
        $ExecutionContext.InvokeCommand.PreCommandLookupAction = $action
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        for ($i = 0; $i -lt %(calls)d; $i++) { Get-Nothing }
        $function = $watch.Elapsed.TotalMicroseconds / %(calls)d
        $watch.Restart()
        for ($i = 0; $i -lt %(calls)d; $i++) { Get-Mailbox }
        $cmdlet = $watch.Elapsed.TotalMicroseconds / %(calls)d
        if ($round) { [pscustomobject]@{ Way = $way; Function = $function; Cmdlet = $cmdlet } }
    }
}
$ExecutionContext.InvokeCommand.PreCommandLookupAction = $hook
"""


def test_objects_are_the_same_in_batches_of_any_size(
    tmp_path: Path, show: Callable[..., None]
) -> None:
    """One record an object, and one for five hundred: the same values leave."""
    script, records = tmp_path / "batches.ps1", tmp_path / "records"
    script.write_text(BATCHES % (BOOTSTRAP.parent, OBJECTS, ROUNDS))
    with records.open("wb") as file:
        done = subprocess.run(
            [os.environ["PWSH"], "-NoProfile", "-File", str(script), str(file.fileno())],
            pass_fds=[file.fileno()],
            capture_output=True,
            text=True,
            check=True,
        )
    by_size = {
        size: [float(line.split()[1]) for line in done.stdout.splitlines() if line.startswith(size)]
        for size in ("1 ", "500 ")
    }
    text = records.read_text(encoding="utf-8")
    assert text.count('"Identity":') == 2 * (ROUNDS + 1) * OBJECTS
    assert text.count("\n") == (ROUNDS + 1) * (OBJECTS + OBJECTS // 500)
    single, batched = by_size.values()
    show(
        f"Time an object, {OBJECTS:,} objects, {ROUNDS} rounds in turn",
        ("records", "time an object", "ratio"),
        ("one an object", spread(single, "µs"), "1"),
        ("batches of 500", spread(batched, "µs"), ratio(batched, single)),
    )


def test_the_hook_changes_no_call(
    session: Session, outputs: Callable[[list[Record]], list[object]], show: Callable[..., None]
) -> None:
    """Calls of a function and of an Exchange cmdlet, with the look for a newer token or not."""
    script = HOOK % {"rounds": ROUNDS, "calls": CALLS}
    look = outputs(session.run(script, without=("retry",)))
    session.renew(life=3600)
    whole = outputs(session.run(script))
    assert session.seen[-1]["ending"] == "completed"
    head = ("call", "without the hook", "with it", "more a call")
    rows = []
    for member, found in (("Function", whole), ("Cmdlet", look), ("Cmdlet, with the retry", whole)):
        column = member.partition(",")[0]
        without, hooked = (list(_of(found, way, column)) for way in ("without", "with"))
        assert len(without) == len(hooked) == ROUNDS
        more = spread(b - a for a, b in zip(without, hooked, strict=True))
        rows.append((member, spread(without, "µs"), spread(hooked, "µs"), f"{more} µs"))
    show(f"{CALLS:,} calls in a loop, {ROUNDS} rounds in turn", head, *rows)


def _of(found: list[object], way: str, member: str) -> Iterator[float]:
    for each in found:
        assert isinstance(each, dict)
        if each["Way"] == way:
            yield each[member]
