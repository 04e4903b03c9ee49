"""One process at a time keeps a file, and what a killed one left is cleared away."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from contract.volume import Manner, document_path, lock_path, sweep
from sidecar.errors import ConfigError
from sidecar.refresh.possession import Possession
from sidecar.testing import once, running, until

FEDERATED = "{workloadIdentity: {tokenFile: projected}}"
Configure = Callable[..., Path]


def _kept(directory: Path, *targets: str, before: Possession | None = None) -> Possession:
    return Possession.of(directory, targets, manner=Manner(), before=before)


def test_a_second_sidecar_on_the_same_file_is_refused_by_name(
    folder: Path, configure: Configure, tmp_path: Path
) -> None:
    """While one runs, another ends with 78 and says which target is kept; afterwards it may."""
    config = configure(wi=FEDERATED)
    with running(config, tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"))
        second = once(config)
        assert second.returncode == 78
        assert f"another sidecar keeps wi/exchange in {folder / 'tokens'}" in second.stderr
        sidecar.process.send_signal(signal.SIGKILL)
        sidecar.process.wait()
    assert once(config).returncode == 0


def test_two_sidecars_share_a_folder_as_long_as_no_target_is_both(
    configure: Configure, tmp_path: Path
) -> None:
    """The lock is for a file, not for the volume."""
    with running(configure(a=FEDERATED), tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"))
        assert once(configure(b=FEDERATED)).returncode == 0


def test_nothing_is_kept_when_one_of_several_is_not_to_be_had(tmp_path: Path) -> None:
    """All or none: a refused process holds no lock in anybody's way."""
    first = _kept(tmp_path, "a/x")
    with pytest.raises(ConfigError, match="keeps a/x"):
        _kept(tmp_path, "a/x", "b/y")
    _kept(tmp_path, "b/y").release()
    first.release()
    _kept(tmp_path, "a/x").release()


def test_a_new_configuration_takes_over_without_letting_go(tmp_path: Path) -> None:
    """What both keep is passed on; the old one then gives back only what is no longer kept."""
    before = _kept(tmp_path, "a/x", "a/y")
    after = _kept(tmp_path, "a/y", "a/z", before=before)
    before.release()
    for busy in ("a/y", "a/z"):
        with pytest.raises(ConfigError):
            _kept(tmp_path, busy)
    _kept(tmp_path, "a/x").release()
    after.release()


def test_a_refused_configuration_leaves_the_old_one_its_files(tmp_path: Path) -> None:
    """The configuration in use loses nothing by one that cannot be had."""
    other, before = _kept(tmp_path, "b/y"), _kept(tmp_path, "a/x")
    with pytest.raises(ConfigError):
        _kept(tmp_path, "a/x", "b/y", before=before)
    with pytest.raises(ConfigError):
        _kept(tmp_path, "a/x")
    before.release()
    other.release()


def test_what_a_killed_writer_left_is_removed_at_the_start(tmp_path: Path) -> None:
    """Unfinished files of the target go, those of others and the documents themselves stay."""
    (tmp_path / "a").mkdir()
    document = document_path(tmp_path, "a", "x")
    document.write_text("{}")
    left = [document.with_name(".x.json.abcd1234"), document.with_name(".x.token.abcd1234")]
    others = document.with_name(".y.json.abcd1234")
    for each in (*left, others):
        each.write_text("canary")
    _kept(tmp_path, "a/x").release()
    there = sorted(each.name for each in document.parent.iterdir())
    assert there == sorted([document.name, others.name, lock_path(tmp_path, "a", "x").name])
    assert sweep(tmp_path, "a", "x") == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file lies where the connection's folder should be."""
    (tmp_path / "a").write_text("")
    with pytest.raises(ConfigError, match=r"output\.directory: .*File exists"):
        _kept(tmp_path, "a/x")


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    """However a process ends, the kernel gives its lock back."""
    path = lock_path(tmp_path, "a", "x")
    path.parent.mkdir()
    program = (
        f"import fcntl, sys; f = open({str(path)!r}, 'w'); fcntl.flock(f, fcntl.LOCK_EX);"
        " print(1, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(ConfigError):
            _kept(tmp_path, "a/x")
        child.kill()
        child.wait()
    _kept(tmp_path, "a/x").release()
