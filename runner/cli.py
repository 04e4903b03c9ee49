"""The `exo-job` command."""

import json
import sys

import click

from contract.exitcodes import ExitCode
from runner.commands.check import check
from runner.commands.deliver import deliver
from runner.commands.options import EXIT_CODES
from runner.commands.report import report, show
from runner.commands.run import run, say_refusal
from runner.commands.verify import verify
from runner.errors import Problem, RefusedError
from runner.job.model import Job


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
def _program() -> None:
    """Run PowerShell jobs for Exchange Online, to an honest end."""


@_program.command()
def schema() -> None:
    """Print the JSON Schema of a job's file."""
    click.echo(json.dumps(Job.model_json_schema(by_alias=True), indent=2))


for command in (run, check, verify, deliver, show, report):
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
