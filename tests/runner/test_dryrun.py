"""What the runner makes of a dry run, and of secrets that a script puts out."""

import json

import pytest

from tests.runner.conftest import CANARY, JOB, Bench

FINISHED = "say('finished', ending='completed', script_exit_code=None, error=None)\n"


def test_a_dry_run_says_that_it_was_one(bench: Bench) -> None:
    """The record, the plan and the counts show it; without the option they do not."""
    script = (
        "say('output', records=[plan['dry_run']])\n"
        "say('intended', command='Set-Mailbox', arguments=['a'])\n" + FINISHED
    )

    done = bench.run(script, "--dry-run")

    folder = bench.run_folder()
    assert done.returncode == 0
    assert (folder / "output.jsonl").read_text() == "true\n"
    assert json.loads((folder / "run.json").read_text())["dry_run"] is True
    assert json.loads((folder / "result.json").read_text())["counts"]["intended"] == 1
    assert "script.would_call" in done.stdout
    assert '"kind": "intended"' in (folder / "events.ndjson").read_text()


@pytest.mark.parametrize(("on_hit", "code"), [("mask", 0), ("fail", 83)])
def test_a_secret_that_is_put_out_can_fail_the_run(bench: Bench, on_hit: str, code: int) -> None:
    """It is masked in any case; with onHit: fail the run has failed."""
    script = f"say('output', records=['{CANARY}'])\n" + FINISHED

    done = bench.run(script, job=f"{JOB}  masking: {{onHit: {on_hit}}}\n")

    assert done.returncode == code
    assert CANARY not in "".join(
        each.read_text()
        for each in bench.run_folder().iterdir()
        if each.is_file() and each.name != "script.ps1"
    )


def test_a_run_without_secrets_is_good_however_strict(bench: Bench) -> None:
    """onHit: fail is no harm to a script that prints none."""
    done = bench.run(
        "say('output', records=['plain'])\n" + FINISHED, job=f"{JOB}  masking: {{onHit: fail}}\n"
    )

    assert done.returncode == 0
