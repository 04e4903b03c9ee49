"""What an endpoint did not take of an audit is delivered later, in order and at least once."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.audit.redelivery import waiting_in
from tests.runner.audit.endpoint import Endpoint, listening
from tests.runner.audit.test_audited_runs import FINISHED, WORK, sent_to
from tests.runner.conftest import Bench


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[Endpoint]:
    """An endpoint that listens."""
    with listening(tmp_path) as found:
        yield found


def deliver(endpoint: Endpoint, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run `exo-job deliver` to *endpoint*."""
    options = ("--url", endpoint.url, "--ca-file", str(endpoint.ca_file), *argv)
    return subprocess.run(
        [sys.executable, "-m", "runner", "deliver", *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_lines_that_are_missing_come_later(bench: Bench, endpoint: Endpoint) -> None:
    """A run whose endpoint was down leaves its last lines, which are sent once, and no more."""
    endpoint.answers = [500] * 100
    assert bench.run(WORK, job=sent_to(endpoint)).returncode == 0
    folder = bench.run_folder()
    written = (folder / "audit.ndjson").read_bytes().splitlines()
    assert json.loads((folder / "result.json").read_text())["audit"]["undelivered"] == 5
    endpoint.answers = []

    done = deliver(endpoint, str(folder))
    again = deliver(endpoint, str(folder))

    assert (done.returncode, again.returncode) == (0, 0)
    assert endpoint.lines == written
    assert "0 lines delivered, 5 before" in again.stdout


def test_what_was_taken_is_not_sent_again_unless_asked_for(
    bench: Bench, endpoint: Endpoint
) -> None:
    """A run that delivered all has nothing to send; --all sends it all the same."""
    bench.run(FINISHED, job=sent_to(endpoint))
    folder = bench.run_folder()
    before = list(endpoint.lines)

    assert "0 lines delivered" in deliver(endpoint, str(folder)).stdout
    assert endpoint.lines == before
    assert deliver(endpoint, str(folder), "--all").returncode == 0
    assert endpoint.lines == before * 2


def test_a_crashed_run_and_a_cut_line(tmp_path: Path) -> None:
    """Without a result every whole line waits; one that was cut never was a line."""
    (tmp_path / "audit.ndjson").write_bytes(b"1\n2\n3")

    assert list(waiting_in(tmp_path).lines) == [b"1\n", b"2\n"]


@pytest.mark.parametrize("note", ["", "[]", '{"count": "x"}', '{"count": 9}'])
def test_a_damaged_note_loses_no_line(tmp_path: Path, note: str) -> None:
    """What cannot be read is as if it were not there; a count beyond the end is the end."""
    (tmp_path / "audit.ndjson").write_bytes(b"1\n2\n")
    (tmp_path / "audit-delivered.json").write_text(note)

    assert len(waiting_in(tmp_path).lines) == (0 if "9" in note else 2)


def test_what_is_refused_is_told_and_goes_on_where_it_stopped(
    bench: Bench, endpoint: Endpoint
) -> None:
    """Batches that were taken stay taken, whatever happens to the next."""
    folder = bench.folder / "run"
    folder.mkdir()
    (folder / "audit.ndjson").write_bytes(b"".join(b"%d\n" % each for each in range(600)))
    endpoint.answers = [204, 503]

    done = deliver(endpoint, str(folder))

    assert (done.returncode, "answers 503" in done.stderr) == (86, True)
    assert len(endpoint.lines) == 256
    assert deliver(endpoint, str(folder)).returncode == 0
    assert endpoint.lines == [b"%d" % each for each in range(600)]


def test_wrong_input_is_refused(endpoint: Endpoint, tmp_path: Path) -> None:
    """No audit, and no https, each with its code and sentence."""
    missing = deliver(endpoint, str(tmp_path))
    clear = deliver(endpoint, str(tmp_path), "--url", "http://x/")

    assert (missing.returncode, "audit.ndjson: cannot be read" in missing.stderr) == (66, True)
    assert (clear.returncode, "must begin with https://" in clear.stderr) == (64, True)
