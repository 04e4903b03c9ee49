"""Tell the story of the demo and exit 0 only if all of it was true."""

import csv
import json
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click

from demo.findings import Promise, Seen, findings
from demo.programs import DemoError, Program
from demo.screen import Screen
from demo.stage import ROOT, Setting, Stage, standing

_PATIENCE = 120.0
_METRICS = ("exo_token_expiration_timestamp_seconds", "exo_token_refresh_", "exo_token_credential_")


class StoppedError(Exception):
    """The user wants the demo to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One run of the story."""

    title: str
    job: str
    connection: str
    arguments: tuple[str, ...] = ()
    promise: Promise


@click.command()
@click.option("--mailboxes", default=2000, show_default=True, help="How many the tenant has.")
@click.option("--token-seconds", default=15, show_default=True, help="How long a token lives.")
@click.option("--latency", default=14, show_default=True, help="Milliseconds added to each call.")
@click.option("--outlive", default=2, show_default=True, help="Tokens the first run must outlive.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=ROOT / "demo-output",
    help="Where run directories, logs and metrics are left; emptied first.  [default: demo-output]",
)
def main(mailboxes: int, token_seconds: int, latency: int, outlive: int, output: Path) -> None:
    """Run two reports on tokens that die while they run, and check that nothing was lost."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    screen = Screen()
    setting = Setting(
        mailboxes=mailboxes, token_seconds=token_seconds, latency_milliseconds=latency
    )
    try:
        kept = _play(screen, setting, _acts(setting, outlive), _emptied(output))
    except DemoError as error:
        screen.say(f"The demo failed: {error}")
        sys.exit(1)
    except StoppedError:
        screen.say("Stopped. Every program has ended, and tokens and keys are deleted.")
        sys.exit(130)
    screen.say("\nAll of that was true." if kept else "\nNot all of that was true: see FAIL above.")
    sys.exit(0 if kept else 1)


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # cleaning up is under way and takes a moment
    raise StoppedError


def _emptied(output: Path) -> Path:
    if output.exists() and any(output.iterdir()) and not (output / "emulator.log").exists():
        raise click.BadParameter(f"{output} holds something else than a demo's output")
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    return output


def _acts(setting: Setting, outlive: int) -> tuple[Act, ...]:
    seconds = setting.token_seconds
    return (
        Act(
            title="1. The size of every mailbox, by certificate",
            job="mailbox-sizes",
            connection="contoso",
            promise=Promise(tokens_outlived=outlive, token_seconds=seconds, rows=setting.mailboxes),
        ),
        Act(
            title="2. Who may open shared mailboxes and rooms, by workload identity",
            job="mailbox-permissions",
            connection="contoso-wi",
            arguments=("-p", "RecipientTypeDetails=SharedMailbox,RoomMailbox"),
            promise=Promise(tokens_outlived=0, token_seconds=seconds, rows=None),
        ),
    )


def _play(screen: Screen, setting: Setting, acts: tuple[Act, ...], output: Path) -> bool:
    screen.title("Starting an emulated Entra and Exchange, and the sidecar")
    with standing(setting, output) as stage:
        screen.say(f"  tokens live {setting.token_seconds} s; {setting.mailboxes} mailboxes")
        kept = [_run(screen, stage, act) for act in acts]
        _tokens(screen, stage)
    screen.title("Everything is over; programs ended, tokens and keys deleted. What is left")
    screen.say(f"  {output}/runs      a directory for each run: result, rows, events")
    screen.say(f"  {output}/*.log     what each program said;  metrics.prom  the metrics page")
    return all(kept)


def _run(screen: Screen, stage: Stage, act: Act) -> bool:
    screen.title(act.title)
    list(stage.sidecar.pending())  # told before this act began
    with stage.job(act.job, *act.arguments, connection=act.connection) as job:
        renewals = _follow(screen, stage, act, job)
        exit_code = job.wait()
    folders = list((stage.output / "runs").glob(f"{act.job}-*"))
    if len(folders) != 1:
        raise DemoError(f"{act.job} left no run directory: see {job.log}")
    if not (folders[0] / "output.csv").exists():
        raise DemoError(
            f"{act.job} ended without a report: see {folders[0]}/result.json, {job.log}"
        )
    seen = _seen(folders[0], exit_code, renewals)
    screen.say(f"\n  {folders[0]}/output.csv begins:")
    screen.head(folders[0] / "output.csv", 5)
    screen.say("")
    found = findings(seen, act.promise)
    screen.findings(found)
    _figures(screen, folders[0])
    return all(kept for kept, _ in found)


def _follow(screen: Screen, stage: Stage, act: Act, job: Program) -> int:
    """Show both logs while the run goes on; return how often its token was renewed."""
    renewals = 0
    target = f"{act.connection}/exchange"
    with screen.following(act.job) as follower:
        for line in job.lines(patience=_PATIENCE):
            for told in stage.sidecar.pending():
                if told.get("target") == target:
                    renewals += told.get("event") == "token.published"
                    follower.show(told)
            follower.show(line)
    return renewals


def _figures(screen: Screen, folder: Path) -> None:
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    screen.say(f"\n  the run's figures, from {folder}/result.json:")
    figures = {"duration_seconds": result["duration_seconds"]} | {
        f"records {kind}": count for kind, count in result["counts"].items() if count
    }
    figures |= {f"token {name}": value for name, value in result["token"].items()}
    for name, value in figures.items():
        screen.say(f"    {name:26} {value}")


def _seen(folder: Path, exit_code: int, renewals: int) -> Seen:
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    with (folder / "output.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Seen(
        exit_code=exit_code,
        status=result["status"],
        seconds=result["duration_seconds"],
        connects=result["token"]["connects"],
        rows=len(rows),
        distinct=len({row.get("PrimarySmtpAddress") for row in rows}),
        renewals=renewals,
        masked=result["masked"],
    )


def _tokens(screen: Screen, stage: Stage) -> None:
    page = stage.metrics()
    (stage.output / "metrics.prom").write_text(page, encoding="utf-8")
    screen.title("What Prometheus would see of the tokens")
    for line in page.splitlines():
        if line.startswith(_METRICS) and not line.endswith(" 0.0") and "_bucket" not in line:
            screen.say(f"  {line}")


if __name__ == "__main__":
    main()
