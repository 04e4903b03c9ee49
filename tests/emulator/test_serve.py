"""`exo-emulator serve` as a real process."""

import os
import signal
import socket
import stat
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from ruamel.yaml import YAML

from tests.emulator.served import ASSERTION_TYPE, ready, served, until
from tests.emulator.served import finished as finished_command


def get_token(folder: Path, guide: dict[str, object], assertion: str) -> requests.Response:
    """Ask the served Entra for a token."""
    with requests.Session() as session:
        session.trust_env = False
        return session.post(
            f"{guide['url']}/{guide['tenantId']}/oauth2/v2.0/token",
            verify=str(folder / "ca.pem"),
            data={
                "client_id": guide["clientId"],
                "scope": "https://outlook.office365.com/.default",
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": assertion,
            },
        )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, number: signal.Signals):
    """Ready means that a token can be had at once; the signal ends it with code 0."""
    with served("--state-dir", tmp_path, "--token-lifetime", "15s", "--mailboxes", 3) as process:
        guide = ready(tmp_path)
        answer = get_token(tmp_path, guide, (tmp_path / "projected-token").read_text())
        assert 10 < answer.json()["expires_in"] <= 15
        assert guide["pid"] == process.pid
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert str(guide["url"]) in out
    assert err == ""
    assert not (tmp_path / "emulator.json").exists()


def test_the_state_folder_holds_what_clients_need(tmp_path: Path):
    """Keys are private, the PFX opens with its password, and the sidecar's config has both ways."""
    with served("--state-dir", tmp_path):
        guide = ready(tmp_path)
        config = YAML(typ="safe").load((tmp_path / "sidecar.yaml").read_text())
    modes = {
        name: stat.S_IMODE((tmp_path / name).stat().st_mode)
        for name in ("client.pem", "client.pfx", "pfx-password", "projected-token")
    }
    assert set(modes.values()) == {0o600}
    password = (tmp_path / "pfx-password").read_bytes()
    key, certificate, _ = load_key_and_certificates(
        (tmp_path / "client.pfx").read_bytes(), password
    )
    assert key.public_key() == certificate.public_key()
    assert set(config["connections"]) == {"contoso", "contoso-wi"}
    for connection in config["connections"].values():
        assert connection["endpoints"]["authority"] == guide["url"]
        assert connection["clientId"] == guide["clientId"]
    assert config["output"]["directory"] == str(tmp_path / "tokens")
    assert [each for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_the_projected_token_is_rotated_before_it_expires(tmp_path: Path):
    """The file is replaced by another token that is taken too."""
    arguments = ("--state-dir", tmp_path, "--projected-token-lifetime", "1s")
    with served(*arguments):
        guide = ready(tmp_path)
        file = tmp_path / "projected-token"
        first = file.read_text()
        second = until(lambda: file.read_text() if file.read_text() != first else None)
        assert get_token(tmp_path, guide, str(second)).status_code == 200


def test_a_world_file_is_served_with_the_written_credentials(tmp_path: Path):
    """The world's own tenant and application are used, and trust the new credentials as well."""
    world = tmp_path / "world.yaml"
    world.write_text(
        "tenants:\n- id: 99999999-9999-4999-8999-999999999999\n"
        "  domains: [fabrikam.onmicrosoft.com]\n  applications:\n"
        "  - {clientId: 88888888-8888-4888-8888-888888888888,"
        " objectId: 77777777-7777-4777-8777-777777777777}\n"
    )
    folder = tmp_path / "state"
    with served("--world", world, "--state-dir", folder):
        guide = ready(folder)
        answer = get_token(folder, guide, (folder / "projected-token").read_text())
    assert guide["organization"] == "fabrikam.onmicrosoft.com"
    assert guide["clientId"] == "88888888-8888-4888-8888-888888888888"
    assert answer.status_code == 200


def finished(*arguments: object):
    """Run `serve` where it ends by itself."""
    return finished_command("serve", *arguments)


def test_a_bad_world_ends_with_every_problem(tmp_path: Path):
    """Exit code 78, one line a problem, and nothing is written."""
    world = tmp_path / "world.yaml"
    world.write_text("latency: soon\ntenants: []\n")
    done = finished("--world", world, "--state-dir", tmp_path / "state")
    assert done.returncode == 78
    assert [line.startswith("exo-emulator: ") for line in done.stderr.splitlines()] == [True, True]
    assert not (tmp_path / "state").exists()


def test_a_port_in_use_ends_with_one_sentence():
    """Exit code 69 names the port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = finished("--port", port)
    assert done.returncode == 69
    (line,) = done.stderr.splitlines()
    assert str(port) in line


def test_a_state_folder_that_cannot_be_written_ends_with_one_sentence(tmp_path: Path):
    """Exit code 73 names the place."""
    (tmp_path / "file").touch()
    done = finished("--state-dir", tmp_path / "file" / "state")
    assert done.returncode == 73
    (line,) = done.stderr.splitlines()
    assert str(tmp_path / "file") in line


WRONG = {
    "a bad duration": ("--latency", "soon"),
    "a sample and a world": ("--world", os.devnull, "--mailboxes", "3"),
    "a bad port": ("--port", "70000"),
    "a life of nothing": ("--projected-token-lifetime", "1ms"),
}


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_a_wrong_command_line_is_a_usage_error(arguments):
    """Exit code 2 and what is wrong with which option."""
    done = finished(*arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr


def test_too_many_mailboxes_are_refused():
    """A number out of range is a problem of the world: 78."""
    done = finished("--mailboxes", "2000000")
    assert done.returncode == 78
    assert "mailboxes" in done.stderr
