"""The commands by which a script reports its items, keeps a checkpoint and takes its shard."""

import hashlib

import pytest


def shard_of(key, count):
    """Return the shard of *key*, by the rule that the page says."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % count


def test_items_are_reported(session):
    """What is registered and how each ended comes as records, in order."""
    records = session.run("""
        'a', 'b' | Register-JobItem | ForEach-Object { Write-JobItem $_ Succeeded "did $_" }
    """)

    said = [r for r in records if r["kind"] in {"items", "item"}]
    assert said[0]["ids"] == ["a", "b"]
    assert [(r["id"], r["status"], r["detail"]) for r in said[1:]] == [
        ("a", "succeeded", "did a"),
        ("b", "succeeded", "did b"),
    ]


def test_what_is_done_already_is_not_returned(session, outputs, tmp_path):
    """A resumed run gets the items that are left."""
    done = tmp_path / "done"
    done.write_text('"a"\n"c\\nd"\n')

    records = session.run('Register-JobItem a, b, "c`nd", A', items={"done": str(done)})

    assert outputs(records) == ["b", "A"]


def test_a_checkpoint_comes_back(session, outputs, tmp_path):
    """The value of the resumed run is there until another is saved."""
    kept = tmp_path / "kept"
    kept.write_text('{"page": 3}')
    script = "(Get-JobCheckpoint).page; Save-JobCheckpoint @{ page = 4 }; (Get-JobCheckpoint).page"

    records = session.run(script, items={"checkpoint": str(kept)})

    assert outputs(records) == [3, 4]
    assert [r["json"] for r in records if r["kind"] == "checkpoint"] == ['{"page":4}']


def test_without_a_checkpoint_there_is_nothing(session, outputs):
    """A first run finds none."""
    assert outputs(session.run("$null -eq (Get-JobCheckpoint)")) == [True]


def test_a_checkpoint_that_is_the_work_itself_is_refused(session):
    """More than a megabyte is no place to go on from."""
    last = session.run("Save-JobCheckpoint ('x' * 2MB)")[-1]

    assert "1,048,576 are allowed" in last["error"]["message"]


@pytest.mark.parametrize("count", [1, 3, 7])
def test_each_object_belongs_to_one_shard_and_stays_there(session, outputs, count):
    """The shard of an object follows from its key alone."""
    names = [f"mailbox{number}@contoso.com" for number in range(40)] + ["Zoë", "名前"]
    script = f"""
        {", ".join(f"'{name}'" for name in names)} |
            ForEach-Object {{ [pscustomobject]@{{ Address = $_ }} }} |
            Get-JobShard Address | ForEach-Object Address
    """

    records = session.run(script, items={"shard": {"index": count - 1, "count": count}})

    assert outputs(records) == [name for name in names if shard_of(name, count) == count - 1]


def test_an_object_without_a_key_belongs_nowhere(session):
    """A misspelt property is an error, not a shard of everything."""
    last = session.run("[pscustomobject]@{ A = 1 } | Get-JobShard Address")[-1]

    assert "an object without a property Address belongs to no shard" in last["error"]["message"]


def test_without_the_runner_the_commands_do_no_harm(session):
    """In a plain pwsh a script with items runs as it is."""
    printed = session.alone("""
        Import-Module ExoJobs
        Register-JobItem a, b; Write-JobItem a Succeeded
        Save-JobCheckpoint 1; Get-JobCheckpoint; 'x' | Get-JobShard
    """)

    assert printed.split() == ["a", "b", "1", "x"]
