"""What a newcomer sees of `make demo`, also when it is broken off."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from sidecar.testing import until
from tests.e2e.conftest import Demo
from tests.together.processes import alive
from tests.together.work import rows_of

pytestmark = pytest.mark.e2e


def test_the_demo_keeps_its_promises(demo: Demo) -> None:
    """Both reports are whole, the files are where it says, and no secret or process stays."""
    child = demo.start()
    assert child.wait(timeout=240) == 0, demo.said
    assert "All of that was true." in demo.said
    assert "FAIL" not in demo.said
    runs = {path.name.rsplit("-", 2)[0]: path for path in (demo.output / "runs").iterdir()}
    assert set(runs) == {"mailbox-sizes", "mailbox-permissions"}
    assert len(rows_of(runs["mailbox-sizes"] / "output.csv")) == 250
    assert "exo_token_expiration_timestamp_seconds" in (demo.output / "metrics.prom").read_text()
    assert secrets_in(demo.output) == []
    assert list(demo.temporary.glob("exo-*")) == []
    assert alive(str(demo.folder)) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_demo_that_is_broken_off_cleans_up(demo: Demo, number: signal.Signals) -> None:
    """In the middle of a run it ends with 130, and leaves neither process nor key nor token."""
    child = demo.start()
    log = demo.output / "mailbox-sizes.log"
    until(lambda: log.exists() and "session.connected" in log.read_text(), "the run")
    assert [each for each in alive(str(demo.folder)) if "-Plan" in each.argv]
    child.send_signal(number)
    assert child.wait(timeout=60) == 130, demo.said
    assert "Stopped." in demo.said
    assert "Traceback" not in demo.said
    assert secrets_in(demo.output) == []
    assert list(demo.temporary.glob("exo-*")) == []
    assert alive(str(demo.folder)) == []


def secrets_in(folder: Path) -> list[Path]:
    """Return the files that are or hold a key or a token."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if b"PRIVATE KEY" in path.read_bytes() or _has_token(path)]


def _has_token(path: Path) -> bool:
    return b'"access_token"' in path.read_bytes() or b"eyJ" in path.read_bytes()


def test_a_wrong_pwsh_is_told_in_one_sentence(checkout: Path) -> None:
    """`PWSH=/nope make demo` names the variable and the path, and starts nothing."""
    assert make(checkout, "venv").returncode == 0  # else its preparation would be told as well
    done = make(checkout, "demo", PWSH="/nope")
    assert done.returncode != 0
    complaint, *more = done.stderr.splitlines()
    assert "PWSH" in complaint
    assert "/nope" in complaint
    assert [line for line in more if not line.startswith("make")] == []
    assert "Traceback" not in done.stderr


def test_help_names_every_target(checkout: Path) -> None:
    """`make help` lists each target that a person may call, with what it does."""
    text = (checkout / "Makefile").read_text("utf-8")
    (phony,) = [line for line in text.splitlines() if line.startswith(".PHONY:")]
    listed = {
        line.split()[0]: line.split()[1:] for line in make(checkout, "help").stdout.splitlines()
    }
    assert set(listed) == set(phony.split()[1:]) - {"venv"}
    assert all(listed.values())


def make(checkout: Path, target: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `make` to its end."""
    return subprocess.run(
        ["/usr/bin/env", "make", "--no-print-directory", target],
        cwd=checkout,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
