"""The run directory on a file system that is full, out of inodes, read-only or gone."""

import json
import shutil
import subprocess
from collections.abc import Sequence

import pytest

from tests.runner.conftest import JOB, Bench

FINISHED = "say('finished', ending='completed', script_exit_code=None, error=None)\n"
WORK = (
    "say('output', records=[{'A': 'x' * 900}] * 20)\n"
    "say('warning', message='w' * 2000)\n"
    "say('items', ids=['a'])\nsay('item', id='a', status='succeeded', detail='')\n"
    "say('checkpoint', json='[1]')\n" + FINISHED
)
FAILS = WORK.replace("'completed'", "'threw'").replace(
    "error=None", "error={'message': 'no', 'id': 'x', 'category': 'y', 'exception': []}"
)
WHOLE = 73_728  # bytes, more than the run leaves: the first size at which nothing is missing


@pytest.fixture(scope="module")
def unshare() -> Sequence[str]:
    """How a program gets a mount table of its own, if it may have one here."""
    argv = ["unshare", "--map-root-user", "--mount", "sh", "-ec"]
    if not shutil.which("unshare") or subprocess.run([*argv, "true"], check=False).returncode:
        pytest.skip("no mount table of one's own here")
    return argv


def run_on(
    unshare: Sequence[str], bench: Bench, script: str, *, options: str, job: str = JOB
) -> tuple[int, dict[str, str], str]:
    """Run *script* with the runs on a tmpfs of its own; return code, files there and last word."""
    bench.write(script, job)
    runs, kept = bench.folder / "runs", bench.folder / "kept"
    runs.mkdir()
    shell = f"""
        mount -t tmpfs -o {options} none {runs}
        code=0; "$@" || code=$?
        mkdir {kept}; cp -r {runs}/. {kept}/
        exit $code
    """
    done = bench.start_and_wait([*unshare, shell, "sh", *bench.argv()])
    files = {each.name: each.read_text() for each in kept.rglob("*") if each.is_file()}
    return done.returncode, files, (bench.folder / "last-word").read_text()


def assert_honest(code: int, files: dict[str, str], last_word: str, *, script: int) -> None:
    """A code of 0 has everything; whatever else is told by whatever was still possible to say."""
    told = json.loads(last_word)
    assert told["exit_code"] == code, (code, told)
    assert code in {script, 73}, told
    result = json.loads(files.get("result.json") or "{}")
    if result:
        assert result["exit_code"] == code
    if code == 0:
        assert result["counts"]["output"] == 20
        assert files["output.csv"].count("\n") == 21
        assert files["output.jsonl"].count("\n") == 20
        assert '"checkpoint"' in files["events.ndjson"]
    for name in ("run.json", "result.json", "checkpoint.json"):
        if name in files:
            json.loads(files[name])


@pytest.mark.parametrize("pages", range(1, 32, 2))
def test_a_disk_that_fills_up_is_told(unshare: Sequence[str], bench: Bench, pages: int) -> None:
    """Wherever room ends, code and last word say so; no file is half of what it claims to be."""
    code, files, word = run_on(unshare, bench, WORK, options=f"size={pages * 4096}")

    assert_honest(code, files, word, script=0)


@pytest.mark.parametrize("inodes", range(1, 26))
def test_a_disk_without_inodes_is_told(unshare: Sequence[str], bench: Bench, inodes: int) -> None:
    """Whichever file cannot be made, the run says so."""
    code, files, word = run_on(unshare, bench, WORK, options=f"size=10M,nr_inodes={inodes}")

    assert_honest(code, files, word, script=0)


@pytest.mark.parametrize("pages", range(3, 30, 8))
def test_a_failure_stays_a_failure_on_a_full_disk(
    unshare: Sequence[str], bench: Bench, pages: int
) -> None:
    """A full disk hides no failure of the script, and makes no success of it."""
    code, files, word = run_on(unshare, bench, FAILS, options=f"size={pages * 4096}")

    assert_honest(code, files, word, script=80)


@pytest.mark.parametrize("pages", range(1, 28, 3))
def test_a_required_audit_without_room_is_86_or_73(
    unshare: Sequence[str], bench: Bench, pages: int
) -> None:
    """A job that writes ends with 86 where its audit had no room, and never with 0 then."""
    job = JOB + "  write: true\n"

    code, files, word = run_on(unshare, bench, WORK, options=f"size={pages * 4096}", job=job)

    assert json.loads(word)["exit_code"] == code
    assert code in {0, 73, 86}
    if code == 0:
        assert "exo-jobs.run.finished" in files["audit.ndjson"]


def test_with_room_everything_is_there(unshare: Sequence[str], bench: Bench) -> None:
    """The tests above can end well: with room enough the same job does."""
    code, files, word = run_on(unshare, bench, WORK, options="size=10M")

    assert_honest(code, files, word, script=0)
    assert code == 0
    assert "report.html" in files


@pytest.mark.parametrize("options", ["ro", "size=4096,nr_inodes=1"])
def test_a_run_directory_that_cannot_be_made_starts_nothing(
    unshare: Sequence[str], bench: Bench, options: str
) -> None:
    """Read-only, or full before the first file: 73, one sentence, nothing run."""
    script = f"open({str(bench.folder / 'ran')!r}, 'w')\n" + WORK

    code, files, word = run_on(unshare, bench, script, options=options)

    assert (code, json.loads(word)["exit_code"]) == (73, 73)
    assert files == {}
    assert not (bench.folder / "ran").exists()


@pytest.mark.parametrize(
    "what", [".", "events.ndjson", "items.ndjson", "files", "tmp", "output.csv.part"]
)
def test_what_is_deleted_under_a_run_is_no_success(bench: Bench, what: str) -> None:
    """A directory that loses a part while the script runs leaves no whole success behind."""
    script = (
        "import shutil\nfrom pathlib import Path\n"
        "say('output', records=[{'A': 1}])\n"
        "say('item', id='a', status='succeeded', detail='')\n"
        "time = __import__('time'); time.sleep(0.3)\n"
        f"at = Path(plan['script']).parent / {what!r}\n"
        "shutil.rmtree(at) if at.is_dir() else at.unlink()\n" + FINISHED
    )

    done = bench.run(script)

    told = json.loads((bench.folder / "last-word").read_text())
    assert told["exit_code"] == done.returncode
    assert done.returncode == (0 if what == "files" else 73), told
