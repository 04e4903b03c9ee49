"""What a configuration comes to: the plain values that the process runs on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from contract.onexpiry import OnExpiry
from contract.volume import Manner
from sidecar.config.targets import Target, targets_of
from sidecar.credentials.certificatefile import CertificateFile
from sidecar.credentials.identities import DeveloperSignIn, ManagedIdentity
from sidecar.credentials.kinds import CredentialKind
from sidecar.credentials.proofs import Credential
from sidecar.credentials.textfiles import FederatedToken, SecretFile

if TYPE_CHECKING:  # the models are needed only where a configuration is read
    from sidecar.config.credentials import Credential as CredentialConfig
    from sidecar.config.model import Config


AnyCredential = Credential | ManagedIdentity | DeveloperSignIn
_DISCOURAGED = {
    CredentialKind.CLIENT_SECRET: (
        "a client secret can be copied and used anywhere until it ends, and nothing here can tell"
        " when that is; use workloadIdentity, or a certificate"
    ),
    CredentialKind.DEVELOPER: (
        "a developer's sign-in gives a person's delegated token; Exchange's app-only permission"
        " is not in it, so use it for trials alone"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A checked configuration; nothing in it needs what has checked it."""

    targets: tuple[Target, ...]
    credentials: Mapping[str, AnyCredential]
    """One for each target, by the target's name."""
    start_splay: timedelta
    attempt_timeout: timedelta
    grace_period: timedelta
    workers: int
    directory: Path
    manner: Manner
    on_expiry: OnExpiry
    address: str
    port: int
    ca_file: Path | None
    webhook: str | None
    touch_file: Path | None
    warnings: tuple[str, ...] = ()
    """What works, but should not stay so."""


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
        grace_period=config.refresh.grace_period,
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
        webhook=config.notify.webhook,
        touch_file=config.notify.touch_file,
        warnings=warnings_of(config),
    )


def credential_of(config: "CredentialConfig") -> AnyCredential:
    """Return the credential, whose files are not read yet."""
    if config.workload_identity is not None:
        return FederatedToken(config.workload_identity.token_file)
    if config.client_secret is not None:
        return SecretFile(config.client_secret.file)
    if config.managed_identity is not None:
        return ManagedIdentity(**config.managed_identity.model_dump())
    if config.developer is not None:
        return DeveloperSignIn()
    certificate = config.certificate
    if certificate is None:
        raise AssertionError("the configuration has exactly one kind of credential")
    return CertificateFile(
        certificate.file,
        key_file=certificate.key_file,
        password_file=certificate.password_file,
        send_chain=certificate.send_chain,
    )


def warnings_of(config: "Config") -> tuple[str, ...]:
    """Return what works, but should not stay so: a sentence each."""
    return tuple(
        f"connections.{name}.credential: {_DISCOURAGED[kind]}"
        for name, connection in config.connections.items()
        if (kind := credential_of(connection.credential).kind) in _DISCOURAGED
    )
