"""Managed identities, client secrets and a developer's sign-in."""

import base64
import json
import stat
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contract.volume import document_path, read
from emulator.testing import (
    CLIENT_ID,
    OBJECT_ID,
    Application,
    ClientSecret,
    Emulator,
    Fault,
    World,
    running,
    sample_world,
)
from sidecar import clock
from sidecar.testing import once, until
from sidecar.testing import running as sidecar_running

CANARY = "canary-client-secret-9f8e7d"
SYSTEM = "66666666-6666-4666-8666-666666666666"
USER = "77777777-7777-4777-8777-777777777777"
RESOURCE_ID = "/subscriptions/s/resourcegroups/g/providers/i/jobs"
METADATA = "/metadata/identity/oauth2/token"
Configure = Callable[..., Path]


def _world() -> World:
    world = sample_world(token_lifetime="5s")
    (tenant,) = world.tenants
    (application, *others) = tenant.applications
    secrets = (ClientSecret(id=OBJECT_ID, value=CANARY),)
    identities = (
        Application(client_id=SYSTEM, object_id=SYSTEM, managed_identity="system"),
        Application(
            client_id=USER, object_id=USER, managed_identity="user", resource_id=RESOURCE_ID
        ),
    )
    others = [each for each in others if each.managed_identity is None]
    mine = application.model_copy(update={"secrets": secrets})
    changed = tenant.model_copy(update={"applications": (mine, *others, *identities)})
    return world.model_copy(update={"tenants": (changed,)})


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Entra with a client secret, and a machine with two managed identities."""
    with running(_world()) as found:
        yield found


@pytest.fixture
def metadata(emulator: Emulator) -> dict[str, str]:
    """The variable by which Azure's libraries find the metadata service."""
    return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.metadata_url}


def _events(done: subprocess.CompletedProcess[str], name: str) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [line for line in lines if line["event"] == name]


def _claims(folder: Path, connection: str) -> dict[str, object]:
    token = read(document_path(folder / "tokens", connection, "exchange")).access_token
    claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return claims


def _as(config: Path, client_id: str) -> Path:
    config.write_text(config.read_text().replace(CLIENT_ID, client_id))
    return config


def test_a_client_secret_works_and_is_warned_of(folder: Path, configure: Configure) -> None:
    """The secret comes from its file, a warning says what to use instead, and nothing shows it."""
    (folder / "secret").write_text(f"{CANARY}\n")
    done = once(configure(it="{clientSecret: {file: secret}}"))
    assert (done.returncode, done.stderr) == (0, "")
    assert _claims(folder, "it")["appid"] == CLIENT_ID
    (warning,) = _events(done, "config.warning")
    assert "workloadIdentity" in str(warning["warning"])
    assert CANARY not in done.stdout


def test_a_wrong_secret_is_refused_and_a_new_one_taken(
    folder: Path, configure: Configure, tmp_path: Path
) -> None:
    """A secret that Entra refuses ends `once` with 77; the file is read again when it changes."""
    (folder / "secret").write_text("canary-wrong")
    config = configure(it="{clientSecret: {file: secret}}")
    done = once(config)
    assert done.returncode == 77
    assert "canary" not in done.stdout
    with sidecar_running(config, tmp_path) as sidecar:
        until(lambda: sidecar.events("refresh.failed"))
        (folder / "secret").write_text(CANARY)
        until(lambda: sidecar.events("token.published"))
        kinds = '{kind="client_secret",target="it/exchange"}'
        assert sidecar.sample(f"exo_token_credential_reloads_total{kinds}") == 1


@pytest.mark.parametrize(
    ("credential", "client_id"),
    [
        ("{managedIdentity: {}}", SYSTEM),
        (f"{{managedIdentity: {{clientId: {USER}}}}}", USER),
        (f"{{managedIdentity: {{objectId: {USER}}}}}", USER),
        (f"{{managedIdentity: {{resourceId: {RESOURCE_ID}}}}}", USER),
    ],
)
def test_a_managed_identity_gets_its_token(
    folder: Path, configure: Configure, metadata: dict[str, str], credential: str, client_id: str
) -> None:
    """The machine's own identity, or an assigned one by any of its ids."""
    done = once(_as(configure(it=credential), client_id), environ=metadata)
    assert (done.returncode, done.stderr) == (0, "")
    assert _claims(folder, "it")["appid"] == client_id


def test_the_token_of_another_identity_is_not_written(
    folder: Path, configure: Configure, metadata: dict[str, str]
) -> None:
    """Azure may answer with the only identity a machine has, whichever was meant."""
    done = once(configure(it="{managedIdentity: {}}"), environ=metadata)
    assert done.returncode == 78
    (failed,) = _events(done, "refresh.failed")
    assert f"it is for application '{SYSTEM}', wanted is '{CLIENT_ID}'" in str(failed["summary"])
    assert not document_path(folder / "tokens", "it", "exchange").exists()


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        (Fault(path=METADATA, status=404, times=None), (69, "idp_unavailable")),
        (Fault(path=METADATA, status=410, times=None), (69, "idp_unavailable")),
        (Fault(path=METADATA, status=500, times=None), (69, "idp_unavailable")),
        (Fault(path=METADATA, status=429, times=None), (75, "throttled")),
        (Fault(path=METADATA, status=200, body="[1]", times=None), (69, "idp_unavailable")),
        (Fault(path=METADATA, status=200, body="{}", times=None), (69, "idp_unavailable")),
        (Fault(path=METADATA, status=400, body='{"error":"invalid_request"}'), (78, "config")),
    ],
)
def test_what_the_metadata_service_refuses_has_its_class(
    configure: Configure,
    emulator: Emulator,
    metadata: dict[str, str],
    fault: Fault,
    end: tuple[int, str],
) -> None:
    """What Azure says to try again is tried again; what only a person can mend is told."""
    emulator.faults.add(fault)
    config = _as(configure(it="{managedIdentity: {}}"), SYSTEM)
    done = once(config, "--timeout", "2s", environ=metadata)
    assert (done.returncode, _events(done, "refresh.failed")[0]["reason"]) == end
    assert "metadata service" in str(_events(done, "refresh.failed")[0]["summary"])


def test_without_a_metadata_service_the_network_is_to_blame(configure: Configure) -> None:
    """Nobody listens: one sentence that names the service, not an address of a library."""
    nobody = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:1"}
    done = once(configure(it="{managedIdentity: {}}"), "--timeout", "1s", environ=nobody)
    assert done.returncode == 68
    assert "metadata service" in str(_events(done, "refresh.failed")[0]["summary"])


def _azure_cli(folder: Path, token: str) -> None:
    """Put a program in *folder* that answers as `az account get-access-token` does."""
    ends = int((clock.now() + timedelta(hours=1)).timestamp())
    answer = {"accessToken": token, "expires_on": ends, "tokenType": "Bearer"}
    program = folder / "az"
    program.write_text(f"#!/bin/sh\ncat <<'X'\n{json.dumps(answer)}\nX\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def _delegated(audience: str) -> str:
    claims = {"aud": audience, "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "scp": "x"}
    parts = [json.dumps(each).encode() for each in ({"alg": "none"}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(each).decode().rstrip("=") for each in parts), "s"])


def test_a_developer_uses_the_sign_in_of_the_azure_cli(
    folder: Path, configure: Configure, tmp_path: Path
) -> None:
    """azure-identity asks `az`; the token is written, and a warning says what it is not."""
    tools = tmp_path / "bin"
    tools.mkdir()
    _azure_cli(tools, _delegated("https://outlook.office365.com"))
    done = once(configure(it="{developer: {}}"), environ={"PATH": f"{tools}:/usr/bin:/bin"})
    assert (done.returncode, done.stderr) == (0, "")
    assert _claims(folder, "it")["scp"] == "x"
    (warning,) = _events(done, "config.warning")
    assert "delegated" in str(warning["warning"])


def test_without_a_developer_sign_in_the_remedy_names_the_commands(
    configure: Configure, tmp_path: Path
) -> None:
    """No tool on the path: refused as a credential, with how to sign in."""
    done = once(configure(it="{developer: {}}"), environ={"PATH": str(tmp_path)})
    assert done.returncode == 77
    assert "az login" in str(_events(done, "refresh.failed")[0]["remedy"])
