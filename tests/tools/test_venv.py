"""What `tools/venv` says of a machine that lacks something."""

import shutil
import subprocess
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"
FAKES = {
    "no Python": (None, "Python 3.11 or newer is needed and 'python-of-test' is not here."),
    "an old Python": (
        '#!/bin/sh\ncase "$*" in *version_info*) exit 1;; *-V*) echo Python 3.9.2;; esac\n',
        "'python-of-test' is Python 3.9.2.",
    ),
    "no venv": ('#!/bin/sh\ncase "$*" in *venv*) exit 1;; esac\n', "apt-get install python3-venv"),
}


@pytest.mark.parametrize(("python", "sentence"), FAKES.values(), ids=FAKES)
def test_what_is_missing_is_named_in_one_sentence(tmp_path, python, sentence):
    """A machine that cannot make the environment is told which package to install."""
    folder = tmp_path / "checkout" / "tools"
    folder.mkdir(parents=True)
    shutil.copy(TOOLS / "venv", folder)
    if python:
        (tmp_path / "python-of-test").write_text(python)
        (tmp_path / "python-of-test").chmod(0o755)

    refused = subprocess.run(
        [folder / "venv"],
        env={"PYTHON": "python-of-test", "PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not (folder.parent / ".venv").exists()
