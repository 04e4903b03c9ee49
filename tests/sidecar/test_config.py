"""What a configuration may say, and how everything wrong with one is told at once."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from emulator.testing import SAMPLE_CERTIFICATE, new_client_certificate
from sidecar.config.clouds import CLOUDS, NAMED_RESOURCES, Environment
from sidecar.config.file import load_config
from sidecar.config.surroundings import surroundings_of
from sidecar.config.targets import targets_of
from sidecar.errors import ConfigError

GOOD = """\
connections:
  contoso:
    tenantId: 11111111-1111-4111-8111-111111111111
    organization: contoso.onmicrosoft.com
    clientId: 22222222-2222-4222-8222-222222222222
    resources: [exchange, {name: mine, scope: https://api.contoso.com/.default}]
    credential:
      certificate: {file: client.pem}
output:
  directory: tokens
"""


@pytest.fixture
def ground(tmp_path: Path) -> Path:
    """A folder with credentials, good and bad."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "client.pem").write_text(SAMPLE_CERTIFICATE.pem)
    (tmp_path / "client.crt").write_text(SAMPLE_CERTIFICATE.certificate)
    (tmp_path / "other.key").write_text(new_client_certificate()[1])
    (tmp_path / "client.pfx").write_bytes(SAMPLE_CERTIFICATE.pfx("right"))
    (tmp_path / "right").write_text("right\n")
    (tmp_path / "wrong").write_text("canary-wrong\n")
    (tmp_path / "empty").touch()
    (tmp_path / "token").write_text("a.b.c")
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "ec.key").write_bytes(key)
    return tmp_path


def _problems(ground: Path, text: str) -> list[str]:
    file = ground / "sidecar.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(file, surroundings_of(file))
    assert all(each.startswith(f"{file}") for each in caught.value.problems)
    return [each.removeprefix(f"{file}") for each in caught.value.problems]


def test_a_good_configuration_becomes_targets(ground: Path) -> None:
    """Paths are relative to the file, defaults fill the rest, scopes come from the cloud."""
    file = ground / "sidecar.yaml"
    file.write_text(GOOD)
    config = load_config(file, surroundings_of(file))
    exchange, mine = targets_of(config)
    assert (exchange.name, mine.name) == ("contoso/exchange", "contoso/mine")
    assert exchange.scope == "https://outlook.office365.com/.default"
    assert exchange.audience == "https://outlook.office365.com"
    assert mine.audience == "https://api.contoso.com"
    assert exchange.authority == "https://login.microsoftonline.com"
    assert config.output.directory == ground / "tokens"
    assert (config.output.file_mode, config.server.port) == (0o640, 9464)
    assert config.refresh.attempt_timeout == timedelta(seconds=30)
    assert list((ground / "tokens").iterdir()) == []


@pytest.mark.parametrize("environment", Environment)
def test_every_cloud_knows_every_resource(ground: Path, environment: Environment) -> None:
    """A configuration for any cloud needs only its name."""
    file = ground / "sidecar.yaml"
    text = GOOD.replace("exchange,", f"{', '.join(sorted(NAMED_RESOURCES))},")
    file.write_text(text.replace("    resources", f"    environment: {environment}\n    resources"))
    found = targets_of(load_config(file, surroundings_of(file)))
    assert {each.resource for each in found} == {*NAMED_RESOURCES, "mine"}
    assert {each.authority for each in found} == {CLOUDS[environment].authority}
    assert CLOUDS[environment].federated_audience.startswith("api://AzureADTokenExchange")


ORGANIZATION = "organization: contoso.onmicrosoft.com"
CERTIFICATE = "certificate: {file: client.pem}"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param("output:", "outptu: {}\noutput:", ":9: outptu: unknown key", id="misspelt"),
        pytest.param(
            f"    {ORGANIZATION}\n",
            "",
            ":2: connections.contoso.organization: missing",
            id="missing",
        ),
        pytest.param(
            ORGANIZATION,
            "organization: 11111111-1111-4111-8111-111111111111",
            ":4: connections.contoso.organization: not the tenant's initial domain",
            id="the organization is a GUID",
        ),
        pytest.param(
            ORGANIZATION,
            "organization: contoso.com",
            "with a GUID or another domain Exchange lets a job read but refuses its writes",
            id="the organization is a custom domain",
        ),
        pytest.param(
            "tenantId: 11111111-1111-4111-8111-111111111111",
            "tenantId: common",
            ":3: connections.contoso.tenantId: neither a GUID nor a domain",
            id="the tenant is no tenant",
        ),
        pytest.param(
            "clientId: 2",
            "clientId: x",
            ":5: connections.contoso.clientId: not a GUID",
            id="client",
        ),
        pytest.param(
            "contoso:\n", "../up:\n", ":2: connections.../up: not a DNS label", id="a path"
        ),
        pytest.param("contoso:\n", "Contoso:\n", "not a DNS label", id="capitals in a name"),
        pytest.param(
            "name: mine", "name: a/b", ":6: connections.contoso.resources.1.name: not", id="slash"
        ),
        pytest.param(
            "[exchange,", "[exchange, exchange,", "listed twice: exchange", id="a resource twice"
        ),
        pytest.param(
            "[exchange,", "[sharepoint,", "resources.0: needs a scope; only compliance,", id="scope"
        ),
        pytest.param(
            "com/.default", "com/x/.default y", "not one scope of the form", id="an odd scope"
        ),
        pytest.param(
            CERTIFICATE,
            "certificate: {file: gone.pem}",
            "gone.pem cannot be read: No such file",
            id="the certificate is missing",
        ),
        pytest.param(
            CERTIFICATE,
            "certificate: {file: client.crt}",
            "client.crt holds no private key; name the key's file as keyFile",
            id="a certificate without its key",
        ),
        pytest.param(
            CERTIFICATE,
            "certificate: {file: client.crt, keyFile: other.key}",
            "client.crt has no certificate for the key in",
            id="another certificate's key",
        ),
        pytest.param(
            CERTIFICATE,
            "certificate: {file: client.crt, keyFile: ec.key}",
            "ec.key is not RSA",
            id="a key that is not RSA",
        ),
        pytest.param(
            CERTIFICATE,
            "certificate: {file: client.pfx, passwordFile: wrong}",
            "wrong is wrong",
            id="a wrong PFX password names the password's file",
        ),
        pytest.param(
            CERTIFICATE,
            "certificate: {file: client.pfx}",
            "a password is needed: name passwordFile",
            id="a PFX without its password",
        ),
        pytest.param(
            CERTIFICATE, "certificate: {file: empty}", "empty is empty", id="an empty certificate"
        ),
        pytest.param(
            CERTIFICATE,
            f"{CERTIFICATE}\n      workloadIdentity: {{tokenFile: token}}",
            "exactly one of certificate, workloadIdentity, managedIdentity, developer and",
            id="two credentials",
        ),
        pytest.param(CERTIFICATE, "{}", "exactly one of", id="no credential"),
        pytest.param(
            "directory: tokens",
            "directory: nowhere",
            "nowhere cannot be written: No such file",
            id="the output directory is missing",
        ),
        pytest.param(
            "directory: tokens", "directory: client.pem", "Not a directory", id="a file instead"
        ),
        pytest.param(
            "directory: tokens",
            "directory: tokens\n  mode: 0640",
            ":11: output.mode: input should be a valid string",
            id="a mode that YAML reads as a number",
        ),
        pytest.param(
            "directory: tokens", 'directory: tokens\n  mode: "rw"', "not a file mode", id="a mode"
        ),
        pytest.param(
            "output:",
            "refresh: {startSplay: 30}\noutput:",
            ":9: refresh.startSplay: ",
            id="a duration without a unit",
        ),
        pytest.param(
            "output:", "refresh: {workers: 0}\noutput:", "refresh.workers: ", id="workers"
        ),
        pytest.param("output:", "server: {port: 70000}\noutput:", "server.port: ", id="the port"),
        pytest.param(
            "output:", "server: {address: lo}\noutput:", "not an IP address", id="the address"
        ),
        pytest.param(
            "    credential",
            "    endpoints: {authority: http://127.0.0.1}\n    credential",
            "not an https:// address",
            id="an authority in plain HTTP",
        ),
        pytest.param(
            "    credential",
            "    environment: mars\n    credential",
            ":7: connections.contoso.environment: input should be 'worldwide'",
            id="an unknown cloud",
        ),
        pytest.param("output:\n  dir", "output:\n\tdir", ":10: not YAML:", id="a tab"),
        pytest.param(
            "output:",
            "connections: {}\noutput:",
            ":9: connections: written twice, first in line 1",
            id="twice",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_key(
    ground: Path, old: str, new: str, problem: str
) -> None:
    """One mistake, one sentence, with where it is; and no secret in it."""
    assert old in GOOD
    (found,) = _problems(ground, GOOD.replace(old, new))
    assert problem in found
    assert "canary" not in found.replace(str(ground), "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", "the file: must be a mapping", id="empty"),
        pytest.param("- a", "the file: must be a mapping", id="a list"),
        pytest.param("connections: {}\noutput: {directory: tokens}", "connections: ", id="nobody"),
        pytest.param("{", "not YAML", id="not YAML"),
        pytest.param("a: *b", "not YAML", id="an alias of nothing"),
        pytest.param("- &a [*a]", "the file: must be a mapping", id="a circle"),
        pytest.param("a: !!python/name:os.system x", "not YAML", id="an object to be made"),
    ],
)
def test_what_is_no_configuration_is_told_so(ground: Path, text: str, problem: str) -> None:
    """Also files that are not even close."""
    (found,) = _problems(ground, text)
    assert problem in found


def test_every_problem_is_told_at_once_and_nothing_is_written(ground: Path) -> None:
    """Seven mistakes: seven lines in the file's order, exit 78, an untouched folder."""
    (ground / "sidecar.yaml").write_text(
        GOOD.replace("contoso.onmicrosoft.com", "contoso.com")
        .replace("11111111-1111-4111-8111-111111111111", "x")
        .replace("clientId: 2", "clientId: x")
        .replace("exchange,", "sharepoint,")
        .replace("client.pem", "gone.pem")
        .replace("directory: tokens", "directory: nowhere\n  colour: blue")
    )
    before = sorted(ground.rglob("*"))
    for command in ("run", "once"):
        argv = [sys.executable, "-m", "sidecar", command, "--config", str(ground / "sidecar.yaml")]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stdout) == (78, "")
        lines = done.stderr.splitlines()
        assert [int(line.split(":")[2]) for line in lines] == [3, 4, 5, 6, 8, 10, 11]
        assert all(line.startswith("exo-token: ") for line in lines)
    assert sorted(ground.rglob("*")) == before


def test_a_key_written_twice_hides_no_other_mistake(ground: Path) -> None:
    """It is told with its first line, beside what is wrong elsewhere."""
    text = GOOD.replace("output:", "output: {directory: tokens}\noutput:").replace(
        "clientId: 2", "clientId: x"
    )
    assert _problems(ground, text) == [
        ":5: connections.contoso.clientId: not a GUID",
        ":10: output: written twice, first in line 9",
    ]


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        pytest.param(["once", "--config", "/nowhere.yaml"], 78, "cannot be read", id="no file"),
        pytest.param(["once"], 78, "EXO_TOKEN_DIR: missing", id="nothing at all"),
        pytest.param(["fly"], 64, "No such command", id="no such command"),
        pytest.param(["--help"], 0, "", id="help"),
    ],
)
def test_a_wrong_command_line_is_told_apart_from_a_wrong_file(
    argv: list[str], code: int, words: str
) -> None:
    """64 for the line, 78 for the file."""
    done = subprocess.run(
        [sys.executable, "-m", "sidecar", *argv],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"COLUMNS": "100"},
    )
    assert done.returncode == code
    assert words in done.stderr
