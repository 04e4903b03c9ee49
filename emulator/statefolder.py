"""Writes what a client of the emulator needs into a folder: CA, credentials, a sidecar's config."""

import io
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from contract.volume import replace_file
from emulator.applications import Application
from emulator.credentials import ClientCertificate
from emulator.emulation import Emulation
from emulator.world import Tenant

READY = "emulator.json"
"""Written last: once it is there, everything else is, and the server answers."""

_PRIVATE, _PUBLIC = 0o600, 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The tenant and application that the written credentials are for."""

    tenant: Tenant
    application: Application


def prepare(folder: Path) -> None:
    """Make *folder*, and take back an earlier server's word that it is ready.

    Raises:
        OSError: the folder cannot be made or written.
    """
    (folder / "tokens").mkdir(parents=True, exist_ok=True)
    (folder / READY).unlink(missing_ok=True)


def write_credentials(
    folder: Path, *, ca_pem: bytes, client: ClientCertificate, projected_token: str
) -> None:
    """Write the CA and every form of credential that the application may sign in with.

    Raises:
        OSError: the folder cannot be written.
    """
    password = secrets.token_urlsafe(24)
    replace_file(folder / "ca.pem", ca_pem, mode=_PUBLIC)
    replace_file(folder / "client.pem", client.pem.encode(), mode=_PRIVATE)
    replace_file(folder / "client.pfx", client.pfx(password), mode=_PRIVATE)
    replace_file(folder / "pfx-password", password.encode(), mode=_PRIVATE)
    write_projected_token(folder, projected_token)


def write_projected_token(folder: Path, token: str) -> None:
    """Replace the projected token, as the kubelet does.

    Raises:
        OSError: the folder cannot be written.
    """
    replace_file(folder / "projected-token", token.encode(), mode=_PRIVATE)


def write_guides(folder: Path, emulation: Emulation, subject: Subject) -> None:
    """Write the sidecar's config, then `emulator.json`, which says that all is ready.

    Raises:
        OSError: the folder cannot be written.
    """
    text = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.dump(sidecar_config(folder, emulation.url, subject), text)
    replace_file(folder / "sidecar.yaml", text.getvalue().encode(), mode=_PUBLIC)
    ready = {
        "url": emulation.url,
        "tenantId": subject.tenant.id,
        "clientId": subject.application.client_id,
        "organization": subject.tenant.initial_domain,
        "issuer": emulation.issuer.url,
        "caFile": str(folder / "ca.pem"),
        "pid": os.getpid(),
    }
    replace_file(folder / READY, (json.dumps(ready, indent=1) + "\n").encode(), mode=_PUBLIC)


def sidecar_config(folder: Path, url: str, subject: Subject) -> dict[str, object]:
    """Return a config for `exo-token` with one connection for each kind of credential."""
    by_certificate: dict[str, object] = {"certificate": {"file": "client.pem"}}
    by_workload_identity: dict[str, object] = {"workloadIdentity": {"tokenFile": "projected-token"}}
    return {
        "connections": {
            "contoso": _connection(url, subject, by_certificate),
            "contoso-wi": _connection(url, subject, by_workload_identity),
        },
        "output": {"directory": str(folder / "tokens")},
        "server": {"address": "127.0.0.1", "port": 0},
        "tls": {"caFile": "ca.pem"},
    }


def _connection(url: str, subject: Subject, credential: dict[str, object]) -> dict[str, object]:
    return {
        "tenantId": subject.tenant.id,
        "organization": subject.tenant.initial_domain,
        "clientId": subject.application.client_id,
        "environment": "worldwide",
        "endpoints": {"authority": url, "connectionUri": f"{url}/powershell-liveid/"},
        "resources": ["exchange"],
        "credential": credential,
    }
