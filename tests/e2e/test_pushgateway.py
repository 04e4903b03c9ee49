"""A real Pushgateway keeps what runs tell it."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from sidecar.testing import until
from tests.e2e.test_prometheus import tools
from tests.runner.conftest import JOB, Bench, bench

__all__ = ["bench", "tools"]

pytestmark = pytest.mark.e2e

WORK = "say('output', records=[1, 2])\n"
FINISHED = "say('finished', ending='completed', script_exit_code=None, error=None)\n"
_SAMPLE = re.compile(r"^(exo_job_\w+)\{([^}]*)\} (\S+)$", re.MULTILINE)


def test_a_gateway_has_the_last_run_and_the_last_success(bench: Bench, tools: Path) -> None:
    """After a success and a failure it tells of both, in one group for the job."""
    with _gateway(tools, bench.folder) as url:
        job = f"{JOB}  push: {{pushgateway: {{url: '{url}', labels: {{namespace: mail}}}}}}\n"
        assert bench.run(WORK + FINISHED, job=job).returncode == 0
        after_success = _samples(url)
        assert bench.run(WORK, job=job).returncode == 70
        after_failure = _samples(url)

    name = "exo_job_last_success_timestamp_seconds"
    assert after_failure[name] == after_success[name]
    assert after_success["exo_job_last_run_successful"] == 1
    assert after_failure["exo_job_last_run_successful"] == 0
    assert after_failure["exo_job_last_exit_code"] == 70
    assert after_failure["exo_job_last_records"] == 2


def _samples(url: str) -> dict[str, float]:
    with urlopen(f"{url}/metrics", timeout=10) as answer:  # noqa: S310 - loopback, just above
        text = answer.read().decode()
    found = {name: (labels, float(value)) for name, labels, value in _SAMPLE.findall(text)}
    assert {labels for labels, _ in found.values()} == {
        'instance="",job="exo-jobs",namespace="mail",task="sample"'
    }
    return {name: value for name, (_, value) in found.items()}


@contextmanager
def _gateway(tools: Path, folder: Path) -> Iterator[str]:
    log = folder / "gateway.log"
    argv = [tools / "prometheus-pushgateway", "--web.listen-address=127.0.0.1:0"]
    with (
        log.open("wb") as output,
        subprocess.Popen(argv, stdout=output, stderr=output, env=os.environ) as process,
    ):
        try:
            until(lambda: _address(log) is not None, "the gateway")
            yield f"http://{_address(log)}"
        finally:
            process.terminate()


def _address(log: Path) -> str | None:
    found = re.search(r"address=(127\.0\.0\.1:\d+)", log.read_text())
    return found[1] if found else None
