"""An emulated Entra and Exchange with a real sidecar process beside it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contract import volume
from contract.token import TokenDocument
from emulator.testing import (
    CLIENT_ID,
    ORGANIZATION,
    SAMPLE_CERTIFICATE,
    TENANT_ID,
    Emulator,
    World,
)
from emulator.testing import running as emulating
from sidecar.testing import Sidecar, until
from sidecar.testing import running as sidecar_running

BY_CERTIFICATE, BY_WORKLOAD_IDENTITY = "contoso", "contoso-wi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What runs while jobs run."""

    emulator: Emulator
    sidecar: Sidecar
    tokens: Path

    def token_path(self, connection: str = BY_CERTIFICATE) -> Path:
        """Return where the connection's Exchange token lies."""
        return volume.document_path(self.tokens, connection, "exchange")

    def document(self, connection: str = BY_CERTIFICATE) -> TokenDocument:
        """Return the connection's Exchange token."""
        return volume.read(self.token_path(connection))


@contextmanager
def standing(world: World, folder: Path) -> Iterator[Stage]:
    """Serve *world* and run one sidecar with both kinds of credential until the block ends."""
    tokens = folder / "tokens"
    tokens.mkdir()
    with emulating(world) as emulator:
        (folder / "client.pem").write_text(SAMPLE_CERTIFICATE.pem)
        (folder / "projected-token").write_text(emulator.issuer.mint())
        config = folder / "sidecar.yaml"
        config.write_text(json.dumps(_config(emulator)))  # JSON is YAML
        with sidecar_running(config, folder) as sidecar:
            stage = Stage(emulator=emulator, sidecar=sidecar, tokens=tokens)
            for name in (BY_CERTIFICATE, BY_WORKLOAD_IDENTITY):
                until(stage.token_path(name).exists, f"the token of {name}")
            yield stage


def _config(emulator: Emulator) -> dict[str, object]:
    credentials: dict[str, dict[str, object]] = {
        BY_CERTIFICATE: {"certificate": {"file": "client.pem"}},
        BY_WORKLOAD_IDENTITY: {"workloadIdentity": {"tokenFile": "projected-token"}},
    }
    endpoints = {"authority": emulator.url, "connectionUri": emulator.connection_uri}
    return {
        "connections": {
            name: {
                "tenantId": TENANT_ID,
                "organization": ORGANIZATION,
                "clientId": CLIENT_ID,
                "endpoints": endpoints,
                "resources": ["exchange"],
                "credential": credential,
            }
            for name, credential in credentials.items()
        },
        "output": {"directory": "tokens"},
        "server": {"port": 0},
        "tls": {"caFile": str(emulator.ca_file)},
    }
