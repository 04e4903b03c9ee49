"""Prometheus's own tools read the sidecar's metrics without a complaint."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from sidecar.testing import Sidecar, running, until
from tests.sidecar.conftest import configure, emulator, folder

__all__ = ["configure", "emulator", "folder"]

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
CREDENTIALS = {
    "a": "{workloadIdentity: {tokenFile: projected}}",
    "b": "{certificate: {file: client.pem}}",
}


@pytest.fixture(scope="session")
def tools() -> Path:
    """Where promtool and prometheus are."""
    found = subprocess.run(
        [ROOT / "tools" / "prometheus"], capture_output=True, text=True, check=False
    )
    if found.returncode != 0:
        pytest.skip(found.stderr.strip())
    return Path(found.stdout.strip())


@pytest.fixture
def sidecar(configure: Callable[..., Path], tmp_path: Path) -> Iterator[Sidecar]:
    """A sidecar that has written two tokens."""
    with running(configure(**CREDENTIALS), tmp_path) as sidecar:
        until(lambda: sidecar.get("/readyz")[0] == 200, "both tokens")
        yield sidecar


def test_promtool_has_nothing_to_say_of_the_metrics(sidecar: Sidecar, tools: Path) -> None:
    """Names, types, help and units are as Prometheus wants them."""
    text = sidecar.get("/metrics")[1]
    check = subprocess.run(
        [tools / "promtool", "check", "metrics"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (check.returncode, check.stdout, check.stderr) == (0, "", "")


def test_a_real_prometheus_scrapes_them(sidecar: Sidecar, tools: Path, tmp_path: Path) -> None:
    """It is up, and every target's expiry and failures can be asked for."""
    (started,) = sidecar.events("sidecar.started")
    job = {
        "job_name": "exo",
        "scrape_interval": "1s",
        "static_configs": [{"targets": [f"127.0.0.1:{started['port']}"]}],
    }
    (tmp_path / "prometheus.yml").write_text(json.dumps({"scrape_configs": [job]}))
    with _prometheus(tools, tmp_path) as address:
        until(lambda: _values(address, 'up{job="exo"}') == {"": 1.0}, "a scrape")
        expiries = _values(address, "exo_token_expiration_timestamp_seconds")
        failures = _values(address, "sum by (target) (exo_token_refresh_failures_total)")
        problems = _values(address, "exo_token_config_last_reload_successful")
    assert expiries.keys() == {"a/exchange", "b/exchange"}
    assert failures == {"a/exchange": 0.0, "b/exchange": 0.0}
    assert problems == {"": 1.0}


@contextmanager
def _prometheus(tools: Path, folder: Path) -> Iterator[str]:
    log = folder / "prometheus.log"
    with log.open("wb") as output:
        argv = [
            tools / "prometheus",
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            "--web.listen-address=127.0.0.1:0",
            "--log.format=json",
        ]
        with subprocess.Popen(argv, stdout=output, stderr=output, cwd=folder) as process:
            try:
                until(lambda: "Server is ready" in log.read_text(), "Prometheus")
                yield _address(log)
            finally:
                process.terminate()


def _address(log: Path) -> str:
    lines = (json.loads(line) for line in log.read_text().splitlines() if line.startswith("{"))
    return next((str(each["address"]) for each in lines if each.get("msg") == "Listening on"), "")


def _values(address: str, query: str) -> dict[str, float]:
    url = f"http://{address}/api/v1/query?{urlencode({'query': query})}"
    with urlopen(url, timeout=10) as answer:
        found = json.load(answer)["data"]["result"]
    return {each["metric"].get("target", ""): float(each["value"][1]) for each in found}
