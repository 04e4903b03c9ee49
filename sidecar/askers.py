"""Which part asks for the tokens of which credential; a part of the composition."""

import os
from collections.abc import Callable
from pathlib import Path

import requests

from sidecar import clock
from sidecar.config.settings import Settings
from sidecar.config.targets import Target
from sidecar.credentials.identities import DeveloperSignIn, ManagedIdentity
from sidecar.entra.asking import Asked, Entra

Ask = Callable[[Target], Asked]


def asker_of(settings: Settings, target: Target, conceal: Callable[[str], None]) -> Ask:
    """Return what asks for the token of *target*, as its credential wants it."""
    credential, timeout = settings.credentials[target.name], settings.attempt_timeout
    match credential:
        case ManagedIdentity():
            from sidecar.entra.metadata import MetadataService  # noqa: PLC0415 - few need it

            return MetadataService(
                identity=credential,
                conceal=conceal,
                now=clock.now,
                timeout=timeout.total_seconds(),
            ).ask
        case DeveloperSignIn():
            from sidecar.entra.developer import DeveloperTools  # noqa: PLC0415 - few need it

            return DeveloperTools(
                conceal=conceal, now=clock.now, timeout=timeout.total_seconds()
            ).ask
        case _:
            return Entra(
                credential=credential,
                conceal=conceal,
                now=clock.now,
                timeout=timeout.total_seconds(),
                proxies=requests.utils.get_environ_proxies,
                ca_file=settings.ca_file or environment_ca_file(),
            ).ask


def environment_ca_file() -> Path | None:
    """Return the CA file that the environment names, for Python and pwsh alike."""
    # NOTE: REQUESTS_CA_BUNDLE is not looked at: one variable for both.
    named = os.environ.get("SSL_CERT_FILE")
    return Path(named) if named else None
