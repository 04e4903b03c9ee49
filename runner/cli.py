"""The `exo-job` command."""

import json
import sys
from pathlib import Path

import click

from contract.exitcodes import ExitCode
from runner.commands.options import EXIT_CODES, JOB, PARAMS, P
from runner.commands.run import run, say_refusal
from runner.commands.verify import verify
from runner.errors import Problem, RefusedError
from runner.job import preflight
from runner.job.model import Job
from runner.job.preflight import Asked


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
def _program() -> None:
    """Run PowerShell jobs for Exchange Online, to an honest end."""


@_program.command(epilog=EXIT_CODES)
@JOB
@P
@PARAMS
def check(job_file: Path, texts: tuple[str, ...], params_file: Path | None) -> None:
    """Check JOB.yaml, its script and its parameters; run nothing."""
    preflight.prepare(Asked(job_file=job_file, texts=texts, params_file=params_file))
    click.echo(f"{job_file}: good")


@_program.command()
def schema() -> None:
    """Print the JSON Schema of a job's file."""
    click.echo(json.dumps(Job.model_json_schema(by_alias=True), indent=2))


for command in (run, verify):
    _program.add_command(command)


def main() -> None:
    """Run the command; every refusal is one message on standard error."""
    try:
        sys.exit(_program.main(standalone_mode=False))
    except RefusedError as error:
        for problem in error.problems:
            click.echo(f"exo-job: {problem.text}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        context = error.ctx if isinstance(error, click.UsageError) else None
        if context is not None and context.command is run:
            problem = Problem(ExitCode.USAGE, error.format_message())
            say_refusal(RefusedError([problem]), context.params.get("termination_log"))
        sys.exit(ExitCode.USAGE)
