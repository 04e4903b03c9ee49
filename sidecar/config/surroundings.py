"""What this machine has: answers to the questions that a configuration asks of it."""

import tempfile
from pathlib import Path

from sidecar.config.fields import Surroundings
from sidecar.credentials.certificates import read_certificate
from sidecar.errors import CredentialError


def surroundings_of(config_file: Path) -> Surroundings:
    """Return the surroundings of *config_file* on this machine."""
    return Surroundings(
        directory=config_file.absolute().parent,
        readable=_unreadable,
        writable=_unwritable,
        certificate=_unusable,
    )


def _unreadable(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            return [] if file.read(1) else [f"{path} is empty"]
    except OSError as error:
        return [f"{path} cannot be read: {error.strerror}"]


def _unwritable(directory: Path) -> list[str]:
    # Only writing proves it: modes say nothing of read-only mounts, quotas and full disks.
    try:
        with tempfile.NamedTemporaryFile(dir=directory, prefix=".exo-token.") as file:
            file.write(b"?")
            file.flush()
    except OSError as error:
        return [f"{directory} cannot be written: {error.strerror}"]
    return []


def _unusable(file: Path, key_file: Path | None, password_file: Path | None) -> list[str]:
    try:
        read_certificate(file, key_file=key_file, password_file=password_file)
    except CredentialError as error:
        return [str(error)]
    return []
