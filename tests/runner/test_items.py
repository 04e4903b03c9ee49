"""Items, checkpoints and resumption: what a run says is done, is done, and is not done again."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.results.items import ItemCounts, ItemLog, done_in
from runner.streams.records import Item, Items, ItemStatus
from tests.runner.conftest import JOB, Bench

FINISHED = "say('finished', ending='completed', script_exit_code=None, error=None)"
WORK = """
done = plan['items'].get('done')
done = [json.loads(line) for line in open(done)] if done else []
left = [each for each in ['a', 'b', 'c'] if each not in done]
say('items', ids=left)
"""


def result_of(folder: Path) -> dict[str, object]:
    """Return what a run says of itself."""
    found: dict[str, object] = json.loads((folder / "result.json").read_text())
    return found


ENDINGS = {
    "all done": ([("a", "succeeded"), ("b", "skipped"), ("c", "succeeded")], 0, "succeeded"),
    "one failed": ([("a", "succeeded"), ("b", "failed"), ("c", "succeeded")], 82, "partial"),
    "one never reported": ([("a", "succeeded"), ("b", "succeeded")], 82, "partial"),
    "none done": ([("a", "failed"), ("b", "failed"), ("c", "failed")], 80, "failed"),
    "none reported": ([], 80, "failed"),
    "failed, then done": (
        [("a", "failed"), ("a", "succeeded"), ("b", "succeeded"), ("c", "succeeded")],
        0,
        "succeeded",
    ),
    "one more than registered": (
        [("a", "succeeded"), ("b", "succeeded"), ("c", "succeeded"), ("d", "failed")],
        82,
        "partial",
    ),
}


@pytest.mark.parametrize(("reports", "code", "status"), ENDINGS.values(), ids=ENDINGS)
def test_the_items_decide_how_a_run_ended(
    bench: Bench, reports: list[tuple[str, str]], code: int, status: str
) -> None:
    """What is not done makes the run partial, or failed if nothing is; silence is failure."""
    said = "\n".join(
        f"say('item', id={name!r}, status={how!r}, detail='')" for name, how in reports
    )

    done = bench.run(f"{WORK}\n{said}\n{FINISHED}")

    assert done.returncode == code
    assert result_of(bench.run_folder())["status"] == status


def test_the_result_and_the_last_word_count_the_items(bench: Bench) -> None:
    """Both say how many items came to what."""
    bench.run(f"{WORK}\nsay('item', id='a', status='succeeded', detail='')\n{FINISHED}")

    counts = {"succeeded": 1, "failed": 0, "skipped": 0, "unreported": 2, "carried": 0}
    assert result_of(bench.run_folder())["items"] == counts
    assert json.loads((bench.folder / "last-word").read_text())["items"] == counts


def test_a_resumed_run_does_what_is_left(bench: Bench) -> None:
    """Items that the earlier run has done are not worked on again, and count."""
    bench.run(
        f"{WORK}\nsay('item', id='a', status='succeeded', detail='')\n"
        f"say('item', id='b', status='failed', detail='busy')\n{FINISHED}"
    )
    earlier = bench.run_folder()
    finish = f"for each in left: say('item', id=each, status='succeeded', detail='')\n{FINISHED}"

    done = bench.run(f"{WORK}\nsay('output', records=left)\n{finish}", "--resume", str(earlier))

    (later,) = (each for each in earlier.parent.iterdir() if each != earlier)
    assert done.returncode == 0, done.stderr
    assert (later / "output.jsonl").read_text() == '"b"\n"c"\n'
    assert result_of(later)["items"] == {
        "succeeded": 2,
        "failed": 0,
        "skipped": 0,
        "unreported": 0,
        "carried": 1,
    }
    assert done_in((later / "items.ndjson").read_text()) == ["a", "b", "c"]
    assert json.loads((later / "run.json").read_text())["resumes"] == earlier.name


def test_a_checkpoint_is_given_to_the_run_that_resumes(bench: Bench) -> None:
    """The value that was saved last comes back as it was."""
    saved = "say('checkpoint', json='1')\nsay('checkpoint', json='{\"page\": [2, null]}')"
    bench.run(f"{saved}\nraise SystemExit")
    earlier = bench.run_folder()

    bench.run(
        "say('output', records=[json.loads(open(plan['items']['checkpoint']).read())])\n"
        + FINISHED,
        "--resume",
        str(earlier),
    )

    (later,) = (each for each in earlier.parent.iterdir() if each != earlier)
    assert (later / "output.jsonl").read_text() == '{"page":[2,null]}\n'


REFUSED = {
    "another job": (JOB.replace("name: sample", "name: other"), (), "it was of job sample"),
    "other parameters": (JOB, ("-p", "Days=7"), "its parameters were others"),
    "another shard": (JOB, ("--shard-count", "4"), "it was of shard 0 of 1, this one is of 0 of 4"),
}


@pytest.mark.parametrize(("job", "more", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_another_piece_of_work_is_not_resumed(
    bench: Bench, job: str, more: tuple[str, ...], why: str
) -> None:
    """Only a run of the same job, connection, parameters and shard can be gone on from."""
    bench.run(FINISHED)
    earlier = bench.run_folder()

    done = bench.run(FINISHED, "--resume", str(earlier), *more, job=job)

    assert done.returncode == 65
    assert why in done.stderr


@pytest.mark.parametrize(
    ("content", "code", "why"),
    [(None, 66, "cannot be read"), ("{", 65, "no whole run directory")],
    ids=["nothing there", "a torn record"],
)
def test_what_is_no_run_cannot_be_resumed(
    bench: Bench, content: str | None, code: int, why: str
) -> None:
    """A folder without a run's record is refused before anything starts."""
    (bench.folder / "earlier").mkdir()
    if content is not None:
        (bench.folder / "earlier" / "run.json").write_text(content)

    done = bench.run(FINISHED, "--resume", str(bench.folder / "earlier"))

    assert (done.returncode, why in done.stderr) == (code, True)


def test_a_damaged_list_of_items_is_refused_before_anything_starts(bench: Bench) -> None:
    """What was done before must be known, or all of it would be done again."""
    bench.run(FINISHED)
    earlier = bench.run_folder()
    (earlier / "items.ndjson").write_text('{"id": "a"}\n')

    done = bench.run(FINISHED, "--resume", str(earlier))

    assert done.returncode == 65
    assert "items.ndjson: line 1 is no report of an item" in done.stderr


def test_items_survive_a_run_that_was_killed(tmp_path: Path) -> None:
    """What was reported before is read, and a last line without its end is not."""
    log = ItemLog(tmp_path / "items.ndjson")
    log.see(Item(id="a\nb", status=ItemStatus.SUCCEEDED, detail=""), at="t")
    log.see(Item(id="c", status=ItemStatus.SUCCEEDED, detail=""), at="t")
    log.close()
    text = (tmp_path / "items.ndjson").read_text()

    assert done_in(text) == ["a\nb", "c"]
    assert done_in(text[:-1]) == ["a\nb"]


def test_a_line_that_is_no_report_is_told(tmp_path: Path) -> None:
    """A damaged file is refused by the number of its line."""
    with pytest.raises(ValueError, match="line 2 is no report"):
        done_in('{"id": "a", "status": "failed"}\nx\n')


@given(
    st.lists(st.text(max_size=3)),
    st.lists(st.tuples(st.text(min_size=1, max_size=3), st.sampled_from(ItemStatus))),
)
def test_every_item_is_counted_once(
    registered: list[str], reports: list[tuple[str, ItemStatus]]
) -> None:
    """The counts add up to the different items, whatever came in whichever order."""
    with tempfile.TemporaryDirectory() as folder:
        log = ItemLog(Path(folder) / "items.ndjson")
        log.see(Items(tuple(registered)), at="t")
        for name, status in reports:
            log.see(Item(id=name, status=status, detail=""), at="t")
        found = log.close()

    everything = {*registered, *(name for name, _ in reports)}
    assert found.lost + found.done == len(everything)
    assert found.unreported == len({*registered} - {name for name, _ in reports})
    assert (found == ItemCounts()) is not bool(everything)
