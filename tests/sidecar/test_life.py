"""How `exo-token run` begins and ends."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

import pytest

from emulator.testing import Emulator, Fault
from sidecar.clock import SystemClock
from sidecar.refresh.pool import Pool
from sidecar.testing import once, running, until

FEDERATED = "{workloadIdentity: {tokenFile: projected}}"
TOKEN = "/oauth2/v2.0/token"

Configure = Callable[..., Path]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=str)
def test_a_signal_stops_with_0_though_an_attempt_hangs(
    configure: Configure, tmp_path: Path, emulator: Emulator, number: signal.Signals
) -> None:
    """An attempt that waits for Entra does not hold the process."""
    emulator.faults.add(Fault(path=TOKEN, delay=15, times=None))
    with running(configure(wi=FEDERATED), tmp_path) as sidecar:
        until(lambda: sidecar.sample('exo_token_refresh_attempts_total{target="wi/exchange"}'))
        began = time.monotonic()
        assert sidecar.stop(number) == 0
        assert time.monotonic() - began < 10  # the delay is longer
        assert sidecar.events("sidecar.stopped", signal=number.name)


def test_before_the_first_token_the_pod_is_not_ready(
    configure: Configure, tmp_path: Path, emulator: Emulator
) -> None:
    """The startup and readiness probes say which target is missing; liveness is fine."""
    emulator.faults.add(Fault(path=TOKEN, delay=15, times=None))
    with running(configure(wi=FEDERATED), tmp_path) as sidecar:
        assert sidecar.get("/readyz") == (503, "wi/exchange: not yet written\n")
        assert sidecar.get("/startupz") == (503, "wi/exchange: not yet written\n")
        assert sidecar.get("/livez")[0] == 200
        assert sidecar.get("/healthz")[0] == 404
        assert sidecar.get("/metrics", method="POST")[0] == 405


def test_a_slow_target_delays_no_other(
    folder: Path, configure: Configure, tmp_path: Path, emulator: Emulator
) -> None:
    """One answer takes fifteen seconds; the other target is renewed meanwhile."""
    emulator.faults.add(Fault(path=TOKEN, delay=15))
    with running(configure(a=FEDERATED, b=FEDERATED), tmp_path) as sidecar:
        until(lambda: len(sidecar.events("token.published")) >= 2)
        targets = {line["target"] for line in sidecar.events("token.published")}
        assert len(targets) == 1


def test_a_port_that_is_taken_is_one_sentence_and_78(configure: Configure) -> None:
    """Nothing is asked of Entra before it is sure that the probes can be answered."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config = configure(wi=FEDERATED)
        port = taken.getsockname()[1]
        config.write_text(config.read_text().replace("port: 0", f"port: {port}"))
        argv = [sys.executable, "-m", "sidecar", "run", "--config", str(config)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 78
    assert done.stderr.splitlines() == [
        f"exo-token: server: 127.0.0.1:{port} cannot be listened on: Address already in use"
    ]


def test_once_says_what_failed_when_its_time_is_up(
    configure: Configure, emulator: Emulator
) -> None:
    """An outage longer than --timeout: exit 69, and every line of the log is an object."""
    emulator.faults.add(Fault(path=TOKEN, status=503, times=None))
    done = once(configure(wi=FEDERATED), "--timeout", "1500ms")
    assert (done.returncode, done.stderr) == (69, "")
    assert {json.loads(line)["event"] for line in done.stdout.splitlines()} == {"refresh.failed"}


def test_the_log_may_be_for_people(configure: Configure, emulator: Emulator) -> None:
    """`--output text`: a line a fact, with what to do, and no JSON around it."""
    emulator.faults.add(Fault(path=TOKEN, status=503, times=1))
    done = once(configure(wi=FEDERATED), "--output", "text")
    assert done.returncode == 0
    failed, published = done.stdout.splitlines()
    assert "  warning  refresh.failed  target=wi/exchange  reason=idp_unavailable  " in failed
    assert 'remedy="Nothing to fix here' in failed
    assert "  info  token.published  target=wi/exchange  sequence=1  " in published


def test_once_without_any_answer_in_time_is_temporary(
    configure: Configure, emulator: Emulator
) -> None:
    """Nothing failed, there was only no time: 75, try again."""
    emulator.faults.add(Fault(path=TOKEN, delay=15))
    assert once(configure(wi=FEDERATED), "--timeout", "500ms").returncode == 75


@pytest.mark.parametrize("timeout", ["0s", "soon", "5"])
def test_a_wrong_timeout_is_a_wrong_command_line(configure: Configure, timeout: str) -> None:
    """Before anything is asked."""
    done = once(configure(wi=FEDERATED), "--timeout", timeout)
    assert done.returncode == 64
    assert "--timeout" in done.stderr


def test_a_volume_that_vanishes_is_a_write_failure_and_no_end(
    folder: Path, configure: Configure, tmp_path: Path
) -> None:
    """The folder is gone: counted and told, and healed when it is back."""
    with running(configure(wi=FEDERATED), tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"))
        (folder / "tokens").rename(folder / "elsewhere")
        until(lambda: sidecar.events("refresh.failed", reason="write"))
        (folder / "tokens").mkdir()
        count = len(sidecar.events("token.published"))
        until(lambda: len(sidecar.events("token.published")) > count)
        failures = sidecar.sample('exo_token_file_write_failures_total{target="wi/exchange"}')
        assert failures is not None
        assert failures >= 1


def test_a_pool_runs_no_more_at_once_than_its_size_and_delivers_what_is_raised() -> None:
    """Results and exceptions arrive in the inbox, in whatever order they end."""
    inbox: SimpleQueue[int | BaseException] = SimpleQueue()
    pool = Pool(2, inbox.put)
    for divisor in (1, 0, 2):
        pool.start(lambda by=divisor: 6 // by)  # type: ignore[misc]  # mypy cannot infer a default
    found = [inbox.get(timeout=10) for _ in range(3)]
    assert sorted(each for each in found if isinstance(each, int)) == [3, 6]
    assert [type(each) for each in found if not isinstance(each, int)] == [ZeroDivisionError]


def test_the_system_clock_waits_for_a_message_or_the_time() -> None:
    """A message ends the wait; without one it ends by itself."""
    inbox: SimpleQueue[str] = SimpleQueue()
    clock = SystemClock(inbox)
    inbox.put("here")
    assert clock.wait(60) == "here"
    before = clock.read()
    assert clock.wait(0.01) is None
    assert clock.wait(-1) is None
    after = clock.read()
    assert after.steady >= before.steady + 0.01
    assert after.wall > before.wall
