"""The shared volume: where a document lies, how it is replaced, how it is read.

The only disk access of the contract.  A reader sees the old document or the new
one, never a part, because a document is replaced by one rename.
"""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from contract.errors import TokenMalformedError, TokenMissingError
from contract.token import TokenDocument

DOCUMENT_MODE = 0o640
"""The writer may write, the group that reader and writer share may read."""


def document_path(directory: Path, connection: str, resource: str) -> Path:
    """Return where the token document of *resource* lies under *directory*."""
    return directory / connection / f"{resource}.json"


def publish(directory: Path, document: TokenDocument, *, mode: int = DOCUMENT_MODE) -> Path:
    """Replace the document's file under *directory* by *document* and return its path.

    Raises:
        OSError: the volume is full, read-only or gone; the old file is as it was.
    """
    path = document_path(directory, document.connection, document.resource)
    path.parent.mkdir(mode=0o750, exist_ok=True)
    replace_file(path, document.to_json().encode(), mode=mode)
    return path


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


def replace_file(path: Path, data: bytes, *, mode: int) -> None:
    """Make *path* hold exactly *data*, in one step.

    A failure leaves *path* as it was and nothing beside it.  One writer at a
    time is assumed.

    Raises:
        OSError: the volume is full, read-only or gone.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
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
