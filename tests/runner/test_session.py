"""The end of descendants, also of those that nothing ends."""

import os
import signal
import subprocess
import sys

from runner.supervision import session


def test_a_process_that_no_signal_reaches_does_not_hang_the_end():
    """The sweep looks a bounded number of times for a bounded time, and names who lives on."""
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    waits: list[float] = []
    with subprocess.Popen(sleeper, start_new_session=True) as child:
        try:
            left = session.end_descendants(
                child.pid,
                known=session.children_of(os.getpid(), session.processes()),
                wait=waits.append,
                kill=lambda *_: None,
            )
        finally:
            child.kill()
    assert left == {child.pid}
    assert len(waits) == 20
    assert sum(waits) < 5


def test_another_users_process_does_not_break_the_sweep():
    """A kill that is not permitted leaves a survivor, not an exception."""

    def refuse(pid: int, number: int) -> None:
        raise PermissionError(pid, number)

    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(sleeper, start_new_session=True) as child:
        try:
            known = session.children_of(os.getpid(), session.processes())
            left = session.end_descendants(child.pid, known=known, wait=lambda _: None, kill=refuse)
        finally:
            os.kill(child.pid, signal.SIGKILL)
    assert left == {child.pid}
