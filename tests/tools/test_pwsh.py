"""Where `tools/pwsh` finds a PowerShell, and what it says when there is none."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"


@pytest.fixture
def checkout(tmp_path):
    """A checkout with nothing beside it, and no pwsh on PATH."""
    folder = tmp_path / "checkout"
    (folder / "tools").mkdir(parents=True)
    for name in ("pwsh", "pwsh.toml"):
        shutil.copy(TOOLS / name, folder / "tools")
    return folder


def find(checkout, **environment):
    """Run the finder of *checkout*; the PATH has what it needs and no pwsh."""
    programs = checkout / "bin"
    programs.mkdir(exist_ok=True)
    sources = {name: shutil.which(name) for name in ("env", "tar", "gzip", "xz")}
    for name, source in {**sources, "python3": Path(sys.executable).resolve()}.items():
        assert source
        if not (programs / name).is_symlink():
            (programs / name).symlink_to(source)
    return subprocess.run(
        [checkout / "tools" / "pwsh"],
        env={"PATH": str(programs), "HOME": os.environ["HOME"]} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def program(path):
    """Make an executable at *path* and return it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def pin(checkout, archive, sha256):
    """Pin *archive* for this machine."""
    text = (
        f'version = "1"\n[{platform.machine()}]\nurl = "{archive.as_uri()}"\nsha256 = "{sha256}"\n'
    )
    (checkout / "tools" / "pwsh.toml").write_text(text)


def packed(folder):
    """Make an archive with a pwsh that lacks its execute bit, as some releases do."""
    program(folder / "content" / "pwsh").chmod(0o644)
    archive = folder / "pwsh.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(folder / "content" / "pwsh", "pwsh")
    return archive


def test_what_pwsh_names_comes_first(checkout, tmp_path):
    """$PWSH wins over everything else."""
    named = program(tmp_path / "mine" / "pwsh")

    found = find(checkout, PWSH=str(named))

    assert (found.returncode, found.stdout) == (0, f"{named}\n")


def test_a_wrong_pwsh_is_refused_and_not_replaced(checkout, tmp_path):
    """$PWSH that names nothing is an error, not a reason to take another."""
    found = find(checkout, PWSH=str(tmp_path / "nothing"))

    assert found.returncode == 1
    assert "not a program that can be started" in found.stderr


def test_the_path_comes_before_a_download(checkout):
    """A pwsh on PATH is taken as it is."""
    on_path = program(checkout / "bin" / "pwsh")

    assert find(checkout).stdout == f"{on_path}\n"


def shared_archive(checkout):
    """Put an archive beside *checkout* whose `unpack` leaves a pwsh."""
    unpack = program(checkout.parent / "shared" / "pwsh" / "unpack")
    unpack.write_text(
        """#!/bin/sh
        PATH=/usr/bin:/bin
        mkdir -p "$1/unpacked"
        printf '#!/bin/sh\\n' >"$1/unpacked/pwsh"
        chmod +x "$1/unpacked/pwsh"
        echo "$1/unpacked/pwsh"
        """
    )


def test_the_shared_archive_comes_before_a_download(checkout):
    """What ../shared/pwsh/unpack prints is taken."""
    shared_archive(checkout)

    assert find(checkout).stdout == f"{checkout}/.tools/unpacked/pwsh\n"


def test_without_xz_the_package_is_named(checkout):
    """A machine that cannot unpack the shared archive is told what to install."""
    shared_archive(checkout)
    find(checkout, PWSH="/nothing")  # lays out bin/
    (checkout / "bin" / "xz").unlink()
    (checkout / "bin" / "xz").symlink_to("/nothing")

    found = find(checkout)

    assert found.returncode == 1
    assert found.stderr.endswith("(Debian, Ubuntu: apt-get install xz-utils).\n")


def test_a_pwsh_that_does_not_start_is_refused(checkout, tmp_path):
    """A pwsh that lacks a library is refused with the packages it may need."""
    broken = program(tmp_path / "mine" / "pwsh")
    broken.write_text("#!/bin/sh\nexit 127\n")

    found = find(checkout, PWSH=str(broken))

    assert found.returncode == 1
    assert "apt-get install libstdc++6 libssl3" in found.stderr


def test_a_download_is_checked_unpacked_and_made_executable(checkout, tmp_path):
    """The pinned archive is unpacked once, when its SHA-256 is the pinned one."""
    archive = packed(tmp_path)
    pin(checkout, archive, hashlib.sha256(archive.read_bytes()).hexdigest())

    first = find(checkout)
    archive.unlink()
    second = find(checkout)

    assert first.returncode == second.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert os.access(first.stdout.strip(), os.X_OK)


def test_a_download_with_another_digest_is_not_used(checkout, tmp_path):
    """A wrong digest is told with both values, and nothing is left unpacked."""
    pin(checkout, packed(tmp_path), "0" * 64)

    found = find(checkout)

    assert found.returncode == 1
    assert "pins " + "0" * 64 in found.stderr
    assert not list((checkout / ".tools").iterdir())


def test_no_powershell_at_all_is_one_clear_sentence(checkout, tmp_path):
    """When nothing can be had, one line says what was tried and what to do."""
    pin(checkout, tmp_path / "missing.tar.gz", "0" * 64)

    found = find(checkout)

    assert found.returncode == 1
    assert "Install PowerShell 7.4 or newer, or set PWSH" in found.stderr.splitlines()[-1]
