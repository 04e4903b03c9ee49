"""A real volume of its own that fills up, turns read-only, or loses its folders."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contract.volume import document_path, read
from sidecar.testing import Sidecar, running, until

FEDERATED = "{workloadIdentity: {tokenFile: projected}}"
MOUNT = 'mount -t tmpfs -o size=64k,nr_inodes=64 tmpfs "$0" && exec "$@"'
Configure = Callable[..., Path]


def _may_mount() -> bool:
    probe = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
    return (
        bool(shutil.which("unshare"))
        and not subprocess.run(probe, capture_output=True, check=False).returncode
    )


@pytest.fixture
def mounted(folder: Path, configure: Configure, tmp_path: Path) -> Iterator[tuple[Sidecar, Path]]:
    """A sidecar whose token folder is a small memory volume, and the way into it from outside."""
    if not _may_mount():
        pytest.skip("needs the right to mount, in a namespace of its own")
    tokens = folder / "tokens"
    within = ["unshare", "--mount", "sh", "-c", MOUNT, str(tokens)]
    with running(configure(wi=FEDERATED), tmp_path, within=within) as sidecar:
        until(lambda: sidecar.events("token.published"))
        yield sidecar, Path(f"/proc/{sidecar.process.pid}/root") / tokens.relative_to("/")


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filler:
        while True:
            filler.write(b"x" * 4096)


def _heals(sidecar: Sidecar) -> None:
    count = len(sidecar.events("token.published"))
    until(lambda: len(sidecar.events("token.published")) > count, "a new token")


def _remount(sidecar: Sidecar, tokens: Path, how: str) -> None:
    path = "/" + str(tokens.relative_to(f"/proc/{sidecar.process.pid}/root"))
    enter = ["nsenter", "--target", str(sidecar.process.pid), "--mount"]
    subprocess.run([*enter, "mount", "-o", f"remount,{how}", path], check=True)


def test_a_full_volume_leaves_the_old_token_and_is_told(mounted: tuple[Sidecar, Path]) -> None:
    """No space: class write, the old document whole, nothing beside it; then healed."""
    sidecar, tokens = mounted
    with pytest.raises(OSError, match="No space left"):
        _fill(tokens / "filler")
    until(lambda: sidecar.events("refresh.failed", reason="write"))
    (failed, *_) = sidecar.events("refresh.failed", reason="write")
    assert "No space left on device" in str(failed["summary"])
    assert read(document_path(tokens, "wi", "exchange")).sequence >= 1
    there = {each.name for each in (tokens / "wi").iterdir()}
    assert there == {"exchange.json", ".exchange.lock"}
    (tokens / "filler").unlink()
    _heals(sidecar)


def test_a_volume_that_turns_read_only_is_told_and_heals(mounted: tuple[Sidecar, Path]) -> None:
    """The remedy names output.directory."""
    sidecar, tokens = mounted
    _remount(sidecar, tokens, "ro")
    until(lambda: sidecar.events("refresh.failed", reason="write"))
    (failed, *_) = sidecar.events("refresh.failed", reason="write")
    assert "Read-only file system" in str(failed["summary"])
    assert "output.directory" in str(failed["remedy"])
    _remount(sidecar, tokens, "rw")
    _heals(sidecar)


def test_a_folder_that_is_deleted_is_made_again(mounted: tuple[Sidecar, Path]) -> None:
    """Somebody tidied up: the next token brings its folder."""
    sidecar, tokens = mounted
    shutil.rmtree(tokens / "wi")
    _heals(sidecar)
    assert read(document_path(tokens, "wi", "exchange")).sequence > 1
    assert sidecar.events("refresh.failed") == []
