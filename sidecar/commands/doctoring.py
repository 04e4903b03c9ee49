"""`exo-token doctor`: what is right, the first thing that is wrong, and the remedy."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

import click

from contract.masking import Masker
from sidecar import clock
from sidecar.commands.arguments import config_option, output_option
from sidecar.config.loading import load_settings
from sidecar.config.settings import Settings
from sidecar.doctor.findings import Finding, Verdict
from sidecar.doctor.questions import QUESTIONS, answer_to
from sidecar.errors import ConfigError

OK, SOMETHING_WRONG, CONFIG = 0, 1, 78
_MARKS = {
    Verdict.RIGHT: "right",
    Verdict.NOTE: "note",
    Verdict.WRONG: "WRONG",
    Verdict.SKIPPED: "-",
}
_SECRETS = 64
_EPILOG = "\n".join(
    [
        "\b",
        "Exit codes:",
        "   0  nothing is wrong",
        "   1  something is; the first of each target is told with its remedy",
        "  64  the command line is wrong",
        "  78  the configuration is wrong",
        "",
        "\b",
        "Messages that --explain knows:",
        *(f"  {each.name}" for each in QUESTIONS),
    ]
)


@click.command(epilog=_EPILOG)
@config_option
@click.argument("targets", nargs=-1, metavar="[CONNECTION/RESOURCE]...")
@click.option("--explain", metavar="TEXT", help="Say what a message of Entra or Exchange means.")
@output_option
def doctor(
    config_file: Path | None, targets: tuple[str, ...], explain: str | None, form: str
) -> None:
    """Walk from the configuration to a call of Exchange, and tell what is wrong on the way.

    For each target: the name and the proxy, discovery over TLS, the clock, the credential (with
    what the federated credential or the portal must show), a token, its claims, and, for exchange,
    Get-OrganizationConfig, which changes nothing.  No token is written, and none is shown.
    """
    if explain is not None:
        sys.exit(_explain(explain, form))
    try:
        settings = load_settings(config_file, os.environ)
    except ConfigError as error:
        _tell_config(error.problems, form)
        sys.exit(CONFIG)
    unknown = set(targets) - {each.name for each in settings.targets}
    if unknown:
        raise click.BadParameter(f"not in the configuration: {', '.join(sorted(unknown))}")
    found = _walked(settings, targets, form)
    if form == "json":
        click.echo(json.dumps(_document(found), indent=1))
    wrong = any(each.verdict is Verdict.WRONG for walk in found.values() for each in walk)
    sys.exit(SOMETHING_WRONG if wrong else OK)


def _walked(settings: Settings, targets: tuple[str, ...], form: str) -> Mapping[str, list[Finding]]:
    from sidecar.doctor.walk import Walk, placed  # noqa: PLC0415 - costly, and --explain needs it not

    masker = Masker(keep=_SECRETS)
    found: dict[str, list[Finding]] = {}
    for target in settings.targets:
        if targets and target.name not in targets:
            continue
        if form == "text":
            click.echo(target.name)
        walk = Walk(settings=settings, target=target, conceal=masker.register, now=clock.now)
        found[target.name] = []
        for finding in walk.findings():
            masked = _masked(placed(finding, target), masker)
            found[target.name].append(masked)
            if form == "text":
                _tell(masked)
    return found


def _masked(finding: Finding, masker: Masker) -> Finding:
    return Finding(
        link=finding.link,
        verdict=finding.verdict,
        says=masker.mask(finding.says),
        remedy=masker.mask(finding.remedy),
    )


def _tell(finding: Finding) -> None:
    click.echo(f"  {_MARKS[finding.verdict]:<6}{finding.link:<11}{finding.says}")
    if finding.remedy:
        click.echo(f"  {'':<6}{'':<11}-> {finding.remedy}")


def _document(found: Mapping[str, Iterable[Finding]]) -> dict[str, object]:
    wrong = [each for walk in found.values() for each in walk if each.verdict is Verdict.WRONG]
    return {
        "ok": not wrong,
        "targets": {name: [asdict(each) for each in walk] for name, walk in found.items()},
    }


def _tell_config(problems: Iterable[str], form: str) -> None:
    if form == "json":
        click.echo(json.dumps({"ok": False, "problems": list(problems)}, indent=1))
        return
    for problem in problems:
        click.echo(f"exo-token: {problem}", err=True)


def _explain(text: str, form: str) -> int:
    question = answer_to(text)
    if form == "json":
        known = question and {
            "name": question.name,
            "means": question.means,
            "remedy": question.remedy,
        }
        click.echo(json.dumps({"ok": question is not None, "answer": known}, indent=1))
    elif question is not None:
        click.echo(f"{question.name}\n  {question.means}\n  -> {question.remedy}")
    else:
        click.echo(
            "exo-token: this message is not known; `doctor --help` lists those that are", err=True
        )
    return OK if question is not None else SOMETHING_WRONG
