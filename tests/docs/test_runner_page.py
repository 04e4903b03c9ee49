"""The runner's pages say what is true of the code."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from runner.cli import MODULES
from runner.job.model import Job, JobSpec
from runner.job.sections import Output
from runner.report.reading import facts_in
from tests.runner.conftest import Bench, bench

__all__ = ["bench"]

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "runner.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("model", [JobSpec, Output])
def test_every_key_of_a_job_is_on_the_page(model: type) -> None:
    """No key of the document is left out."""
    keys = {
        field.alias or name
        for name, field in model.model_fields.items()  # type: ignore[attr-defined] # a model
    }

    assert {key for key in keys if f"`{key}" not in PAGE} == set()


def test_every_command_is_on_the_page() -> None:
    """What the program can do is named."""
    assert {name for name in MODULES if f"exo-job {name}" not in PAGE} == set()


def test_every_file_of_a_run_is_on_the_page(bench: Bench) -> None:
    """What a run leaves is explained, file by file."""
    bench.run(
        "say('output', records=[1])\nsay('item', id='a', status='succeeded', detail='')\n"
        "say('checkpoint', json='1')\n"
        "say('finished', ending='completed', script_exit_code=None, error=None)"
    )
    folder = bench.run_folder()

    names = {each.name for each in folder.iterdir()} - {"output.jsonl"}
    assert facts_in(folder).result is not None
    assert {name for name in names if name not in PAGE} == set()


def test_the_job_on_the_page_is_a_job() -> None:
    """The first job file that the page of jobs shows is one."""
    (text,) = re.findall(r"```yaml\n(.*?)```", (DOCS / "jobs.md").read_text(), re.DOTALL)
    job = Job.model_validate(YAML(typ="safe", pure=True).load(text))

    assert job.spec.cmdlets == ["Get-EXOMailbox", "Get-MailboxPermission"]
