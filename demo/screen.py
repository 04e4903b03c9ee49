"""What the demo prints: live progress on a terminal, plain lines anywhere else."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from demo.findings import Finding
from demo.programs import Line


class Screen:
    """One place for all output; nothing else in the demo prints."""

    def __init__(self) -> None:
        self.console = Console(highlight=False)

    def title(self, text: str) -> None:
        """Begin a part of the story."""
        self.console.print(f"\n[bold]{text}[/bold]")

    def say(self, text: str) -> None:
        """Print one plain line."""
        self.console.print(text, markup=False, soft_wrap=True)

    def findings(self, found: Sequence[Finding]) -> None:
        """Print each promise with its mark."""
        for kept, sentence in found:
            mark = "[green]ok[/green]  " if kept else "[red]FAIL[/red]"
            self.console.print(f"  {mark} {sentence}", soft_wrap=True)

    def head(self, file: Path, lines: int) -> None:
        """Print the first *lines* of *file*."""
        with file.open(encoding="utf-8") as text:
            for line in islice(text, lines):
                self.say(f"  {line.rstrip()}")

    @contextmanager
    def following(self, name: str) -> Iterator["Follower"]:
        """Yield what shows a run's lines while it goes on."""
        columns = (
            TextColumn("  {task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[status]}"),
        )
        with Progress(*columns, console=self.console, transient=True) as progress:
            yield Follower(self, progress, name)


class Follower:
    """Shows one run: a bar that moves, and a line for what is worth one."""

    def __init__(self, screen: Screen, progress: Progress, name: str) -> None:
        self._screen, self._progress = screen, progress
        self._bar = progress.add_task(name, total=100, status="")
        self._tenth = 0

    def show(self, line: Line) -> None:
        """Show *line*, a line of the runner's or the sidecar's log."""
        if line.get("event") == "script.progress":
            self._advance(line)
        elif text := _text(line):
            self._screen.say(f"  {str(line.get('time', ''))[11:19]}  {text}")

    def _advance(self, line: Line) -> None:
        percent = line.get("percent")
        done = float(percent) if isinstance(percent, int | float) else 0.0
        self._progress.update(self._bar, completed=max(done, 0), status=str(line.get("status")))
        tenth = int(done // 10)
        if not self._screen.console.is_terminal and tenth > self._tenth:
            self._screen.say(
                f"  {str(line.get('time', ''))[11:19]}  {line.get('status')} mailboxes"
            )
        self._tenth = max(tenth, self._tenth)


def _text(line: Line) -> str | None:
    match line.get("event"):
        case "token.published":
            return f"sidecar: {line['target']} token {line['sequence']} written"
        case "session.connected" if line.get("reason") == "start":
            return f"runner:  session connected with token {line['sequence']}"
        case "session.connected":
            return f"runner:  reconnected at a cmdlet border, now on token {line['sequence']}"
        case "script.warning" | "script.error":
            return f"script:  {line['event']}: {line.get('message')}"
        case "refresh.failed" | "run.refused":
            return f"{line['event']}: {line.get('summary') or line.get('reason')}"
        case _:
            return None
