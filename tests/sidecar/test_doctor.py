"""The doctor names the first thing that is wrong, and what to do about it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from contract.volume import document_path
from emulator.testing import CLIENT_ID, TENANT_ID, Emulator, Fault, new_client_certificate
from sidecar.testing import once

CERTIFICATE = "{certificate: {file: client.pem}}"
FEDERATED = "{workloadIdentity: {tokenFile: projected}}"
SECRET = "canary-of-a-proxy"
LINKS = ["name", "proxy", "discovery", "clock", "credential", "token", "claims", "exchange"]
Configure = Callable[..., Path]
Findings = dict[str, dict[str, str]]


@pytest.fixture
def configured(configure: Configure, emulator: Emulator) -> Callable[..., Path]:
    """Write a configuration whose Exchange is the emulator too."""

    def write(credential: str, **more: str) -> Path:
        config = configure(it=credential, **more)
        text = config.read_text()
        both = f"endpoints: {{connectionUri: '{emulator.url}', "
        config.write_text(text.replace("endpoints: {", both))
        return config

    return write


def _doctor(config: Path, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "sidecar", "doctor", "--config", str(config), *options]
    return subprocess.run(
        argv, env=os.environ | environ, capture_output=True, text=True, check=False, timeout=60
    )


def _found(config: Path, **environ: str) -> Findings:
    done = _doctor(config, "--output", "json", **environ)
    assert done.stderr == ""
    document = json.loads(done.stdout)
    assert document["ok"] is (done.returncode == 0)
    (findings,) = document["targets"].values()
    assert [each["link"] for each in findings] == LINKS
    return {each["link"]: each for each in findings}


def _verdicts(found: Findings) -> list[str]:
    return [each["verdict"] for each in found.values()]


def _replace(config: Path, old: str, new: str) -> Path:
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new))
    return config


@pytest.mark.parametrize("credential", [CERTIFICATE, FEDERATED])
def test_everything_is_right_from_the_name_to_a_call_of_exchange(
    folder: Path, configured: Callable[..., Path], credential: str
) -> None:
    """Eight links, none wrong, nothing written, and no part of a token in the output."""
    done = _doctor(configured(credential))
    assert (done.returncode, done.stderr) == (0, "")
    assert "WRONG" not in done.stdout
    assert "Get-OrganizationConfig ran in contoso.onmicrosoft.com" in done.stdout
    assert "eyJ" not in done.stdout
    assert not document_path(folder / "tokens", "it", "exchange").exists()


def test_it_shows_what_the_federated_credential_must_say(
    configured: Callable[..., Path], emulator: Emulator
) -> None:
    """Issuer, subject and audience of the projected token, to be copied into Entra."""
    said = _found(configured(FEDERATED))["credential"]["says"]
    assert f"issuer {emulator.issuer.url}" in said
    assert "audience api://AzureADTokenExchange" in said


def test_a_projected_token_for_another_audience_is_found_before_entra_is_asked(
    folder: Path, configured: Callable[..., Path], emulator: Emulator
) -> None:
    """The default service-account token: the remedy names the audience to project."""
    (folder / "projected").write_text(emulator.issuer.mint(audience="https://kubernetes.default"))
    found = _found(configured(FEDERATED))
    assert _verdicts(found)[4:] == ["wrong", "skipped", "skipped", "skipped"]
    assert "api://AzureADTokenExchange" in found["credential"]["remedy"]


def test_a_certificate_that_entra_does_not_know_is_shown_as_the_portal_shows_it(
    folder: Path, configured: Callable[..., Path]
) -> None:
    """SHA-1 in capitals, as in the portal's list; then Entra's own word and what to upload."""
    certificate, key = new_client_certificate()
    (folder / "client.pem").write_text(certificate + key)
    found = _found(configured(CERTIFICATE))
    thumbprint = found["credential"]["says"].split()[3].rstrip(",")
    assert (len(thumbprint), thumbprint) == (40, thumbprint.upper())
    assert found["token"]["verdict"] == "wrong"
    assert "AADSTS700027" in found["token"]["says"]
    assert "Upload" in found["token"]["remedy"]


def test_an_unknown_tenant_is_found_at_discovery(configured: Callable[..., Path]) -> None:
    """Before any credential is shown."""
    other = "99999999-9999-4999-8999-999999999999"
    found = _found(_replace(configured(CERTIFICATE), TENANT_ID, other))
    assert _verdicts(found)[:3] == ["right", "right", "wrong"]
    assert "AADSTS90002" in found["discovery"]["says"]


def test_an_application_that_the_tenant_does_not_know_gets_the_consent_url(
    configured: Callable[..., Path],
) -> None:
    """A second tenant without admin consent: the address to open, with both ids in it."""
    other = "99999999-9999-4999-8999-999999999999"
    found = _found(_replace(configured(CERTIFICATE), CLIENT_ID, other))
    assert "AADSTS700016" in found["token"]["says"]
    assert f"/{TENANT_ID}/adminconsent?client_id={other}" in found["token"]["remedy"]


def test_a_name_without_an_address_is_the_first_thing_wrong(
    configured: Callable[..., Path], emulator: Emulator
) -> None:
    """DNS: nothing else is tried."""
    config = _replace(
        configured(CERTIFICATE), f"authority: {emulator.url}", "authority: https://login.invalid"
    )
    found = _found(config)
    assert _verdicts(found) == ["wrong"] + ["skipped"] * 7
    assert "DNS" in found["name"]["remedy"]


def test_a_proxy_is_told_without_its_password(configured: Callable[..., Path]) -> None:
    """HTTPS_PROXY applies: host and port are shown, and that nobody answers there."""
    proxy = f"http://user:{SECRET}@127.0.0.1:1"
    done = _doctor(configured(CERTIFICATE), HTTPS_PROXY=proxy, NO_PROXY="")
    assert done.returncode == 1
    assert "requests go through 127.0.0.1:1" in done.stdout
    assert "HTTPS_PROXY and NO_PROXY" in done.stdout
    assert SECRET not in done.stdout + done.stderr


def test_a_ca_that_is_not_trusted_is_named_with_its_remedy(
    configured: Callable[..., Path],
) -> None:
    """Without tls.caFile the emulator's certificate is nobody's."""
    found = _found(configured(CERTIFICATE, ca="none"), SSL_CERT_FILE="")
    assert found["discovery"]["verdict"] == "wrong"
    assert "tls.caFile" in found["discovery"]["remedy"]


def test_a_clock_that_is_off_is_told(configured: Callable[..., Path], emulator: Emulator) -> None:
    """Entra's Date is ten minutes away: wrong here, whatever the credential says."""
    date = "Thu, 01 Jan 2026 00:00:00 GMT"
    emulator.faults.add(
        Fault(path="openid-configuration", headers={"Date": date}, executes=True, times=None)
    )
    found = _found(configured(CERTIFICATE))
    assert found["clock"]["verdict"] == "wrong"
    assert "NTP" in found["clock"]["remedy"]


def test_an_expired_token_file_is_told_before_entra_says_so(
    folder: Path, configured: Callable[..., Path], emulator: Emulator
) -> None:
    """The kubelet stopped renewing it."""
    (folder / "projected").write_text(emulator.issuer.mint(lifetime=timedelta(minutes=-1)))
    found = _found(configured(FEDERATED))
    assert found["credential"]["verdict"] == "wrong"
    assert "kubelet" in found["credential"]["remedy"]


def test_only_the_targets_that_were_named_are_walked(configured: Callable[..., Path]) -> None:
    """A target that is not in the configuration is a wrong command line."""
    config = configured(CERTIFICATE, resources="[exchange, graph]")
    done = _doctor(config, "it/graph", "--output", "json")
    assert list(json.loads(done.stdout)["targets"]) == ["it/graph"]
    assert done.returncode == 0
    assert _doctor(config, "it/nothing").returncode == 64


def test_a_wrong_configuration_is_told_as_everywhere(tmp_path: Path) -> None:
    """Exit 78, each problem, in JSON too."""
    config = tmp_path / "sidecar.yaml"
    config.write_text("connections: {}\n")
    assert _doctor(config).returncode == 78
    done = _doctor(config, "--output", "json")
    assert done.returncode == 78
    assert json.loads(done.stdout)["problems"]


def test_an_explained_message_needs_no_configuration(tmp_path: Path) -> None:
    """`--explain` with what PowerShell printed; a message that is not known is exit 1."""
    nowhere = tmp_path / "nowhere.yaml"
    known = _doctor(nowhere, "--explain", "Maximum retry count reached. The token has expired")
    unknown = _doctor(nowhere, "--explain", "the dog ate it")
    machine = _doctor(nowhere, "--explain", "UnAuthorized", "--output", "json")
    assert (known.returncode, unknown.returncode) == (0, 1)
    assert "62 s" in known.stdout
    assert json.loads(machine.stdout)["answer"]["name"] == "UnAuthorized"


def test_no_secret_is_shown_whatever_goes_wrong(
    folder: Path, configured: Callable[..., Path], emulator: Emulator
) -> None:
    """Entra echoes the assertion in an error: neither it nor a part of it is in the output."""
    token = emulator.issuer.mint()
    (folder / "projected").write_text(token)
    body = json.dumps({"error": "invalid_client", "error_description": f"bad {token}"})
    emulator.faults.add(Fault(path="/oauth2/v2.0/token", status=400, body=body, times=None))
    for form in ("text", "json"):
        done = _doctor(configured(FEDERATED), "--output", form)
        assert done.returncode == 1
        assert not [part for part in token.split(".") if part in done.stdout + done.stderr]


def test_it_looks_while_a_sidecar_keeps_the_files(
    folder: Path, configured: Callable[..., Path]
) -> None:
    """It takes no lock and writes nothing, so it may run in a pod that works."""
    config = configured(CERTIFICATE)
    assert once(config).returncode == 0
    before = document_path(folder / "tokens", "it", "exchange").read_bytes()
    assert _doctor(config).returncode == 0
    assert document_path(folder / "tokens", "it", "exchange").read_bytes() == before
