"""`exo-emulator selftest` tells whether an emulator works, and what in it does not."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from emulator.clock import system_clock
from emulator.selftest.checks import CHECKS
from emulator.selftest.running import selftest
from emulator.serve import Order, Served, sample_world, serving_order
from emulator.sockets import Ports
from emulator.testing import Fault
from tests.emulator.served import finished, running_in


@pytest.mark.behaviour("control.selftest")
def test_an_installation_tests_itself():
    """Without options an emulator is started, and every check is good."""
    done = finished("selftest")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split(maxsplit=1) for line in done.stdout.splitlines()] == [
        ["ok", name] for name in CHECKS
    ]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A server with ten mailboxes, in this process."""
    world = sample_world(mailboxes=10, seed=7, settings={})
    order = Order(world=world, ports=Ports(), folder=None, projected_token_life=timedelta(hours=1))
    with serving_order(order, clock=system_clock) as started:
        yield started


@pytest.fixture
def running(served: Served) -> Served:
    """That server, as at its beginning."""
    served.played.reset()
    return served


def test_a_running_one_is_as_it_was(running: Served):
    """By its state folder; what was written is taken back, and no fault stays."""
    done = finished("selftest", "--state-dir", running.folder.path, "--output", "json")
    report = json.loads(done.stdout)
    assert (report["passed"], report["failed"], report["skipped"]) == (len(CHECKS), 0, 0)
    assert running.played.faults.states == []
    again = json.loads(
        finished("selftest", "--state-dir", running.folder.path, "--output", "json").stdout
    )
    assert again == report


def test_by_its_url_alone_the_proxy_is_not_reached(running: Served):
    """What cannot be checked is told and is no failure."""
    url = running.guide.url.replace("127.0.0.1", "localhost")
    done = finished(
        "selftest", "--state-dir", running.folder.path, "--url", url, "--output", "json"
    )
    report = json.loads(done.stdout)
    assert (done.returncode, report["skipped"], report["failed"]) == (0, 3, 0)


FAULTS = {
    "discovery of the tenant": {"path": "/v2.0/.well-known", "status": 500},
    "signing keys verify a token": {"path": "/discovery/v2.0/keys", "body": '{"keys": []}'},
    "refusal of a wrong secret": {"path": "/oauth2/v2.0/token", "after": 4, "status": 503},
    "InvokeCommand, page by page": {"cmdlet": "Get-Mailbox", "after": 1, "status": 400},
    "write, and read back": {"cmdlet": "Set-Mailbox", "status": 500},
    "Get-EXO resource": {"method": "GET", "path": "/Mailbox", "status": 404},
    "metadata service": {"path": "/metadata/", "status": 200},
}


@pytest.mark.behaviour("control.selftest.failure")
@pytest.mark.parametrize(("name", "fault"), FAULTS.items(), ids=list(FAULTS))
def test_a_failure_is_told(running: Served, name: str, fault: dict[str, object]):
    """The check says what was expected and what came, and the others go on."""
    running.played.faults.add(Fault.model_validate(fault))
    report = selftest(running.folder.path, None, clock=system_clock)
    lines = report.text.splitlines()
    assert not report.is_good
    assert [line.partition(": ")[0] for line in lines if not line.startswith("ok")] == [
        f"FAILED   {name}"
    ]
    assert "; came " in report.text
    assert len(lines) == len(CHECKS)


def test_no_secret_is_told(running: Served):
    """Whatever fails, neither tokens nor the secrets of the folder are printed."""
    running.played.faults.add(Fault(path="/", status=500, times=None))
    report = selftest(running.folder.path, None, clock=system_clock)
    for name in ("client-secret", "projected-token", "pfx-password"):
        assert (running.folder.path / name).read_text() not in report.text + report.json


WRONG = {
    "no emulator": (["--state-dir", "/nowhere"], 73),
    "a URL without a folder": (["--url", "https://127.0.0.1:1"], 2),
}


@pytest.mark.parametrize(("arguments", "code"), WRONG.values(), ids=WRONG)
def test_a_wrong_command_line_is_told(arguments, code):
    """One sentence, and no check."""
    done = finished("selftest", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert "--state-dir" in done.stderr or "emulator.json" in done.stderr


def test_a_damaged_ready_file_is_told(tmp_path: Path):
    """A file of something else is no emulator."""
    (tmp_path / "emulator.json").write_text('{"url": 1}')
    done = finished("selftest", "--state-dir", tmp_path)
    assert done.returncode == 73
    assert "is not what exo-emulator writes" in done.stderr


def test_one_that_is_gone_fails_each_check(tmp_path: Path):
    """Where nothing answers, each check says so."""
    with running_in(tmp_path / "state") as running:
        said = (running.folder / "emulator.json").read_text()
    (tmp_path / "state" / "emulator.json").write_text(said)
    done = finished("selftest", "--state-dir", tmp_path / "state")
    assert done.returncode == 1
    assert len([line for line in done.stdout.splitlines() if line.startswith("FAILED")]) == len(
        CHECKS
    )
