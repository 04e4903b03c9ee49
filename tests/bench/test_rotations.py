"""A job that outlives a thousand tokens: nothing is lost, and memory does not follow."""

import threading
import time
from collections import deque
from collections.abc import Callable

import pytest

from tests.bench.conftest import memory_of
from tests.powershell.conftest import Session, session

__all__ = ["session"]

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1500)]

ROTATIONS = 1000
SCRIPT = f"""
foreach ($number in 1..{ROTATIONS}) {{
    Get-Mailbox $number
    [System.IO.File]::WriteAllText("done-$number", '')
    while (-not [System.IO.File]::Exists("go-$number")) {{ Start-Sleep -Milliseconds 2 }}
}}
(Get-Module tmpEXO_*).Count; (Get-Item $env:TMPDIR/tmpEXO_*).Count
"""


def test_a_thousand_rotations_lose_nothing(session: Session, show: Callable[..., None]) -> None:
    """Each call has the token that was the newest, once, and old connections go."""
    session.renew(life=2)
    rows, began = [], time.perf_counter()
    reader = threading.Thread(target=deque, args=(session.start(SCRIPT), 0))  # keeps them in `seen`
    reader.start()
    for number in range(1, ROTATIONS + 1):
        while not (session.folder / f"done-{number}").exists():
            time.sleep(0.002)
        session.renew(life=2)
        if number in {100, 250, 500, 1000}:
            assert session.child is not None
            rows.append((f"{number:,}", f"{memory_of(session.child.pid)['Rss']:.0f} MiB"))
        (session.folder / f"go-{number}").touch()
    reader.join()
    seconds = time.perf_counter() - began

    values = [each for r in session.seen if r["kind"] == "output" for each in r["records"]]  # type: ignore[attr-defined]
    calls = [(each["Identity"], each["Token"]) for each in values if isinstance(each, dict)]
    assert calls == [(number, f"token-{number + 1}") for number in range(1, ROTATIONS + 1)]
    assert values[-2] < 30
    assert values[-1] < 30
    rows.append(("all", f"{seconds:.0f} s, {values[-2]} temporary modules left"))
    show("A session over a thousand tokens of two seconds", ("rotations", "pwsh"), *rows)
