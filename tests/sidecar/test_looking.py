"""The commands that only look say what is there, and what is not, with a code for each."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contract.token import TokenDocument
from contract.volume import publish
from emulator.testing import Emulator, Fault
from sidecar import clock
from sidecar.commands.portrait import portrait_of
from sidecar.testing import running, until

FEDERATED = "{workloadIdentity: {tokenFile: projected}}"

Configure = Callable[..., Path]


def exo_token(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "sidecar", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def jwt(**claims: object) -> str:
    """Return a token that says *claims*, with a signature that must not be shown."""
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256"}, claims)]
    encoded = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, "canarySignature"])


def document(resource: str = "exchange", *, life: timedelta = timedelta(hours=1)) -> TokenDocument:
    """Return a document acquired now."""
    present = clock.now()
    return TokenDocument(
        connection="contoso",
        resource=resource,
        audience="https://outlook.office365.com",
        tenant_id="11111111-1111-4111-8111-111111111111",
        organization="contoso.onmicrosoft.com",
        client_id="22222222-2222-4222-8222-222222222222",
        environment="worldwide",
        access_token=jwt(aud="https://outlook.office365.com", appid="2222", name="Somebody"),
        acquired_at=present,
        expires_at=present + life,
        refresh_at=present + life / 2,
        sequence=3,
    )


def test_waiting_ends_when_every_token_is_there(tmp_path: Path):
    """The command goes on waiting after the first token, and ends with the second."""
    publish(tmp_path, document())
    waiting = subprocess.Popen(
        [
            *(sys.executable, "-m", "sidecar", "wait", "--directory", tmp_path),
            *("contoso/exchange", "contoso/compliance", "--timeout", "50s"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(timeout=1)
    publish(tmp_path, document("compliance"))

    out, _ = waiting.communicate(timeout=30)
    assert (waiting.returncode, out) == (0, "every token is good\n")


NOT_GOOD = {
    "none at all": ((), [], "no token file yet"),
    "one missing": ((document(),), ["contoso/graph"], "graph.json: no token file yet"),
    "expired": ((document(life=timedelta(seconds=-5)),), [], "contoso/exchange: the token expired"),
}


@pytest.mark.parametrize(("lying", "wanted", "sentence"), NOT_GOOD.values(), ids=NOT_GOOD)
def test_waiting_in_vain_says_why(tmp_path: Path, lying, wanted, sentence):
    """After --timeout the reasons are told, and the code says that it may help to try again."""
    for each in lying:
        publish(tmp_path, each)
    plain = exo_token("wait", "--directory", tmp_path, "--timeout", "50ms", *wanted)
    told = exo_token(
        "wait", "--directory", tmp_path, "--timeout", "50ms", "--output", "json", *wanted
    )

    assert (plain.returncode, plain.stdout) == (75, "")
    assert sentence in plain.stderr
    assert json.loads(told.stdout)["ok"] is False
    assert sentence in json.loads(told.stdout)["problems"][0]


def test_a_target_is_written_with_a_slash(tmp_path: Path):
    """A name without its resource is a mistake on the command line."""
    refused = exo_token("wait", "--directory", tmp_path, "contoso")
    assert refused.returncode == 64
    assert "<connection>/<resource>" in refused.stderr


def test_a_running_sidecar_is_asked_as_the_kubelet_asks(
    configure: Configure, tmp_path: Path, emulator: Emulator
):
    """Without a token it is not ready, and says why; with one it is."""
    emulator.faults.add(Fault(path="/oauth2/v2.0/token", status=503))
    with running(configure(wi=FEDERATED), tmp_path) as sidecar:
        (started,) = sidecar.events("sidecar.started")
        ask = ("healthcheck", "--port", started["port"])
        until(lambda: sidecar.events("token.published"))
        ready, live = exo_token(*ask), exo_token(*ask, "--probe", "livez", "--output", "json")
        assert (ready.returncode, ready.stdout) == (0, "ok\n")
        assert json.loads(live.stdout) == {"ok": True, "problems": []}
        emulator.faults.add(Fault(path="/oauth2/v2.0/token", status=503, times=None))
        until(lambda: sidecar.get("/readyz")[0] == 503, "the token's end")
        unready = exo_token(*ask)

    assert unready.returncode == 1
    assert "wi/exchange: expired at" in unready.stderr


def test_nobody_there_is_not_healthy():
    """A port where nobody listens is told as such."""
    asked = exo_token("healthcheck", "--port", "1")
    assert asked.returncode == 1
    assert "nobody answers as a sidecar" in asked.stderr


def test_a_document_is_shown_without_its_token(tmp_path: Path):
    """Members and claims are shown; token, signature and names of people are not."""
    path = publish(tmp_path, document())
    text, told = exo_token("inspect", path), exo_token("inspect", path, "--output", "json")

    assert (text.returncode, told.returncode) == (0, 0)
    assert "aud: https://outlook.office365.com" in text.stdout
    assert "sequence: 3" in text.stdout
    assert json.loads(told.stdout)["document"]["organization"] == "contoso.onmicrosoft.com"
    assert json.loads(told.stdout)["claims"]["appid"] == "2222"
    for shown in (text.stdout, told.stdout):
        assert not {"canarySignature", "Somebody", "access_token"} & set(shown.split('"'))
        assert "canarySignature" not in shown


def test_a_projected_token_is_shown_too(tmp_path: Path):
    """Issuer, subject and audience are what one compares with the federated credential."""
    file = tmp_path / "projected"
    subject = "system:serviceaccount:reports:exo-jobs"
    file.write_text(jwt(iss="https://issuer.example/", sub=subject, exp=4102444800))
    shown = exo_token("inspect", file)

    assert "iss: https://issuer.example/" in shown.stdout
    assert f"sub: {subject}" in shown.stdout
    assert "expires: 2100-01-01T00:00:00.000Z" in shown.stdout


@pytest.mark.parametrize("text", ["", "{}", "canary-secret", "a.b.c", '{"access_token": "canary"}'])
def test_what_is_no_token_is_refused_unquoted(tmp_path: Path, text: str):
    """The reason is told, and nothing of the file."""
    file = tmp_path / "file"
    file.write_text(text)
    refused = exo_token("inspect", file)

    assert (refused.returncode, refused.stdout) == (65, "")
    assert str(file) in refused.stderr
    assert "canary" not in refused.stderr.replace(str(file), "")


def test_the_age_of_a_token_is_told_both_ways(noon: datetime):
    """A token that still lives, and one that does not."""
    portrait = portrait_of(replace(document(), expires_at=noon).to_json())
    before, after = timedelta(seconds=-90), timedelta(seconds=7)

    assert "(in 90 s)" in portrait.lines(now=noon + before)[1]
    assert "(7 s ago)" in portrait.lines(now=noon + after)[1]


def test_a_right_configuration_is_said_to_be_right(configure: Configure):
    """Its targets are listed; nobody was asked for a token."""
    checked = exo_token("config", "check", "--config", configure(wi=FEDERATED))
    assert checked.returncode == 0
    assert "right; 1 target(s): wi/exchange" in checked.stdout


def test_a_wrong_configuration_is_told_whole(configure: Configure):
    """Every problem stands on its line, also for a program."""
    file = configure(a=FEDERATED, b="{certificate: {file: nowhere.pem}}")
    file.write_text(file.read_text().replace("clientId:", "clientID:"))
    plain = exo_token("config", "check", "--config", file)
    told = exo_token("config", "check", "--config", file, "--output", "json")

    assert (plain.returncode, told.returncode) == (78, 78)
    assert plain.stderr.count("clientID: unknown key") == 2
    assert len(json.loads(told.stdout)["problems"]) == len(plain.stderr.splitlines()) > 4


def test_looking_needs_neither_msal_nor_prometheus():
    """A probe that runs every few seconds loads little."""
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, sidecar.cli; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert not {"msal", "prometheus_client", "pydantic", "cryptography", "requests"} & set(loaded)
