"""The shared volume: where a document lies, how it is replaced, how it is read.

The only disk access of the contract.  A reader sees the old document or the new
one, never a part, because a document is replaced by one rename.
"""

import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from contract.errors import TokenMalformedError, TokenMissingError
from contract.onexpiry import OnExpiry
from contract.token import TokenDocument

DOCUMENT_MODE = 0o640
"""The writer may write, the group that reader and writer share may read."""


def document_path(directory: Path, connection: str, resource: str) -> Path:
    """Return where the token document of *resource* lies under *directory*."""
    return directory / connection / f"{resource}.json"


def raw_token_path(directory: Path, connection: str, resource: str) -> Path:
    """Return where the bare token lies, for programs that read nothing else."""
    return directory / connection / f"{resource}.token"


def lock_path(directory: Path, connection: str, resource: str) -> Path:
    """Return where the lock lies that the writer of *resource* holds."""
    return directory / connection / f".{resource}.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How documents are written."""

    mode: int = DOCUMENT_MODE
    group: int | None = None
    """The group id that files and folders are given; `None` leaves it to the volume."""
    raw_token: bool = False
    """Whether the bare token is written beside its document."""


def publish(directory: Path, document: TokenDocument, manner: Manner = Manner()) -> Path:
    """Replace the document's file under *directory* by *document* and return its path.

    A bare token is replaced after its document: whoever reads both sees it at most one older.

    Raises:
        OSError: the volume is full, read-only or gone; what was not replaced is as it was.
    """
    path = document_path(directory, document.connection, document.resource)
    make_folder(path.parent, manner)
    replace_file(path, document.to_json().encode(), mode=manner.mode, group=manner.group)
    if manner.raw_token:
        raw = raw_token_path(directory, document.connection, document.resource)
        replace_file(raw, document.access_token.encode(), mode=manner.mode, group=manner.group)
    return path


def make_folder(folder: Path, manner: Manner) -> None:
    """Make the folder of a connection, unless it is there.

    Raises:
        OSError: the volume is full, read-only or gone.
    """
    if folder.is_dir():
        return
    folder.mkdir(mode=0o750, exist_ok=True)
    if manner.group is not None:
        os.chown(folder, -1, manner.group)


def withdraw(path: Path, what: OnExpiry) -> None:
    """Do *what* with the file of an expired token; one that is not there is no matter.

    Raises:
        OSError: the volume is read-only or gone.
    """
    match what:
        case OnExpiry.KEEP:
            return
        case OnExpiry.REMOVE:
            path.unlink(missing_ok=True)
        case OnExpiry.TRUNCATE:
            # By a rename too: a reader in the middle of the old file reads it to its end.
            if path.exists():
                there = path.stat()
                replace_file(path, b"", mode=stat.S_IMODE(there.st_mode), group=there.st_gid)
        case _:
            assert_never(what)


def sweep(directory: Path, connection: str, resource: str) -> list[Path]:
    """Remove what a writer that was killed half-way left of *resource*, and return it.

    Only the one writer of the resource may call it: another's unfinished file would go too.
    """
    names = (each(directory, connection, resource) for each in (document_path, raw_token_path))
    left = [found for path in names for found in path.parent.glob(f".{path.name}.????????")]
    for each in left:
        each.unlink(missing_ok=True)
    return left


def read(path: Path) -> TokenDocument:
    """Read the document at *path*.

    Raises:
        TokenMissingError: there is no file, or nothing in it.
        TokenMalformedError: it is not a whole document of a known version, or cannot be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise TokenMissingError([f"{path}: no token file yet"]) from None
    except OSError as error:
        raise TokenMalformedError([f"{path}: cannot be read: {error.strerror}"]) from None
    if not data:
        raise TokenMissingError([f"{path}: the token file is empty"])
    try:
        return TokenDocument.from_json(data)
    except TokenMalformedError as error:
        raise TokenMalformedError([f"{path}: {each}" for each in error.problems]) from None


def replace_file(path: Path, data: bytes, *, mode: int, group: int | None = None) -> None:
    """Make *path* hold exactly *data*, in one step.

    A failure leaves *path* as it was and nothing beside it.  One writer at a
    time is assumed.

    Raises:
        OSError: the volume is full, read-only or gone.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            if group is not None:
                os.fchown(descriptor, -1, group)
            os.fchmod(descriptor, mode)  # before the secret is in it; mkstemp made it 0600
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        Path(temporary).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    # Without this, a crash can undo a rename that has already been reported.
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
