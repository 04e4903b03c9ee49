"""What becomes of the files of tokens that no other has replaced."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.testing import Emulator, Fault
from sidecar.testing import running, until

FEDERATED = "{workloadIdentity: {tokenFile: projected}}"
TOKEN = "/oauth2/v2.0/token"

Configure = Callable[..., Path]
WHAT = {"keep": (True, True), "truncate": (True, False), "remove": (False, False)}
"""Whether the files are still there, and whether they still hold something."""


@pytest.mark.parametrize("what", WHAT)
def test_an_expired_file_is_treated_as_configured(
    configure: Configure, folder: Path, tmp_path: Path, emulator: Emulator, what: str
) -> None:
    """Document and bare token share their fate, the log says so once, and a new token heals it."""
    file = configure(wi=FEDERATED)
    output = f"output: {{directory: tokens, rawToken: true, onExpiry: {what}, mode: '0600'}}"
    file.write_text(file.read_text().replace("output: {directory: tokens}", output))
    paths = [folder / "tokens" / "wi" / f"exchange.{suffix}" for suffix in ("json", "token")]
    with running(file, tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"))
        assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
        emulator.faults.add(Fault(path=TOKEN, status=503, times=None))
        until(lambda: sidecar.events("token.expired"), "the token's end")
        there = [path.exists() for path in paths]
        held = [path.exists() and path.stat().st_size > 0 for path in paths]
        emulator.faults.clear()
        before = len(sidecar.events("token.published"))
        until(lambda: len(sidecar.events("token.published")) > before, "a new token")
        assert [path.stat().st_size > 0 for path in paths] == [True, True]
        assert len(sidecar.events("token.expired")) == 1

    assert (set(there), set(held)) == ({WHAT[what][0]}, {WHAT[what][1]})


def test_a_volume_that_cannot_be_changed_is_told(
    configure: Configure, folder: Path, tmp_path: Path, emulator: Emulator
) -> None:
    """The file of an expired token that cannot be removed is named in the log, and nothing ends."""
    file = configure(wi=FEDERATED)
    output = "output: {directory: tokens, onExpiry: remove}"
    file.write_text(file.read_text().replace("output: {directory: tokens}", output))
    document = folder / "tokens" / "wi" / "exchange.json"
    with running(file, tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"))
        emulator.faults.add(Fault(path=TOKEN, status=503, times=None))
        document.unlink()
        document.mkdir()  # what cannot be unlinked, also by root
        until(lambda: sidecar.events("token.expired"), "the token's end")
        (told,) = sidecar.events("token.expired")
        assert str(document) in str(told["problem"])
        assert sidecar.get("/livez")[0] == 200
