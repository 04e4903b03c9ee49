"""The configuration is read by a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.testing import CLIENT_ID
from sidecar.config.file import load_config
from sidecar.config.loading import load_settings
from sidecar.config.settings import settings_of
from sidecar.config.surroundings import surroundings_of
from sidecar.errors import ConfigError
from sidecar.testing import running, until

FEDERATED = "{workloadIdentity: {tokenFile: projected}}"
PEM = "{certificate: {file: client.pem}}"


def test_the_settings_are_those_of_the_file(configure: Callable[..., Path]) -> None:
    """What comes out of the other process is what this one would have read."""
    file = configure(wi=FEDERATED, pem=PEM, resources="[exchange, graph]")
    found, here = load_settings(file, {}), settings_of(load_config(file, surroundings_of(file)))
    assert found.targets == here.targets
    assert [each.client_id for each in found.targets] == [CLIENT_ID] * 4
    kinds = [found.credentials[each.name].kind for each in found.targets]
    assert kinds == [here.credentials[each.name].kind for each in here.targets]
    assert (found.directory, found.port, found.ca_file) == (here.directory, 0, here.ca_file)


def test_every_problem_comes_back(tmp_path: Path) -> None:
    """Each one with its place, as if it had been found here."""
    file = tmp_path / "sidecar.yaml"
    file.write_text("connections: {}\noutput: {directory: nowhere}\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(file, {})
    assert [each.split(":")[1] for each in caught.value.problems] == ["1", "2"]


def test_the_running_sidecar_carries_no_parser(
    folder: Path, configure: Callable[..., Path]
) -> None:
    """Neither the models nor the YAML parser are mapped once it serves, nor is a child left."""
    with running(configure(wi=FEDERATED), folder) as sidecar:
        pid = sidecar.process.pid
        until((folder / "tokens" / "wi" / "exchange.json").exists, "a token")
        maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
        assert "_ssl" in maps
        assert "pydantic" not in maps
        assert not _children(pid)


def test_a_reader_that_is_killed_is_told_apart(tmp_path: Path) -> None:
    """When the other process dies, the sidecar neither hangs nor blames the file's text."""
    file = tmp_path / "sidecar.yaml"
    os.mkfifo(file)  # the reader waits in it for ever
    with subprocess.Popen(
        [sys.executable, "-m", "sidecar", "run", "--config", str(file)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as sidecar:
        until(lambda: _children(sidecar.pid), "the reader")
        os.kill(_children(sidecar.pid)[0], signal.SIGKILL)
        _, said = sidecar.communicate(timeout=20)
    assert sidecar.returncode == 78
    assert "ended too early (exit code -9" in said


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(each) for each in text.split()]
