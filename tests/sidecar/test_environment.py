"""One connection may come from environment variables, Azure's own among them."""

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from contract.volume import document_path, read
from emulator.testing import CLIENT_ID, ORGANIZATION, SAMPLE_CERTIFICATE, TENANT_ID, Emulator
from sidecar.config.environment import config_in
from sidecar.config.model import Config
from sidecar.config.surroundings import surroundings_of
from sidecar.config.variables import VARIABLES
from sidecar.errors import ConfigError

WEBHOOK = {"AZURE_TENANT_ID": TENANT_ID, "AZURE_CLIENT_ID": CLIENT_ID}


@pytest.fixture
def ground(tmp_path: Path) -> Path:
    """A folder with credentials, and one for tokens."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "client.pem").write_text(SAMPLE_CERTIFICATE.pem)
    (tmp_path / "projected").write_text("a.b.c")
    return tmp_path


def _environ(ground: Path, **more: str) -> dict[str, str]:
    return {
        **WEBHOOK,
        "AZURE_FEDERATED_TOKEN_FILE": str(ground / "projected"),
        "EXO_ORGANIZATION": ORGANIZATION,
        "EXO_TOKEN_DIR": str(ground / "tokens"),
        **more,
    }


def _config(environ: Mapping[str, str]) -> Config:
    return config_in(environ, surroundings_of(None, environ))


def _problems(environ: Mapping[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        _config(environ)
    return list(caught.value.problems)


def test_the_variables_of_the_webhook_are_enough_with_two_of_ours(ground: Path) -> None:
    """Tenant, application and token file are injected; organization and folder are ours."""
    (connection,) = _config(_environ(ground)).connections.values()
    assert (connection.tenant_id, connection.client_id) == (TENANT_ID, CLIENT_ID)
    assert [each.name for each in connection.resources] == ["exchange"]
    assert connection.credential.workload_identity is not None
    assert connection.credential.workload_identity.token_file == ground / "projected"


def test_our_variables_win_over_azures(ground: Path) -> None:
    """Who sets `EXO_` means it; an injected token file does not get in a certificate's way."""
    other = "99999999-9999-4999-8999-999999999999"
    more = {
        "EXO_CONNECTION": "contoso",
        "EXO_TENANT_ID": other,
        "EXO_CLIENT_ID": other,
        "EXO_RESOURCES": "exchange, graph",
        "EXO_CERTIFICATE_FILE": str(ground / "client.pem"),
        "EXO_CERTIFICATE_SEND_CHAIN": "true",
        "EXO_AUTHORITY": "https://login.example",
        "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
        "EXO_TOKEN_GROUP": "0",
        "EXO_RAW_TOKEN": "1",
        "EXO_ATTEMPT_TIMEOUT": "10s",
        "EXO_SERVER_PORT": "9000",
    }
    config = _config(_environ(ground, **more))
    connection = config.connections["contoso"]
    assert (connection.tenant_id, connection.client_id) == (other, other)
    assert [each.name for each in connection.resources] == ["exchange", "graph"]
    assert connection.credential.workload_identity is None
    assert connection.credential.certificate is not None
    assert connection.credential.certificate.send_chain
    assert connection.endpoints.authority == "https://login.example"
    assert (config.output.group, config.output.raw_token, config.server.port) == (0, True, 9000)
    assert config.refresh.attempt_timeout == timedelta(seconds=10)


@pytest.mark.parametrize("value", ["true", "1"])
def test_a_managed_identity_may_be_asked_for(ground: Path, value: str) -> None:
    """The machine's own by a switch; an assigned one by its id as well."""
    own = _config(_environ(ground, EXO_MANAGED_IDENTITY=value))
    assigned = _config(_environ(ground, EXO_MANAGED_IDENTITY_CLIENT_ID=CLIENT_ID))
    (first,), (second,) = own.connections.values(), assigned.connections.values()
    assert first.credential.managed_identity is not None
    assert first.credential.managed_identity.client_id is None
    assert second.credential.managed_identity is not None
    assert second.credential.managed_identity.client_id == CLIENT_ID


def test_a_switch_that_is_off_changes_nothing(ground: Path) -> None:
    """EXO_MANAGED_IDENTITY=false leaves workload identity in place."""
    (connection,) = _config(_environ(ground, EXO_MANAGED_IDENTITY="false")).connections.values()
    assert connection.credential.workload_identity is not None


def test_every_problem_names_its_variable_and_no_value(ground: Path) -> None:
    """All at once; a secret put into a variable that nobody reads is not shown."""
    found = _problems(
        {
            "EXO_TENANT_ID": "canary tenant",
            "EXO_CLIENT_SECRET": "canary-secret",
            "EXO_ORGANIZATION": "canary-guid",
            "EXO_TOKEN_DIR": str(ground / "nowhere"),
            "EXO_SERVER_PORT": "many",
            "EXO_RESOURCES": "exchange,mine",
            "EXO_ENVIRONMENT": "moon",
            "EXO_RAW_TOKEN": "perhaps",
            "EXO_FEDERATED_TOKEN_FILE": str(ground / "gone"),
            "EXO_NOTIFY_WEBHOOK": "http://example.com/",
        }
    )
    blamed = sorted(each.partition(":")[0] for each in found)
    assert blamed == [
        "EXO_CLIENT_ID or AZURE_CLIENT_ID",
        "EXO_CLIENT_SECRET",
        "EXO_ENVIRONMENT",
        "EXO_FEDERATED_TOKEN_FILE",
        "EXO_NOTIFY_WEBHOOK",
        "EXO_ORGANIZATION",
        "EXO_RAW_TOKEN",
        "EXO_RESOURCES",
        "EXO_SERVER_PORT",
        "EXO_TENANT_ID or AZURE_TENANT_ID",
        "EXO_TOKEN_DIR",
    ]
    assert "canary" not in " ".join(found)


def test_two_credentials_are_one_too_many(ground: Path) -> None:
    """A certificate and a secret: which is meant is not for us to say."""
    (ground / "secret").write_text("x")
    more = {
        "EXO_CERTIFICATE_FILE": str(ground / "client.pem"),
        "EXO_CLIENT_SECRET_FILE": str(ground / "secret"),
    }
    (problem,) = _problems(_environ(ground, **more))
    assert problem.startswith("credential: exactly one of")


def test_an_unknown_variable_is_refused_beside_a_file_too(ground: Path) -> None:
    """A misspelt variable must not be passed over because a file was named."""
    config = ground / "sidecar.yaml"
    config.write_text("connections: {}\n")
    done = _check({"EXO_TENNANT_ID": TENANT_ID}, "--config", str(config))
    assert done.returncode == 78
    assert f"{config}:1: connections:" in done.stderr
    assert "EXO_TENNANT_ID: unknown variable" in done.stderr


def _check(environ: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "sidecar", "config", "check", *options]
    return subprocess.run(
        argv, env=os.environ | environ, capture_output=True, text=True, check=False
    )


def test_help_lists_every_variable() -> None:
    """`exo-token run --help` is enough to work without the docs."""
    argv = [sys.executable, "-m", "sidecar", "run", "--help"]
    text = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert [each for each in ("EXO_CONNECTION", *VARIABLES) if each not in text] == []
    assert [
        row.otherwise for row in VARIABLES.values() if row.otherwise and row.otherwise not in text
    ] == []


def test_a_token_is_written_without_any_file_of_ours(ground: Path, emulator: Emulator) -> None:
    """Environment variables alone: the token of one connection lies in its file."""
    (ground / "projected").write_text(emulator.issuer.mint())
    environ = _environ(
        ground, EXO_AUTHORITY=emulator.url, EXO_CA_FILE=str(emulator.ca_file), EXO_SERVER_PORT="0"
    )
    argv = [sys.executable, "-m", "sidecar", "once"]
    done = subprocess.run(
        argv, env=os.environ | environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert read(document_path(ground / "tokens", "default", "exchange")).tenant_id == TENANT_ID


def test_a_file_may_leave_the_token_file_to_the_webhook(ground: Path) -> None:
    """`workloadIdentity: {}` is the injected file, or without the webhook the usual one."""
    file = ground / "sidecar.yaml"
    file.write_text(
        "connections:\n  contoso:\n"
        f"    tenantId: {TENANT_ID}\n    clientId: {CLIENT_ID}\n    organization: {ORGANIZATION}\n"
        "    resources: [exchange]\n    credential: {workloadIdentity: {}}\n"
        "output: {directory: tokens}\n"
    )
    right = _check({"AZURE_FEDERATED_TOKEN_FILE": str(ground / "projected")}, "--config", str(file))
    wrong = _check({"AZURE_FEDERATED_TOKEN_FILE": ""}, "--config", str(file))
    assert (right.returncode, right.stderr) == (0, "")
    assert wrong.returncode == 78
    assert "azure-identity-token cannot be read" in wrong.stderr
