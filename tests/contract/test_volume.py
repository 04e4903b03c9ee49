"""How a file is replaced and read."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from contract.errors import TokenMalformedError, TokenMissingError
from contract.onexpiry import OnExpiry
from contract.token import TokenDocument
from contract.volume import (
    Manner,
    document_path,
    publish,
    raw_token_path,
    read,
    replace_file,
    withdraw,
)


def test_a_published_document_is_read_back(tmp_path: Path, document: TokenDocument) -> None:
    """It lies in a folder of its connection, by the name of its resource."""
    path = publish(tmp_path, document)
    assert path == document_path(tmp_path, "contoso", "exchange")
    assert path.relative_to(tmp_path) == Path("contoso/exchange.json")
    assert read(path) == document


def test_publishing_again_replaces_the_file(tmp_path: Path, document: TokenDocument) -> None:
    """The new document takes the old one's place, and nothing else is left."""
    publish(tmp_path, document)
    path = publish(tmp_path, replace(document, sequence=18))
    assert read(path).sequence == 18
    assert [each.name for each in path.parent.iterdir()] == ["exchange.json"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o400], ids=oct)
def test_the_mode_is_as_asked_at_each_write(tmp_path: Path, mode: int) -> None:
    """Neither the umask nor the old file's mode has a say, and a read-only file is replaced."""
    path = tmp_path / "file"
    before = os.umask(0o077)
    try:
        for data in (b"first", b"second"):
            replace_file(path, data, mode=mode)
            assert stat.S_IMODE(path.stat().st_mode) == mode
            assert path.read_bytes() == data
    finally:
        os.umask(before)


@pytest.mark.parametrize("call", ["fsync", "fchmod", "replace"])
def test_a_failing_disk_leaves_the_old_bytes_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Wherever the write fails, a reader still has the whole old file."""
    path = tmp_path / "file"
    replace_file(path, b"old", mode=0o600)

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path if call == "replace" else os, call, fail)
    with pytest.raises(OSError, match="No space left"):
        replace_file(path, b"new", mode=0o600)
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failing_disk_leaves_nothing_where_nothing_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first write that fails does not leave an empty file that looks like a token."""

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        replace_file(tmp_path / "file", b"new", mode=0o600)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_directory_is_an_error_of_the_system(tmp_path: Path) -> None:
    """The volume may be gone: the caller is told by the system's own error."""
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "gone" / "file", b"", mode=0o600)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(None, TokenMissingError, id="no file"),
        pytest.param(b"", TokenMissingError, id="an empty file"),
        pytest.param(b"{", TokenMalformedError, id="cut off"),
        pytest.param(b"\xff", TokenMalformedError, id="not text"),
        pytest.param(b"[]", TokenMalformedError, id="not an object"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_file(
    tmp_path: Path, data: bytes | None, error: type[Exception]
) -> None:
    """Missing means wait, malformed means mend; both name the path."""
    path = tmp_path / "exchange.json"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(error, match=str(path)):
        read(path)


def test_a_folder_in_the_files_place_is_malformed(tmp_path: Path) -> None:
    """Whatever else is wrong with the file, it is not waited for."""
    with pytest.raises(TokenMalformedError, match="cannot be read: Is a directory"):
        read(tmp_path)


def test_the_bare_token_lies_beside_its_document(tmp_path: Path, document: TokenDocument) -> None:
    """Only where it is asked for, with the same mode, and nothing but the token in it."""
    publish(tmp_path, document)
    raw = raw_token_path(tmp_path, "contoso", "exchange")
    assert not raw.exists()
    publish(tmp_path, document, Manner(mode=0o600, raw_token=True))
    assert raw.read_text() == document.access_token
    assert stat.S_IMODE(raw.stat().st_mode) == 0o600


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give a file to any group")
def test_files_and_folder_get_the_group(tmp_path: Path, document: TokenDocument) -> None:
    """A reader of that group may read, whatever group the writer has."""
    path = publish(tmp_path, document, Manner(group=65532, raw_token=True))
    found = {each.stat().st_gid for each in (path, path.parent, path.with_suffix(".token"))}
    assert found == {65532}


def test_a_group_that_may_not_be_given_leaves_the_old_file(
    tmp_path: Path, document: TokenDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal comes before the secret is written, and nothing is left beside the file."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    path = publish(tmp_path, document)
    monkeypatch.setattr(os, "fchown", refuse)
    with pytest.raises(PermissionError):
        publish(tmp_path, replace(document, sequence=18), Manner(group=1))
    assert read(path).sequence == 17
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("what", "left"), [(OnExpiry.KEEP, b"old"), (OnExpiry.TRUNCATE, b""), (OnExpiry.REMOVE, None)]
)
def test_a_file_is_withdrawn_as_asked(tmp_path: Path, what: OnExpiry, left: bytes | None) -> None:
    """It is kept, emptied with its mode, or gone; one that is not there is no matter."""
    path = tmp_path / "file"
    withdraw(path, what)
    assert not path.exists()
    replace_file(path, b"old", mode=0o640)
    withdraw(path, what)
    assert (path.read_bytes() if path.exists() else None) == left
    assert left is None or stat.S_IMODE(path.stat().st_mode) == 0o640
