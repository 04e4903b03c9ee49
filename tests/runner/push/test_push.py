"""The end of a run is told to those whom the job names, and never changes by it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from contract.exitcodes import ExitCode, FailureClass, Status
from contract.runrecord import Result, TokenUse
from runner.push.gauges import registry_of
from tests.runner.audit.endpoint import listening
from tests.runner.conftest import JOB, Bench
from tests.runner.push.listener import Listener, hearing

FINISHED = "say('finished', ending='completed', script_exit_code=None, error=None)\n"
WORK = "say('output', records=[1, 2])\n" + FINISHED
UUID = "0b1c7e0a-6d5f-4b7e-8f53-1f2a3b4c5d6e"


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A listener on loopback."""
    with hearing() as found:
        yield found


def pushing(listener: Listener, more: str = "") -> str:
    """Return a job that tells *listener* in both ways."""
    gateway = f"{{url: '{listener.url}/gw', labels: {{namespace: mail}}{more}}}"
    return f"{JOB}  push: {{pushgateway: {gateway}, ping: {{url: '{listener.url}/{UUID}'}}}}\n"


def result(code: ExitCode, **more: object) -> Result:
    """Return how a run of two seconds ended."""
    start = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)
    said: dict[str, object] = {
        "run_id": "r",
        "job": "sample",
        "status": Status.SUCCEEDED,
        "failure_class": FailureClass.OK,
        "exit_code": code,
        "rule": "r",
        "reason": "",
        "remedy": "",
        "started_at": start,
        "finished_at": start + timedelta(seconds=2),
        "duration_seconds": 2.0,
        "pwsh_exit_code": 0,
        "script_exit_code": None,
        "counts": {"output": 7, "error": 3},
        "masked": 1,
        "token": TokenUse(connects=1, last_sequence=1, expires_at=None, remaining_seconds=90.5),
    }
    return Result(**said | more)  # type: ignore[arg-type] # as the table says


def samples(found: Result) -> dict[str, float]:
    """Return what a gateway is told, by name."""
    lines = generate_latest(registry_of(found)).decode().splitlines()
    pairs = (line.split(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_a_success_moves_every_time() -> None:
    """Start, end and last success are there, and what the run counted."""
    items = {"succeeded": 4, "failed": 2, "unreported": 1}

    assert samples(result(ExitCode.OK, items=items)) == {
        "exo_job_last_start_timestamp_seconds": 1795761000.0,
        "exo_job_last_completion_timestamp_seconds": 1795761002.0,
        "exo_job_last_success_timestamp_seconds": 1795761002.0,
        "exo_job_last_run_successful": 1.0,
        "exo_job_last_exit_code": 0.0,
        "exo_job_last_duration_seconds": 2.0,
        "exo_job_last_records": 7.0,
        "exo_job_last_errors": 3.0,
        "exo_job_last_masked_secrets": 1.0,
        "exo_job_last_items_failed": 3.0,
        "exo_job_last_token_remaining_seconds": 90.5,
    }


def test_a_failure_leaves_the_last_success_alone() -> None:
    """What is added to a gateway then lacks that time, so the gateway keeps the old one."""
    told = samples(result(ExitCode.SCRIPT))

    assert "exo_job_last_success_timestamp_seconds" not in told
    assert (told["exo_job_last_run_successful"], told["exo_job_last_exit_code"]) == (0.0, 80.0)


@pytest.mark.parametrize(("script", "code"), [(WORK, 0), ("raise SystemExit(3)", 70)])
def test_gateway_and_ping_hear_the_end(
    bench: Bench, listener: Listener, script: str, code: int
) -> None:
    """The gauges are added under job and task, the ping ends in the exit code."""
    done = bench.run(script, job=pushing(listener))

    assert done.returncode == code
    (how, path, gauges), (_, ping, gist) = listener.told
    assert (how, path) == ("POST", "/gw/metrics/job/exo-jobs/namespace/mail/task/sample")
    assert f"exo_job_last_exit_code {float(code)}" in gauges.decode()
    assert ping == f"/{UUID}/{code}"
    assert json.loads(gist)["exit_code"] == code
    assert "push.failed" not in done.stdout


def test_nobody_is_told_unless_the_job_says_so(bench: Bench, listener: Listener) -> None:
    """Pushing is off by default."""
    assert bench.run(WORK).returncode == 0
    assert listener.told == []


def test_what_cannot_be_told_changes_nothing(bench: Bench, listener: Listener) -> None:
    """A gateway that refuses and a ping that is gone are in the log; the verdict stands."""
    listener.status = 500

    done = bench.run(WORK, job=pushing(listener))

    assert (done.returncode, len(listener.told)) == (0, 2)
    assert done.stdout.count("push.failed") == 2
    assert f"127.0.0.1:{listener.server_port} answers 500" in done.stdout
    assert UUID not in done.stdout


@pytest.mark.parametrize(
    ("ping", "words"),
    [
        ("urlFile: /nonexistent/ping", "No such file"),
        ("urlFile: job.yaml", "No such file"),
        ("url: 'http://127.0.0.1:1/x'", "127.0.0.1:1: URLError"),
        ("url: 'http://127.0.0.1:1/x y'", ""),
    ],
)
def test_an_address_that_cannot_be_used_is_told(bench: Bench, ping: str, words: str) -> None:
    """The sentence names the file or the host."""
    done = bench.run(WORK, job=f"{JOB}  push: {{ping: {{{ping}}}}}\n")

    assert words in done.stdout
    assert done.returncode == (0 if words else 78)


def test_a_secret_address_and_a_token_come_from_files(bench: Bench, tmp_path: Path) -> None:
    """Over TLS with a private CA; neither stands in the log."""
    with listening(tmp_path) as endpoint:
        (tmp_path / "token").write_text("s3cret-of-the-gateway\n")
        (tmp_path / "ping").write_text(f"{endpoint.url}/{UUID}\n")
        tls = f"caFile: {endpoint.ca_file}"
        gateway = f"{{url: '{endpoint.url}', tokenFile: {tmp_path / 'token'}, {tls}}}"
        ping = f"{{urlFile: {tmp_path / 'ping'}, {tls}}}"

        done = bench.run(WORK, job=f"{JOB}  push: {{pushgateway: {gateway}, ping: {ping}}}\n")

    assert endpoint.authorization == ["Bearer s3cret-of-the-gateway", None]
    assert "push.failed" not in done.stdout
    assert "s3cret" not in done.stdout + done.stderr
    assert UUID not in done.stdout + done.stderr
