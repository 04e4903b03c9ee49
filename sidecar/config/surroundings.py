"""What this machine has: answers to the questions that a configuration asks of it."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from sidecar.config.fields import Surroundings
from sidecar.credentials.certificates import read_certificate
from sidecar.errors import CredentialError

_USUAL_TOKEN_FILE = Path("/var/run/secrets/azure/tokens/azure-identity-token")
"""Where the Azure workload-identity webhook mounts the projected token."""


def surroundings_of(
    config_file: Path | None, environ: Mapping[str, str] = MappingProxyType({})
) -> Surroundings:
    """Return the surroundings of *config_file*, or of this folder, on this machine."""
    return Surroundings(
        directory=config_file.absolute().parent if config_file else Path.cwd(),
        token_file=Path(environ.get("AZURE_FEDERATED_TOKEN_FILE") or _USUAL_TOKEN_FILE),
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
