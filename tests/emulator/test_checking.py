"""`exo-emulator check`, `schema`, and what every command says of itself."""

import json
import re
import socket
from pathlib import Path

import pytest

from emulator.testing import World
from emulator.worldfile import read_world
from emulator.worldschema import world_schema
from tests.emulator.served import finished

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "emulator" / "world.yaml"


@pytest.mark.behaviour("control.check")
def test_the_example_is_good():
    """`check` says so, in one line, and ends with 0."""
    done = finished("check", EXAMPLE)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 tenants, 7 applications" in done.stdout


def test_the_example_has_each_kind_of_application():
    """One for each way to sign in, and for each common reason why one may not."""
    applications = [app for tenant in read_world(EXAMPLE).tenants for app in tenant.applications]
    assert any(app.certificates for app in applications)
    assert any(app.federated_credentials for app in applications)
    assert any(app.secrets for app in applications)
    assert any(app.managed_identity for app in applications)
    assert any(not app.enabled for app in applications)
    assert any(not app.directory_roles for app in applications)
    assert any(app.app_roles == ("Mail.Read",) for app in applications)


def test_a_bad_file_is_78_and_a_sentence_a_problem(tmp_path: Path):
    """Problems go to stderr, each with file and line."""
    file = tmp_path / "world.yaml"
    file.write_text("latency: soon\ntenants: []\nmore: 1\n")
    done = finished("check", file)
    assert (done.returncode, done.stdout) == (78, "")
    found = re.findall(rf"^exo-emulator: {re.escape(str(file))}:(\d+): ", done.stderr, re.MULTILINE)
    assert found == ["1", "2", "3"]


def test_a_file_that_is_not_there_is_78(tmp_path: Path):
    """One sentence, no traceback."""
    done = finished("check", tmp_path / "absent.yaml")
    assert done.returncode == 78
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.behaviour("control.schema")
def test_the_schema_knows_each_key():
    """`schema` prints what the world file is read by, with durations as they are written."""
    schema = json.loads(finished("schema").stdout)
    assert schema == world_schema()
    assert set(schema["properties"]) == {each.alias for each in World.model_fields.values()}
    assert schema["properties"]["latency"]["type"] == ["string", "number"]
    secret = schema["$defs"]["ClientSecret"]
    assert {"file", "value"} <= set(secret["properties"])
    assert schema["properties"]["latency"]["default"] == "0s"


@pytest.mark.parametrize("name", ["serve", "check", "schema", "selftest"])
def test_help_is_enough(name: str):
    """Each command says what it does, each option what it means, and what its exit codes are."""
    text = finished(name, "--help").stdout
    assert len(text.split("\n\n")[1].strip()) > 15
    options = re.findall(r"^  (?:-\w, )?--[\w-]+.*?(?=^  -|\Z|^$)", text, re.MULTILINE | re.DOTALL)
    assert all(len(option.split("  ")[-1].strip()) > 3 for option in options)
    assert "Exit codes" in text or name == "schema"


def test_every_port_in_use_is_told_at_once():
    """Three options, three sentences, exit code 69."""
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
        socket.create_server(("127.0.0.1", 0)) as three,
    ):
        ports = [each.getsockname()[1] for each in (one, two, three)]
        options = ("--port", "--proxy-port", "--imds-port")
        pairs = [part for pair in zip(options, ports, strict=True) for part in pair]
        done = finished("serve", *pairs)
    assert done.returncode == 69
    found = [line.split(": ")[1] for line in done.stderr.splitlines()]
    assert found == list(options)


WRONG = {
    "no address": ("--address", "localhost"),
    "an address of elsewhere": ("--address", "192.0.2.1"),
    "no name": ("--hostname", "a_b.example"),
    "a name with a port": ("--hostname", "emulator:443"),
}


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_a_wrong_place_is_told(arguments):
    """A usage error, or an address that cannot be had."""
    done = finished("serve", *arguments)
    assert done.returncode == (69 if "192.0.2.1" in arguments else 2)
    assert arguments[1] in done.stderr
