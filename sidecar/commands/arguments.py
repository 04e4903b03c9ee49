"""What several commands of `exo-token` take on their command line."""

from datetime import timedelta
from pathlib import Path

import click

from contract import durations

config_option = click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    help="The configuration, a YAML file; paths in it are relative to its folder.  Without it, one"
    " connection from EXO_ variables.",
)
output_option = click.option(
    "--output",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
log_option = click.option(
    "--output",
    "form",
    type=click.Choice(["json", "text"]),
    default="json",
    show_default=True,
    help="The log: an object a line, or lines for people.",
)


def duration(text: str, option: str) -> timedelta:
    """Return the duration that was given as *option*.

    Raises:
        click.BadParameter: it is none, or nothing at all.
    """
    try:
        length = durations.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
    if not length:
        raise click.BadParameter("must be longer than 0", param_hint=option)
    return length
