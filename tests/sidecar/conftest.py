"""What several tests of the sidecar need."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emulator.testing import (
    CLIENT_ID,
    ORGANIZATION,
    SAMPLE_CERTIFICATE,
    TENANT_ID,
    Emulator,
    running,
    sample_world,
)
from sidecar.config.targets import Target
from sidecar.entra.failures import Failure, Reason

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TENANT = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def noon() -> datetime:
    """A present moment."""
    return NOON


@pytest.fixture
def target() -> Target:
    """The Exchange token of one connection, worldwide."""
    return Target(
        connection="contoso",
        resource="exchange",
        tenant_id=TENANT,
        organization="contoso.onmicrosoft.com",
        client_id="22222222-2222-4222-8222-222222222222",
        environment="worldwide",
        authority="https://login.microsoftonline.com",
        scope="https://outlook.office365.com/.default",
    )


@pytest.fixture
def failure() -> Callable[..., Failure]:
    """Make a failure; an outage unless said otherwise."""

    def make(
        reason: Reason = Reason.IDP_UNAVAILABLE, retry_after: timedelta | None = None
    ) -> Failure:
        return Failure(reason=reason, summary="s", remedy="r", retry_after=retry_after)

    return make


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Entra and Exchange, on loopback, over TLS; tokens live five seconds."""
    with running(sample_world(token_lifetime="5s")) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path, emulator: Emulator) -> Path:
    """A folder with every kind of credential, and an empty one for tokens in it."""
    (tmp_path / "client.pem").write_text(SAMPLE_CERTIFICATE.pem)
    (tmp_path / "client.pfx").write_bytes(SAMPLE_CERTIFICATE.pfx("canary-password"))
    (tmp_path / "pfx-password").write_text("canary-password\n")
    (tmp_path / "projected").write_text(emulator.issuer.mint())
    (tmp_path / "tokens").mkdir()
    return tmp_path


@pytest.fixture
def configure(folder: Path, emulator: Emulator) -> Callable[..., Path]:
    """Write a configuration with one connection for each credential, given as YAML."""

    def write(
        *, resources: str = "[exchange]", authority: str = "", ca: str = "", **credentials: str
    ) -> Path:
        lines = ["connections:"]
        for name, credential in credentials.items():
            lines += [
                f"  {name}:",
                f"    tenantId: {TENANT_ID}",
                f"    organization: {ORGANIZATION}",
                f"    clientId: {CLIENT_ID}",
                f"    endpoints: {{authority: {authority or emulator.url}}}",
                f"    resources: {resources}",
                f"    credential: {credential}",
            ]
        lines += ["output: {directory: tokens}", "server: {port: 0}"]
        lines += [f"tls: {{caFile: {ca or emulator.ca_file}}}"] if ca != "none" else []
        file = folder / "sidecar.yaml"
        file.write_text("\n".join(lines))
        return file

    return write
