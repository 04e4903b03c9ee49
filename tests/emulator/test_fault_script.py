"""Faults are scripted with the command that starts the emulator; every mistake is told before."""

import json
from pathlib import Path

import pytest
import requests

from emulator.testing import Fault, running, sample_world
from tests.emulator.served import finished, ready, served

SCRIPT = """\
faults:
- {endpoint: discovery, status: 503, headers: {Retry-After: "7"}, times: 2}
- {endpoint: discovery, cut: {after: headers}}
"""


@pytest.mark.behaviour("control.faults.served")
def test_a_script_is_served_and_begins_anew_with_a_reset(tmp_path: Path):
    """Its faults come in their order; after a reset they come again."""
    script, folder = tmp_path / "faults.yaml", tmp_path / "state"
    script.write_text(SCRIPT)
    with served("--faults", script, "--state-dir", folder), requests.Session() as session:
        session.trust_env, session.verify = False, str(ready(folder)["caFile"])
        url = str(ready(folder)["url"])
        discovery = f"{url}/common/v2.0/.well-known/openid-configuration"
        for _ in range(2):
            answers = [session.get(discovery, timeout=20) for _ in range(2)]
            assert [each.status_code for each in answers] == [503, 503]
            assert answers[0].headers["Retry-After"] == "7"
            with pytest.raises(requests.RequestException, match="IncompleteRead"):
                session.get(discovery, timeout=20)
            assert session.get(discovery, timeout=20).status_code == 200
            session.post(f"{url}/_emulator/reset", timeout=20)


@pytest.mark.behaviour("control.faults.file")
def test_a_bad_script_is_refused_with_every_line(tmp_path: Path):
    """The server does not start; each mistake has its file, line and key."""
    script = tmp_path / "faults.yaml"
    script.write_text("- {endpoint: tokn, status: 500}\n- status: 500\n  tiems: 3\n  delay: soon\n")
    done = finished("serve", "--faults", script)
    assert done.returncode == 78
    lines = done.stderr.splitlines()
    places = [line.removeprefix(f"exo-emulator: {script}:").split(": ")[:2] for line in lines]
    assert places == [["1", "0.endpoint"], ["3", "1.tiems"], ["4", "1.delay"]]


def test_a_script_that_is_missing_is_told(tmp_path: Path):
    """One sentence names the file."""
    done = finished("serve", "--faults", tmp_path / "none.yaml")
    assert done.returncode == 78
    missing = tmp_path / "none.yaml"
    reason = "cannot be read: No such file or directory"
    assert done.stderr == f"exo-emulator: {missing}: {reason}\n"


@pytest.mark.behaviour("control.world.stars")
def test_stars_are_no_secret(client_of):
    """A world that is shown and sent back does not change its secrets behind one's back."""
    secret = {"id": "66666666-6666-4666-8666-666666666666", "value": "a-good-secret"}
    world = json.loads(sample_world().model_dump_json(by_alias=True))
    world["tenants"][0]["applications"][0]["secrets"] = [secret]
    with running() as emulator:
        client = client_of(emulator)
        url = f"{emulator.url}/_emulator/world"
        assert client.session.put(url, json=world).status_code == 200
        shown = client.session.get(url).json()
        assert secret["value"] not in json.dumps(shown)
        refused = client.session.put(url, json=shown)
        assert refused.status_code == 400
        assert "stars are shown" in refused.json()["problems"][0]
        emulator.faults.add(Fault(status=500))
        assert client.ask_token(client_assertion=None, client_secret="a-good-secret").ok is False
        answer = client.ask_token(client_assertion=None, client_secret="a-good-secret")
        assert answer.status_code == 200
