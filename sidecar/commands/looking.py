"""The commands of `exo-token` that only look: at tokens, at a configuration, at a running sidecar.

They import neither msal nor Prometheus, so that a probe or an init container starts at once.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from typing import NoReturn
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

import click

from contract.errors import ContractError
from sidecar import clock
from sidecar.commands.arguments import config_option, duration, output_option
from sidecar.commands.patience import missing
from sidecar.commands.portrait import portrait_of
from sidecar.errors import ConfigError

OK, UNHEALTHY, MALFORMED, UNAVAILABLE, CONFIG = 0, 1, 65, 75, 78
_EVERY = 0.1  # seconds between two looks at the files
_PROBES = ("livez", "readyz", "startupz")

_WAIT_CODES = """
\b
Exit codes:
   0  they are
  64  the command line is wrong
  75  they are not, within --timeout; each reason is told
"""
_HEALTHCHECK_CODES = """
\b
Exit codes:
   0  it is well
   1  it is not, or nobody answers; the reason is told
  64  the command line is wrong
"""
_INSPECT_CODES = """
\b
Exit codes:
   0  it was shown
  64  the command line is wrong
  65  there is no token in the file
"""
_CHECK_CODES = """
\b
Exit codes:
   0  it is right
  64  the command line is wrong
  78  it is wrong; every problem is told, with its line and key
"""


@click.command(epilog=_WAIT_CODES)
@click.argument("targets", nargs=-1, metavar="[CONNECTION/RESOURCE]...")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    required=True,
    help="Where the token files lie: output.directory of the sidecar.",
)
@click.option("--timeout", default="2m", show_default=True, help="How long to wait.")
@output_option
def wait(targets: tuple[str, ...], directory: Path, timeout: str, form: str) -> None:
    """Wait until tokens are in their files and good for a while yet.

    Without targets, every token that lies in the directory by then, at least one.
    """
    wrong = [each for each in targets if each.count("/") != 1 or not all(each.split("/"))]
    if wrong:
        raise click.BadParameter(f"{', '.join(wrong)}: write <connection>/<resource>")
    problems = _wait(directory, targets, duration(timeout, "--timeout").total_seconds())
    _answer(form, problems, good="every token is good")
    sys.exit(UNAVAILABLE if problems else OK)


def _wait(directory: Path, targets: tuple[str, ...], seconds: float) -> list[str]:
    end = clock.steady() + seconds
    while (problems := missing(directory, targets, now=clock.now())) and clock.steady() < end:
        time.sleep(_EVERY)
    return problems


@click.command(epilog=_HEALTHCHECK_CODES)
@click.option("--address", default="127.0.0.1", show_default=True, help="Where the sidecar serves.")
@click.option("--port", type=click.IntRange(1, 65535), default=9464, show_default=True)
@click.option("--probe", type=click.Choice(_PROBES), default="readyz", show_default=True)
@output_option
def healthcheck(address: str, port: int, probe: str, form: str) -> None:
    """Ask a running sidecar, as the kubelet would: for exec probes, and images without curl."""
    problems = _asked(f"http://{f'[{address}]' if ':' in address else address}:{port}/{probe}")
    _answer(form, problems, good="ok")
    sys.exit(UNHEALTHY if problems else OK)


def _asked(url: str) -> list[str]:
    opener = build_opener(ProxyHandler({}))  # a proxy has no business between pod and sidecar
    try:
        with opener.open(url, timeout=5) as answer:
            answer.read()
    except HTTPError as error:
        return error.read().decode("utf-8", "replace").splitlines()
    except (URLError, HTTPException, OSError) as error:
        return [f"{url}: nobody answers as a sidecar: {getattr(error, 'reason', error)}"]
    return []


@click.command(epilog=_INSPECT_CODES)
@click.argument("file", type=click.Path(path_type=Path))
@output_option
def inspect(file: Path, form: str) -> None:
    """Show what a token says of itself: a token document, or a projected token.

    Neither the token nor its signature is shown, and nothing is verified.
    """
    try:
        portrait = portrait_of(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        _fail(MALFORMED, [f"{file}: cannot be read: {getattr(error, 'strerror', 'not UTF-8')}"])
    except ContractError as error:
        _fail(MALFORMED, [f"{file}: {each}" for each in error.problems])
    lines = (
        [json.dumps(portrait.members, indent=1)]
        if form == "json"
        else portrait.lines(now=clock.now())
    )
    click.echo("\n".join(lines))


@click.group()
def config() -> None:
    """What a configuration file says, and what is wrong with it."""


@config.command("check", epilog=_CHECK_CODES)
@config_option
@output_option
def check(config_file: Path | None, form: str) -> None:
    """Check a configuration as `run` would, without asking anybody for a token.

    Files, passwords and the output directory are looked at too; so check it where it will run.
    """
    from sidecar.config.loading import load_settings  # noqa: PLC0415 - the other commands need it not

    try:
        settings = load_settings(config_file, os.environ)
    except ConfigError as error:
        _answer(form, list(error.problems), good="")
        sys.exit(CONFIG)
    names = [each.name for each in settings.targets]
    good = f"{config_file or 'the environment'}: right; {len(names)} target(s): {', '.join(names)}"
    _answer(form, [], good=good, targets=names, warnings=settings.warnings)
    if form == "text":
        for warning in settings.warnings:
            click.echo(f"exo-token: warning: {warning}", err=True)


def _answer(form: str, problems: Sequence[str], *, good: str, **more: Sequence[str]) -> None:
    if form == "json":
        members = {"ok": not problems, "problems": list(problems), **more}
        click.echo(json.dumps(members, indent=1))
        return
    for problem in problems:
        click.echo(f"exo-token: {problem}", err=True)
    if not problems:
        click.echo(good)


def _fail(code: int, problems: Sequence[str]) -> NoReturn:
    for problem in problems:
        click.echo(f"exo-token: {problem}", err=True)
    sys.exit(code)
