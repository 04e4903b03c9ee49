"""What a configuration comes to: the plain values that the process runs on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from contract.onexpiry import OnExpiry
from contract.volume import Manner
from sidecar.config.targets import Target, targets_of
from sidecar.credentials.proofs import CertificateFile, Credential, FederatedToken

if TYPE_CHECKING:  # the models are needed only where a configuration is read
    from sidecar.config.model import Config
    from sidecar.config.model import Credential as CredentialConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A checked configuration; nothing in it needs what has checked it."""

    targets: tuple[Target, ...]
    credentials: Mapping[str, Credential]
    """One for each target, by the target's name."""
    start_splay: timedelta
    attempt_timeout: timedelta
    workers: int
    directory: Path
    manner: Manner
    on_expiry: OnExpiry
    address: str
    port: int
    ca_file: Path | None


def settings_of(config: "Config") -> Settings:
    """Return the settings that *config* comes to."""
    targets = targets_of(config)
    return Settings(
        targets=targets,
        credentials={
            each.name: credential_of(config.connections[each.connection].credential)
            for each in targets
        },
        start_splay=config.refresh.start_splay,
        attempt_timeout=config.refresh.attempt_timeout,
        workers=config.refresh.workers,
        directory=config.output.directory,
        manner=Manner(
            mode=config.output.file_mode,
            group=config.output.group,
            raw_token=config.output.raw_token,
        ),
        on_expiry=config.output.on_expiry,
        address=config.server.address,
        port=config.server.port,
        ca_file=config.tls.ca_file,
    )


def credential_of(config: "CredentialConfig") -> Credential:
    """Return the credential, whose files are not read yet."""
    if config.workload_identity is not None:
        return FederatedToken(config.workload_identity.token_file)
    certificate = config.certificate
    if certificate is None:
        raise AssertionError("the configuration has exactly one kind of credential")
    return CertificateFile(
        certificate.file,
        key_file=certificate.key_file,
        password_file=certificate.password_file,
        send_chain=certificate.send_chain,
    )
