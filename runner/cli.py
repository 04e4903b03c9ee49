"""The `exo-job` command."""

import sys
from importlib import import_module

import click

from contract.exitcodes import ExitCode
from runner.commands.options import EXIT_CODES
from runner.errors import Problem, RefusedError

MODULES = {
    "run": "run",
    "check": "check",
    "verify": "verify",
    "deliver": "deliver",
    "show": "report",
    "report": "report",
    "schema": "schema",
}
"""In which module of `runner.commands` each command is."""


class _Commands(click.Group):
    """Imports a command when it is asked for: a run need not wait for what `check` imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the base's
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the base's
        if cmd_name not in MODULES:
            return None
        module = import_module(f"runner.commands.{MODULES[cmd_name]}")
        found: click.Command = getattr(module, cmd_name)
        return found


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES
)
def _program() -> None:
    """Run PowerShell jobs for Exchange Online, to an honest end."""


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
        if context is not None and context.info_name == "run":
            from runner.commands.run import say_refusal  # noqa: PLC0415 - as above

            problem = Problem(ExitCode.USAGE, error.format_message())
            say_refusal(RefusedError([problem]), context.params.get("termination_log"))
        sys.exit(ExitCode.USAGE)
