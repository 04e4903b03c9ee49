"""The real command where the world around it misbehaves; pwsh is played."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.runner.conftest import JOB, Bench

DONE = 'say("finished", ending="completed", script_exit_code=None, error=None)\n'
DEAF = "import signal, time\nfor each in (2, 15): signal.signal(each, signal.SIG_IGN)\n"


def result_of(bench: Bench):
    """Return what the run left."""
    return json.loads((bench.run_folder() / "result.json").read_text())


def last_word(bench: Bench):
    """Return the termination message."""
    return json.loads((bench.folder / "last-word").read_text())


def await_line(child: subprocess.Popen[str], words: str) -> None:
    """Read the log until *words* come; the test's own time limit is the deadline."""
    assert child.stdout is not None
    for line in child.stdout:
        if words in line:
            return
    pytest.fail(f"the log ended without {words}")


def await_path(path: Path, child: subprocess.Popen[str]) -> None:
    """Poll until *path* is there, as long as *child* lives, for half a minute at most."""
    deadline = time.monotonic() + 30
    while not path.exists():
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("job", "more", "code", "failure_class", "words"),
    [
        pytest.param(JOB, ("-p", "Days=x", "-p", "No=1"), 65, "input", ["Days", "No"], id="values"),
        pytest.param(JOB + "extra: 1\n", (), 78, "config", ["extra: unknown key"], id="spec"),
        pytest.param(JOB, ("--pwsh", "/none"), 70, "runtime", ["/none"], id="no pwsh"),
        pytest.param(JOB, ("--connection", "../x"), 64, "usage", ["../x"], id="connection"),
        pytest.param(JOB.replace("script.ps1", "no.ps1"), (), 66, "input", ["no.ps1"], id="script"),
    ],
)
def test_a_refusal_is_the_last_word(bench: Bench, *, job, more, code, failure_class, words):
    """What speaks against a run stands where Kubernetes users look, with its code and class."""
    assert bench.run(DONE, *more, job=job).returncode == code
    said = last_word(bench)
    assert (said["exit_code"], said["class"], said["status"]) == (code, failure_class, "failed")
    assert said["rule"] == "preflight.refused"
    assert all(word in said["reason"] for word in words)


def test_a_long_refusal_is_cut_to_what_kubernetes_keeps(bench: Bench):
    """Four kilobytes are all that is kept, so the message is whole JSON within them."""
    many = [each for number in range(300) for each in ("-p", f"Unknown{number}=1")]
    assert bench.run(DONE, *many).returncode == 65
    assert len((bench.folder / "last-word").read_bytes()) <= 4096
    assert "Unknown0" in last_word(bench)["reason"]


def test_a_wrong_command_line_is_the_last_word_too(bench: Bench):
    """A missing argument is 64, in the termination log that was named."""
    argv = bench.argv()
    argv.remove(str(bench.folder / "job.yaml"))
    assert bench.start_and_wait(argv).returncode == 64
    assert last_word(bench)["class"] == "usage"


def test_a_run_that_takes_too_long_is_timed_out(bench: Bench):
    """A script that keeps talking is ended by the limit of the whole run."""
    job = JOB.replace("stop: 2s", "stop: 1s, run: 400ms")
    script = "import time\nwhile True: say('verbose', message='x'); time.sleep(0.05)\n"
    done = bench.run(script, job=job)
    assert (done.returncode, result_of(bench)["rule"]) == (124, "timeout.run")


def test_a_second_sigterm_hurries(bench: Bench):
    """Each further signal takes the next step at once, so a deaf child dies long before `stop`."""
    bench.write(DEAF + "print('up', flush=True)\ntime.sleep(90)\n", JOB.replace("2s", "10m"))
    with subprocess.Popen(bench.argv(), stdout=subprocess.PIPE, text=True) as child:
        await_line(child, "script.text")
        deadline = time.monotonic() + 30
        while child.poll() is None and time.monotonic() < deadline:
            child.send_signal(signal.SIGTERM)
            time.sleep(0.05)
    assert (child.returncode, result_of(bench)["status"]) == (143, "terminated")


def test_sigterm_ends_the_wait_for_a_token(bench: Bench):
    """A run that waits for its token ends as terminated, without its patience running out."""
    (bench.folder / "tokens" / "contoso" / "exchange.json").unlink()
    bench.write(DONE, JOB.replace("300ms", "10m"))
    with subprocess.Popen(bench.argv(), stdout=subprocess.PIPE, text=True) as child:
        deadline = time.monotonic() + 30
        while not list(bench.folder.glob("runs/*/script.ps1")):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=30)
    assert child.returncode == 143
    assert result_of(bench)["pwsh_exit_code"] is None


def test_more_objects_than_allowed_fail_the_run(bench: Bench):
    """The limit is written, the rest is not, and the code says that the contract broke."""
    job = JOB.replace("[csv, jsonl]", "jsonl, maxRecords: 2")
    done = bench.run('say("output", records=[1, 2, 3])\n' + DONE, job=job)
    assert (done.returncode, result_of(bench)["rule"]) == (83, "output.max_records")
    assert (bench.run_folder() / "output.jsonl").read_text() == "1\n2\n"


SECRET = "hush-canary-4711"


def test_a_secret_parameter_is_nowhere_but_in_the_script(bench: Bench):
    """A script gets its secret; no file, log, argv or environment shows it."""
    job = JOB.replace("    Days", "    Key: {secret: true}\n    Days")
    (bench.folder / "secrets.yaml").write_text(f"Key: {SECRET}\n")
    script = (
        f"assert parameters['Key'] == {SECRET[:4]!r} + {SECRET[4:]!r}\n"
        "say('warning', message='a ' + parameters['Key'])\n"
        "say('output', records=[{'Key': parameters['Key']}])\n"
        "print(parameters['Key'], flush=True)\n"
        "seen = ' '.join([*sys.argv, *os.environ.values()])\n"
        "say('output', records=[{'Key': parameters['Key'] in seen}])\n"
    )
    done = bench.run(script + DONE, "--params-file", str(bench.folder / "secrets.yaml"), job=job)
    assert done.returncode == 0, done.stdout + done.stderr
    texts = [each.read_text() for each in bench.run_folder().rglob("*") if each.is_file()]
    assert not [
        text for text in [*texts, done.stdout, done.stderr, str(last_word(bench))] if SECRET in text
    ]
    rows = (bench.run_folder() / "output.jsonl").read_text().splitlines()
    assert rows == ['{"Key":"***"}', '{"Key":false}']
    assert not (bench.run_folder() / "tmp").exists()


def test_the_parents_environment_stays_outside(bench: Bench):
    """A canary variable of the runner is not in what the script sees."""
    bench.write("say('output', records=[sorted(os.environ)])\n" + DONE)
    environment = {**os.environ, "CANARY_VARIABLE": "canary-value"}
    done = subprocess.run(
        bench.argv(), env=environment, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0
    seen = (bench.run_folder() / "output.jsonl").read_text()
    assert "POWERSHELL_TELEMETRY_OPTOUT" in seen
    assert "CANARY" not in seen


def test_a_run_directory_that_vanishes_is_told(bench: Bench):
    """When the directory is removed under a run, code, log and last word still say so."""
    done = bench.run("import shutil\nshutil.rmtree(os.path.dirname(plan['script']))\n" + DONE)
    assert (done.returncode, last_word(bench)["exit_code"]) == (73, 73), done.stderr
    assert "run.unrecorded" in done.stdout
    assert "Traceback" not in done.stderr + done.stdout


def test_a_last_word_that_cannot_be_written_changes_nothing(bench: Bench):
    """The termination log is a courtesy: without it the run is what it was, and the log tells."""
    (bench.folder / "last-word").mkdir()
    done = bench.run(DONE)
    assert done.returncode == 0
    assert "termination.unwritten" in done.stdout


def test_a_reader_that_leaves_changes_nothing(bench: Bench):
    """A closed standard output neither hangs the run nor takes its result or its code."""
    bench.write("for _ in range(2000): say('warning', message='x' * 100)\n" + DONE)
    with subprocess.Popen(
        bench.argv(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        await_line(child, "pwsh.started")
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        said = child.stderr.read()
        child.wait(timeout=60)
    assert (child.returncode, said) == (0, "")
    assert result_of(bench)["counts"]["warning"] == 2000


def test_two_runs_at_once_do_not_meet(bench: Bench):
    """Each run has a directory of its own, also when both begin in the same second."""
    bench.write(DONE)
    children = [subprocess.Popen(bench.argv(), stdout=subprocess.PIPE) for _ in range(2)]
    for child in children:
        child.communicate(timeout=60)
    assert [child.returncode for child in children] == [0, 0]
    assert len(list(bench.folder.glob("runs/*/result.json"))) == 2


def test_a_killed_runner_leaves_a_record_without_a_result(bench: Bench):
    """After kill -9 there is run.json alone, and the next start is not disturbed."""
    bench.write("import time\nPath('pid').write_text(str(os.getpid()))\ntime.sleep(30)\n")
    with subprocess.Popen(bench.argv(), stdout=subprocess.PIPE, text=True) as child:
        await_line(child, "pwsh.started")
        (first,) = (bench.folder / "runs").iterdir()
        await_path(first / "files" / "pid", child)
        child.kill()
        child.wait(timeout=30)
        assert (first / "run.json").exists()
        assert not (first / "result.json").exists()
        bench.write(DONE)
        assert bench.start_and_wait(bench.argv()).returncode == 0
        os.kill(int((first / "files" / "pid").read_text()), signal.SIGKILL)
    assert not (first / "result.json").exists()


def test_a_pwsh_that_does_not_start_is_no_storage_problem(bench: Bench):
    """A program whose interpreter is missing is 70, and the reason names it."""
    broken = bench.folder / "broken"
    broken.write_text("#!/no/such/interpreter\n")
    broken.chmod(0o755)
    done = bench.run(DONE, "--pwsh", str(broken))
    assert (done.returncode, result_of(bench)["rule"]) == (70, "pwsh.not_started")
    assert "broken" in result_of(bench)["reason"]


def test_a_property_without_a_column_is_told_once(bench: Bench):
    """One line in the log at the first time, and a warning in the result."""
    script = "for _ in range(3): say('output', records=[{'A': 1}, {'A': 2, 'B': 3}])\n"
    done = bench.run(script + DONE)
    assert done.stdout.count("script.output_columns") == 1
    assert result_of(bench)["status"] == "succeeded_with_warnings"
    assert "no column for B" in result_of(bench)["reason"]


def test_a_run_leaves_nothing_for_others_to_read(bench: Bench):
    """Folders are 0700 and files 0600."""
    assert bench.run(DONE).returncode == 0
    root = bench.run_folder()
    modes = {oct(path.stat().st_mode & 0o777) for path in root.rglob("*") if path.is_file()}
    assert (oct(root.stat().st_mode & 0o777), modes) == ("0o700", {"0o600"})
