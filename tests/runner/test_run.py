"""The real command, with pwsh played by a child process."""

import json
import signal
import subprocess
import time
from typing import Any

import pytest

from tests.runner.conftest import CANARY, JOB, Bench

DONE = 'say("finished", ending="completed", script_exit_code=None, error=None)\n'
ERROR = 'dict(message="boom", category="", id="X", exception=["System.Exception: boom"])'


def result_of(bench: Bench) -> dict[str, Any]:
    """Return what the run left."""
    found: dict[str, Any] = json.loads((bench.run_folder() / "result.json").read_text())
    return found


def test_a_completed_script_leaves_whole_outputs(bench: Bench) -> None:
    """Objects come out as CSV and JSON Lines, and the result says succeeded."""
    script = 'say("output", records=[{"Name": "a", "Size": 1}, {"Name": "b", "Size": None}])\n'
    done = bench.run(script + DONE)
    assert done.returncode == 0, done.stderr + done.stdout
    assert (bench.run_folder() / "output.csv").read_bytes() == b"Name,Size\r\na,1\r\nb,\r\n"
    lines = (bench.run_folder() / "output.jsonl").read_text().splitlines()
    assert [json.loads(line)["Name"] for line in lines] == ["a", "b"]
    assert result_of(bench)["status"] == "succeeded"
    assert not (bench.run_folder() / "tmp").exists()
    assert json.loads((bench.folder / "last-word").read_text())["exit_code"] == 0


def finished(ending: str, code: int | None = None, error: str = ERROR) -> str:
    """Return a script that ends so."""
    return f'say("finished", ending={ending!r}, script_exit_code={code}, error={error})\n'


@pytest.mark.parametrize(
    ("script", "code", "rule"),
    [
        pytest.param(finished("threw"), 80, "script.terminating_error", id="throw"),
        pytest.param(finished("exited", 3), 81, "script.exit", id="exit 3"),
        pytest.param(finished("exited", 0), 0, "script.completed", id="exit 0"),
        pytest.param(finished("syntax_error"), 78, "pwsh.syntax_error", id="syntax error"),
        pytest.param(finished("bad_parameters"), 65, "pwsh.bad_parameters", id="parameters"),
        pytest.param(finished("no_module"), 70, "pwsh.no_module", id="no module"),
        pytest.param(finished("missing_cmdlets"), 77, "pwsh.missing_cmdlets", id="no cmdlets"),
        pytest.param(
            finished("connect_failed", error='dict(message="UnAuthorized")'),
            84,
            "connect.unauthorized",
            id="token refused at connect",
        ),
        pytest.param(
            f'say("error", **{ERROR})\n' + DONE, 80, "script.non_terminating_errors", id="error"
        ),
        pytest.param("", 70, "pwsh.no_final_record", id="no final record"),
        pytest.param("os.kill(os.getpid(), 9)", 70, "pwsh.no_final_record", id="kill -9"),
        pytest.param(
            'os.write(plan["records"], b"nonsense\\n")\n' + DONE,
            83,
            "records.unreadable",
            id="junk",
        ),
    ],
)
def test_each_ending_has_its_code(bench: Bench, script: str, code: int, rule: str) -> None:
    """What pwsh does decides code and rule, and only a real success is 0."""
    done = bench.run(script)
    assert (done.returncode, result_of(bench)["rule"]) == (code, rule), done.stderr + done.stdout


def test_a_token_appears_in_no_output(bench: Bench) -> None:
    """A canary flooded through every stream is nowhere in the run directory or the log."""
    script = (
        "token = json.loads(Path(plan['token']).read_text())['access_token']\n"
        "for kind in ('warning', 'verbose', 'debug', 'information', 'error'):\n"
        "    say(kind, message=f'a {token} b')\n"
        "say('progress', activity=token, status=token, percent=1)\n"
        "say('output', records=[{'Token': token, token: 1}, token])\n"
        "print(token, token[:len(token) // 2], flush=True)\n"
        "print('\\x1b[31m' + token + '\\x1b[0m', file=sys.stderr, flush=True)\n"
    )
    done = bench.run(script + finished("threw", error="dict(message=token)"))
    kept = [path for path in bench.run_folder().rglob("*") if path.is_file()]
    texts = [path.read_text() for path in [*kept, bench.folder / "last-word"]]
    for piece in CANARY.split("."):
        assert not [text for text in [*texts, done.stdout, done.stderr] if piece in text]
    assert result_of(bench)["masked"] > 10


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "SIGINT"]
)
@pytest.mark.parametrize("is_stubborn", [False, True], ids=["polite", "stubborn"])
def test_a_stopped_run_is_never_a_success(
    bench: Bench, number: signal.Signals, code: int, *, is_stubborn: bool
) -> None:
    """The verdict is the runner's once it has signalled, however the child ends."""
    deaf = "import signal\nfor each in (2, 15): signal.signal(each, signal.SIG_IGN)\n"
    polite = "import signal\nsignal.signal(2, lambda *_: (_ for _ in ()).throw(SystemExit(0)))\n"
    wait = "import time\nprint('up', flush=True)\ntime.sleep(60)\n"
    bench.write((deaf if is_stubborn else polite) + wait)
    with subprocess.Popen(bench.argv(), stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        while "script.text" not in child.stdout.readline():
            assert child.poll() is None
        child.send_signal(number)
        child.communicate(timeout=30)
    assert (child.returncode, result_of(bench)["exit_code"]) == (code, code)


def test_silence_is_ended_by_the_idle_timeout(bench: Bench) -> None:
    """A script that says nothing for too long is timed out."""
    job = JOB.replace("stop: 2s", "stop: 1s, idle: 300ms")
    done = bench.run("import time\ntime.sleep(60)", job=job)
    assert (done.returncode, result_of(bench)["rule"]) == (124, "timeout.idle")


def test_a_daemon_that_holds_the_pipes_is_found_and_killed(bench: Bench) -> None:
    """A double-forked descendant in its own session neither hangs the end nor survives it."""
    script = (
        "import time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        Path('pid').write_text(str(os.getpid()))\n"
        "        time.sleep(60)\n"
        "    os._exit(0)\n"
        "while not Path('pid').exists() or not Path('pid').read_text(): time.sleep(0.01)\n"
    )
    began = time.monotonic()
    done = bench.run(script + DONE)
    assert done.returncode == 0, done.stdout
    assert time.monotonic() - began < 30
    pid = (bench.run_folder() / "files" / "pid").read_text()
    assert subprocess.run(["/bin/ps", "-p", pid], capture_output=True, check=False).returncode == 1


def test_a_line_of_100_mb_is_cut_and_told(bench: Bench) -> None:
    """A huge raw line leaves its beginning and the number of bytes lost."""
    script = "for _ in range(100): os.write(1, b'x' * 1_000_000)\n"
    assert bench.run(script + DONE).returncode == 0
    events = (bench.run_folder() / "events.ndjson").read_text().splitlines()
    (cut,) = [event for event in map(json.loads, events) if event["kind"] == "stdout"]
    assert len(cut["message"]) + cut["lost"] == 100_000_000


BAD = JOB.replace("name: sample", "name: UPPER").replace("kind: Job", "kind: Job\nextra: 1")


def test_every_problem_is_in_one_message(bench: Bench) -> None:
    """Spec, script, parameters: all at once, with lines, and no run directory."""
    bench.write("", BAD.replace("path: script.ps1", "path: none.ps1"))
    done = bench.start_and_wait(bench.argv("-p", "Days=x"))
    assert done.returncode == 66
    for words in ("job.yaml:3: extra: unknown key", "job.yaml:4: metadata.name", "none.ps1"):
        assert words in done.stderr
    assert not (bench.folder / "runs").exists()


@pytest.mark.parametrize(
    ("old", "new", "more", "code", "words"),
    [
        ("30, minimum", "30, minimum", ("-p", "Days=x"), 65, "parameter Days: 'x' is no integer"),
        ("30, minimum", "30, minimum", ("-p", "Days=0"), 65, "must be at least 1"),
        ("30, minimum", "30, minimum", ("-p", "Day=1"), 65, "did you mean Days?"),
        ("kind: Job", "kind: Job\nkind: Job", (), 78, "duplicate key"),
        ("path: script.ps1", f"path: script.ps1, sha256: {'a' * 64}", (), 78, "the spec wants aaa"),
        ("connection: contoso", "connection: contoso\n  engine: rest", (), 78, "not available yet"),
        (
            "connection: contoso",
            "connection: contoso\n  cmdlets: [Set-User]",
            (),
            78,
            "write: true",
        ),
        ("300ms", "300", (), 78, "with its unit"),
    ],
)
def test_bad_input_is_refused(  # noqa: PLR0917
    bench: Bench, old: str, new: str, more: tuple[str, ...], code: int, words: str
) -> None:
    """Each mistake has its code and a sentence, and leaves nothing."""
    done = bench.run("", *more, job=JOB.replace(old, new))
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert not (bench.folder / "runs").exists()


def test_without_a_token_the_run_ends_as_temporary(bench: Bench) -> None:
    """No token in time is 75, and the result says so."""
    (bench.folder / "tokens" / "contoso" / "exchange.json").unlink()
    assert bench.run(DONE).returncode == 75
    assert "no token file yet" in result_of(bench)["reason"]


def test_another_tenants_token_is_refused_at_once(bench: Bench) -> None:
    """A token for something else is 84."""
    assert bench.run(DONE, "--tenant-id", "44444444-4444-4444-8444-444444444444").returncode == 84
    assert "tenant_id" in result_of(bench)["reason"]


def test_output_that_cannot_be_kept_stops_the_child(bench: Bench) -> None:
    """When the output's file may not grow, the child is stopped and the run ends as storage."""
    bench.write("while True: say('output', records=[{'A': 'x' * 1000}] * 100)\n")
    limited = ["/bin/sh", "-c", 'ulimit -f 200; exec "$@"', "sh", *bench.argv()]
    done = bench.start_and_wait(limited)
    assert (done.returncode, result_of(bench)["rule"]) == (73, "output.unwritten"), done.stdout
