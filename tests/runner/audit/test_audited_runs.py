"""Runs leave an audit that can be verified; one that is required and fails stops them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.runner.audit.endpoint import Endpoint, listening
from tests.runner.conftest import CANARY, JOB, Bench

FINISHED = "say('finished', ending='completed', script_exit_code=None, error=None)\n"
CONNECTED = (
    "say('connected', resource='exchange', sequence=1, reason='start', module_version='3.9.2')\n"
)
WORK = (
    CONNECTED
    + CONNECTED
    + "say('output', records=[1, 2])\nopen('note.txt', 'w').write('x')\n"
    + "say('item', id='a', status='succeeded', detail='')\n"
    + FINISHED
)
REQUIRED = JOB + "  audit: {required: true}\n"


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[Endpoint]:
    """An endpoint that listens."""
    with listening(tmp_path) as found:
        yield found


def audit_of(folder: Path) -> list[dict[str, object]]:
    """Return the events of a run."""
    return [json.loads(line) for line in (folder / "audit.ndjson").read_text().splitlines()]


def result_of(folder: Path) -> dict[str, object]:
    """Return what a run says of itself."""
    found: dict[str, object] = json.loads((folder / "result.json").read_text())
    return found


def verify(*argv: str) -> subprocess.CompletedProcess[str]:
    """Run `exo-job verify`."""
    return subprocess.run(
        [sys.executable, "-m", "runner", "verify", *argv],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def sent_to(endpoint: Endpoint, *, required: bool = False, more: str = "") -> str:
    """Return a job whose audit goes to *endpoint*."""
    https = f"{{url: '{endpoint.url}', caFile: {endpoint.ca_file}, deliverWithin: 3s{more}}}"
    return JOB + f"  audit: {{required: {str(required).lower()}, https: {https}}}\n"


def test_every_run_leaves_its_events_in_a_chain(bench: Bench) -> None:
    """Start, connect, reconnect, item and finish, verified with the head in the last word."""
    done = bench.run(WORK)

    folder = bench.run_folder()
    assert [each["type"] for each in audit_of(folder)] == [
        "exo-jobs.run.started",
        "exo-jobs.session.connected",
        "exo-jobs.session.reconnected",
        "exo-jobs.item.finished",
        "exo-jobs.run.finished",
    ]
    head = json.loads((bench.folder / "last-word").read_text())["audit"]
    assert done.returncode == 0
    assert head["count"] == 5
    assert verify(str(folder), "--head", head["sha256"], "--count", "5").returncode == 0
    assert verify(str(folder)).stdout.endswith("whole\n")


def test_the_start_says_what_runs_and_who_asked(bench: Bench) -> None:
    """Digests of what runs, and the pod's annotations, are in the first line."""
    annotations = bench.folder / "annotations"
    annotations.write_text(
        'exo-jobs/requested-by="ann\\"e@contoso.com"\nexo-jobs/git-commit="abc"\nother="x"\n'
    )

    bench.run(
        FINISHED, "--annotations", str(annotations), "--image-digest", "sha256:1", "-p", "Days=7"
    )

    data = audit_of(bench.run_folder())[0]["data"]
    assert isinstance(data, dict)
    record = json.loads((bench.run_folder() / "run.json").read_text())
    assert {name: data[name] for name in record} == record
    assert (data["requested_by"], data["git_commit"]) == ('ann"e@contoso.com', "abc")
    assert data["image"] == "sha256:1"
    assert len(data["pwsh"]["sha256"]) == 64
    assert data["ocsf"]["class_uid"] == 1009


def test_a_secret_is_proved_by_a_key_alone(bench: Bench) -> None:
    """A secret parameter is in no line; with a key, its keyed digest is."""
    job = JOB.replace("    Days:", "    Password: {type: string, secret: true}\n    Days:")
    (bench.folder / "params.yaml").write_text("Password: canary-password-1\n")
    (bench.folder / "key").write_text("the key\n")
    params = ("--params-file", str(bench.folder / "params.yaml"))

    bench.run(FINISHED, *params, "--audit-key-file", str(bench.folder / "key"), job=job)

    text = (bench.run_folder() / "audit.ndjson").read_text()
    data = json.loads(text.splitlines()[0])["data"]
    assert len(data["secrets"]["Password"]) == 64
    assert "canary-password" not in text
    assert CANARY not in text


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a line": (
        lambda folder: (folder / "audit.ndjson").write_text(
            (folder / "audit.ndjson").read_text().replace('"sequence":1,', '"sequence":9,', 1)
        ),
        "does not follow from the line before",
    ),
    "the end": (
        lambda folder: (folder / "audit.ndjson").write_text(
            "".join((folder / "audit.ndjson").read_text().splitlines(keepends=True)[:-1])
        ),
        "there are 4 lines, and 5 were written",
    ),
    "a part of a line": (
        lambda folder: (folder / "audit.ndjson").write_text(
            (folder / "audit.ndjson").read_text()[:-9]
        ),
        "line 5 has no end: it was cut",
    ),
    "an output": (
        lambda folder: (folder / "output.csv").write_text("other"),
        "output.csv is not the file that the run left",
    ),
    "a file of the script": (
        lambda folder: (folder / "files" / "note.txt").unlink(),
        "files/note.txt: No such file or directory",
    ),
    "the result": (
        lambda folder: (folder / "result.json").write_text(
            (folder / "result.json").read_text().replace('"succeeded"', '"failed"', 1)
        ),
        "result.json says status failed, the audit succeeded",
    ),
}


@pytest.mark.parametrize(("damage", "why"), DAMAGE.values(), ids=DAMAGE)
def test_what_was_changed_afterwards_is_named(
    bench: Bench, damage: Callable[[Path], object], why: str
) -> None:
    """`exo-job verify` says what is not as it was written, and ends with 78."""
    bench.run(WORK)
    damage(bench.run_folder())

    done = verify(str(bench.run_folder()))

    assert done.returncode == 78
    assert why in done.stdout
    assert json.loads(verify(str(bench.run_folder()), "--output", "json").stdout)["whole"] is False


def test_a_place_without_an_audit_is_told(tmp_path: Path) -> None:
    """Nothing to verify is not a proof."""
    assert verify(str(tmp_path)).returncode == 66


def test_lines_reach_the_endpoint_with_its_token(bench: Bench, endpoint: Endpoint) -> None:
    """Every line arrives as it stands in the file, with the bearer token of a file."""
    (bench.folder / "bearer").write_text("canary-bearer\n")

    done = bench.run(WORK, job=sent_to(endpoint, more=f", tokenFile: {bench.folder / 'bearer'}"))

    assert done.returncode == 0, done.stderr
    folder = bench.run_folder()
    assert endpoint.lines == (folder / "audit.ndjson").read_bytes().splitlines()
    assert set(endpoint.authorization) == {"Bearer canary-bearer"}
    assert "canary-bearer" not in done.stdout + "".join(
        each.read_text() for each in folder.rglob("*.*json*")
    )


def test_an_endpoint_that_fails_is_asked_again(bench: Bench, endpoint: Endpoint) -> None:
    """What was refused for a moment is sent again, in order and once."""
    endpoint.answers = [503, 500]

    bench.run(WORK, job=sent_to(endpoint))

    folder = bench.run_folder()
    assert endpoint.lines == (folder / "audit.ndjson").read_bytes().splitlines()
    assert result_of(folder)["audit"]["undelivered"] == 0  # type: ignore[index]


def test_what_is_not_delivered_is_counted_and_stays(bench: Bench, endpoint: Endpoint) -> None:
    """Where nothing is required, an endpoint that never takes anything costs a warning."""
    endpoint.answers = [500] * 99

    done = bench.run(WORK, job=sent_to(endpoint))

    assert done.returncode == 0
    assert result_of(bench.run_folder())["audit"]["undelivered"] == 5  # type: ignore[index]
    assert "audit.failed" in done.stdout
    assert verify(str(bench.run_folder())).returncode == 0


def test_a_reader_of_the_log_that_goes_away_breaks_no_chain(bench: Bench) -> None:
    """Lines also go to standard output; that nobody reads it costs nothing of the audit."""
    bench.write(WORK, JOB + "  audit: {stdout: true}\n")
    with subprocess.Popen(bench.argv(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        assert b"exo-jobs.run.started" in child.stdout.readline()
        child.stdout.close()
        assert child.wait(timeout=60) == 0

    assert len(audit_of(bench.run_folder())) == 5
    assert verify(str(bench.run_folder())).returncode == 0


BEFORE: dict[str, Callable[[Bench, Endpoint], str]] = {
    "an endpoint that refuses": lambda _, endpoint: (
        endpoint.answers.append(403) or sent_to(endpoint, required=True)
    ),
    "an endpoint that is not trusted": lambda _, endpoint: sent_to(endpoint, required=True).replace(
        f"caFile: {endpoint.ca_file}, ", ""
    ),
    "an endpoint that is not there": lambda _, endpoint: sent_to(endpoint, required=True).replace(
        str(endpoint.server_port), "1"
    ),
    "a bearer token that is not there": lambda bench, endpoint: sent_to(
        endpoint, required=True, more=f", tokenFile: {bench.folder / 'none'}"
    ),
}


@pytest.mark.parametrize("job", BEFORE.values(), ids=BEFORE)
def test_nothing_starts_without_the_audit_that_is_required(
    bench: Bench, endpoint: Endpoint, job: Callable[[Bench, Endpoint], str]
) -> None:
    """When the first line cannot be delivered, pwsh is never started, and the code is 86."""
    done = bench.run("open('ran', 'w')\n" + WORK, job=job(bench, endpoint))

    folder = bench.run_folder()
    assert done.returncode == 86
    assert result_of(folder)["pwsh_exit_code"] is None
    assert not (folder / "files" / "ran").exists()


def test_a_required_audit_that_fails_at_the_end_is_the_end(
    bench: Bench, endpoint: Endpoint
) -> None:
    """Lines that are not delivered in time make a run that succeeded end with 86."""
    script = WORK.replace(FINISHED, "") + FINISHED
    endpoint.answers = [204] + [500] * 99

    done = bench.run(script, job=sent_to(endpoint, required=True))

    assert done.returncode == 86
    assert result_of(bench.run_folder())["rule"] == "audit.required"


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="needs prlimit")
def test_a_file_that_cannot_grow_stops_a_run_whose_audit_is_required(bench: Bench) -> None:
    """When the audit's own file is full while the script works, the script is stopped with 86."""
    items = "for n in range(10_000): say('item', id=str(n), status='succeeded', detail='')\n"
    bench.write(items + "import time\ntime.sleep(60)\n", REQUIRED)

    done = bench.start_and_wait(["prlimit", "--fsize=20000", *bench.argv()])

    assert done.returncode == 86
    result = result_of(bench.run_folder())
    assert (result["class"], result["rule"]) == ("audit", "audit.required")
