"""The page about a run, and the same for a terminal."""

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.report.page import page
from runner.report.reading import ROWS, RunFacts
from tests.runner.conftest import CANARY, JOB, Bench

FINISHED = "say('finished', ending='completed', script_exit_code=None, error=None)\n"
VOID = {"meta"}


class Page(HTMLParser):
    """Every element and every text of a page; elements must close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)


def command(*argv: str) -> subprocess.CompletedProcess[str]:
    """Run `exo-job`."""
    return subprocess.run(
        [sys.executable, "-m", "runner", *argv],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_run_leaves_a_page(bench: Bench) -> None:
    """Status, reason, errors with their lines, rows and files stand on one page."""
    bench.run(
        "say('output', records=[{'Name': f'mailbox{n}'} for n in range(150)])\n"
        "say('error', message='it broke', id='E1', line=7, category='x', exception=[],"
        " terminating=False)\nopen('note.txt', 'w').write('x')\n" + FINISHED
    )

    text = (bench.run_folder() / "report.html").read_text()
    shown = Page(text)
    assert shown.open == []
    for each in ("failed", "it broke", "7", "E1", "mailbox0", "files/note.txt", "contoso"):
        assert each in shown.texts
    assert f"mailbox{ROWS - 1}" in shown.texts
    assert f"mailbox{ROWS}" not in shown.texts


def test_the_page_needs_nothing_from_elsewhere(bench: Bench) -> None:
    """No script, no link, no image: what is kept can be read for ever."""
    bench.run(FINISHED)

    shown = Page((bench.run_folder() / "report.html").read_text())

    assert not {"script", "link", "img", "iframe", "object", "a"} & set(shown.elements)
    assert not {"src", "href", "onclick"} & {name for name, _ in shown.attributes}


@given(st.text(alphabet=st.sampled_from("<>&\"'/=ab \n"), min_size=1, max_size=30))
def test_whatever_a_script_says_is_text(hostile: str) -> None:
    """No text of a run becomes an element or an attribute."""

    def facts(text: str) -> RunFacts:
        return RunFacts(
            folder=Path(),
            run={"job": text, "run_id": text, "connection": text},
            result={"status": "failed", "reason": text, "rule": text, "remedy": text}
            | {"outputs": [{"path": text, "bytes": 1, "sha256": text}]},
            events=[{"kind": "error", "time": text, "message": text, "id": text, "line": text}],
            has_more_events=False,
            columns=[text],
            rows=[[text]],
        )

    plain, shown = Page(page(facts("x"))), Page(page(facts(hostile)))

    assert shown.elements == plain.elements
    assert [name for name, _ in shown.attributes] == [name for name, _ in plain.attributes]
    assert any(hostile.strip() in each for each in shown.texts) or not hostile.strip()


def test_no_secret_is_on_the_page(bench: Bench) -> None:
    """What was masked in the run is masked here."""
    bench.run(
        f"say('warning', message='{CANARY}')\nsay('output', records=[{{'A': '{CANARY}'}}])\n"
        f"say('error', message='{CANARY}', id='{CANARY}', exception=[], terminating=False)\n"
        + FINISHED
    )

    assert CANARY[:40] not in (bench.run_folder() / "report.html").read_text()


def test_a_job_may_do_without(bench: Bench) -> None:
    """output.report: false leaves no page."""
    bench.run(FINISHED, job=JOB.replace("[csv, jsonl]", "[csv, jsonl], report: false"))

    assert not (bench.run_folder() / "report.html").exists()


def test_a_run_without_a_result_is_shown_as_that(bench: Bench) -> None:
    """A run that crashed has no result; page and terminal say so, also of torn files."""
    bench.run("say('warning', message='before')\n" + FINISHED)
    folder = bench.run_folder()
    (folder / "result.json").unlink()
    with (folder / "events.ndjson").open("a") as file:
        file.write('{"kind": "warn')

    shown = command("show", str(folder))
    made = command("report", str(folder))

    assert "not finished" in shown.stdout
    assert "before" in shown.stdout
    assert (shown.returncode, made.returncode) == (0, 0)
    assert "not finished" in (folder / "report.html").read_text()


def test_a_page_can_be_made_again(bench: Bench) -> None:
    """From the same directory comes the same page, wherever it is put."""
    bench.run("say('output', records=[1, 2])\n" + FINISHED)
    folder, other = bench.run_folder(), bench.folder / "other.html"

    command("report", str(folder), "-o", str(other))

    assert other.read_text() == (folder / "report.html").read_text()


def test_a_run_is_shown_to_programs_too(bench: Bench) -> None:
    """--output json gives the records themselves."""
    bench.run(FINISHED)

    shown = json.loads(command("show", str(bench.run_folder()), "--output", "json").stdout)

    assert shown["result"]["status"] == "succeeded"
    assert shown["run"]["job"] == "sample"


@pytest.mark.parametrize("name", ["show", "report"])
@pytest.mark.parametrize("content", [None, "[]", "{"], ids=["nothing", "no record", "torn"])
def test_what_is_no_run_is_told(tmp_path: Path, name: str, content: str | None) -> None:
    """A folder without a run's record is a sentence and 66."""
    if content is not None:
        (tmp_path / "run.json").write_text(content)

    done = command(name, str(tmp_path))

    assert done.returncode == 66
    assert str(tmp_path / "run.json") in done.stderr
