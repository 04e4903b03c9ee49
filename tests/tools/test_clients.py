"""What `tools/clients` makes of a machine that has Node and Go, old ones, or none."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NODE = "#!/bin/sh\necho v{}.1.0\n"
GO = '#!/bin/sh\ncase "$*" in "env GOVERSION") echo go1.{}.3;; *) echo "built $*" >>"$0.log"; '
GO += 'while [ $# -gt 1 ]; do shift; [ "$1" = -o ] && touch "$2"; done; :;; esac\n'
NPM = '#!/bin/sh\necho "installed $*" >>"$0.log"\n'
PYTHON = '#!/bin/sh\necho "asked for $*" >>"$0.log"\nexit 1\n'


@pytest.fixture
def checkout(tmp_path):
    """A checkout's files that the tool reads, and a folder of programs for PATH."""
    for name in ("tools", "requirements", "tests/clients"):
        shutil.copytree(ROOT / name, tmp_path / "checkout" / name)
    (tmp_path / "bin").mkdir()
    return tmp_path


def prepare(checkout: Path, **programs: str) -> subprocess.CompletedProcess[str]:
    """Run the tool where *programs* are all that is on PATH beside Debian's own small ones."""
    folder = checkout / "bin"
    for name, text in programs.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    for name in ("bash", "cat", "cp", "dirname", "ln", "mkdir", "rm", "sha256sum", "touch", "sh"):
        if not (folder / name).exists():
            (folder / name).symlink_to(shutil.which(name) or name)
    return subprocess.run(
        [checkout / "checkout" / "tools" / "clients"],
        env={"PATH": str(folder), "PYTHON": "python-of-test"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_node_and_go_on_path_are_used_once(checkout):
    """They install and build; with the same sources the second run does nothing."""
    good = {"node": NODE.format(20), "npm": NPM, "go": GO.format(25)}
    for _ in range(2):
        done = prepare(checkout, **good)
        assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for program in ("npm.log", "go.log"):
        assert len((checkout / "bin" / program).read_text().splitlines()) == 1


def test_a_changed_source_is_prepared_again(checkout):
    """A program of ours that changed is copied and built anew."""
    good = {"node": NODE.format(20), "npm": NPM, "go": GO.format(25)}
    prepare(checkout, **good)
    with (checkout / "checkout/tests/clients/node/sign-in.mjs").open("a") as program:
        program.write("// changed\n")
    prepare(checkout, **good)
    assert len((checkout / "bin" / "go.log").read_text().splitlines()) == 2


OLD = {
    "an old Node": {"node": NODE.format(18), "npm": NPM, "go": GO.format(26)},
    "an old Go": {"node": NODE.format(22), "npm": NPM, "go": GO.format(19)},
    "no npm": {"node": NODE.format(22), "go": GO.format(26)},
    "neither": {},
}


@pytest.mark.parametrize("programs", OLD.values(), ids=OLD)
def test_what_is_missing_is_named_in_one_sentence(checkout, programs):
    """Without Python there is no other way to Node and Go."""
    done = prepare(checkout, **programs)
    assert done.returncode == 1
    assert done.stderr.startswith("exo-jobs: Node 20 and Go 1.25 are needed")
    assert len(done.stderr.splitlines()) == 1


def test_a_registry_that_gives_nothing_is_named(checkout):
    """Where the wheels cannot be installed, the last line says what is missing."""
    done = prepare(checkout, **{"python-of-test": PYTHON})
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("exo-jobs: ")


def test_no_registry_stands_in_a_lock_file():
    """Who installs chooses where from."""
    for file in ("tests/clients/node/package-lock.json", "requirements/clients.txt"):
        text = (ROOT / file).read_text()
        assert '"resolved"' not in text
        assert "index-url" not in text
