"""The sidecar as a process, against an Entra that verifies what it is shown."""

import base64
import json
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from contract.token import TokenDocument
from contract.volume import DOCUMENT_MODE, document_path, read
from emulator.testing import (
    CLIENT_ID,
    SAMPLE_CERTIFICATE,
    TENANT_ID,
    Emulator,
    Fault,
    new_client_certificate,
)
from sidecar.testing import once, running, until

CERTIFICATE = "{certificate: {file: client.pem}}"
PFX = "{certificate: {file: client.pfx, passwordFile: pfx-password}}"
FEDERATED = "{workloadIdentity: {tokenFile: projected}}"
TOKEN = "/oauth2/v2.0/token"  # a path

Configure = Callable[..., Path]


def _document(folder: Path, connection: str = "wi", resource: str = "exchange") -> TokenDocument:
    return read(document_path(folder / "tokens", connection, resource))


def _failures(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [line for line in lines if line["event"] == "refresh.failed"]


def _nothing_written(folder: Path) -> bool:
    there = [path for path in (folder / "tokens").rglob("*") if path.is_file()]
    return not [path for path in there if path.suffix != ".lock"]


def test_certificates_and_a_projected_token_serve_one_process(
    folder: Path, configure: Configure
) -> None:
    """PEM, PFX and workload identity, two resources each: six documents, all as asked."""
    done = once(configure(pem=CERTIFICATE, pfx=PFX, wi=FEDERATED, resources="[exchange, graph]"))
    assert (done.returncode, done.stderr) == (0, "")
    audiences = {
        "exchange": "https://outlook.office365.com",
        "graph": "https://graph.microsoft.com",
    }
    for connection in ("pem", "pfx", "wi"):
        for resource, audience in audiences.items():
            document = _document(folder, connection, resource)
            claims = json.loads(
                base64.urlsafe_b64decode(document.access_token.split(".")[1] + "==")
            )
            assert (document.audience, claims["aud"]) == (audience, audience)
            assert (document.tenant_id, claims["tid"]) == (TENANT_ID, TENANT_ID)
            assert document.sequence == 1
            assert document.acquired_at < document.refresh_at < document.expires_at
    file = document_path(folder / "tokens", "wi", "exchange")
    assert file.stat().st_mode & 0o777 == DOCUMENT_MODE


def test_an_encrypted_key_in_a_file_of_its_own_is_used(folder: Path, configure: Configure) -> None:
    """Certificate, key and password may come from three mounts."""
    from cryptography.hazmat.primitives import serialization as s

    key = s.load_pem_private_key(SAMPLE_CERTIFICATE.key.encode(), None)
    encrypted = key.private_bytes(
        s.Encoding.PEM, s.PrivateFormat.PKCS8, s.BestAvailableEncryption(b"canary-password")
    )
    (folder / "tls.crt").write_text(SAMPLE_CERTIFICATE.certificate)
    (folder / "tls.key").write_bytes(encrypted)
    done = once(
        configure(
            pem="{certificate: {file: tls.crt, keyFile: tls.key, passwordFile: pfx-password,"
            " sendChain: true}}"
        )
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_tokens_are_renewed_on_time_and_a_stop_is_quick(
    folder: Path, configure: Configure, tmp_path: Path
) -> None:
    """Tokens of five seconds: three in a row with never an expired one, then exit 0."""
    with running(configure(wi=FEDERATED, pem=CERTIFICATE), tmp_path) as sidecar:
        until(lambda: len(sidecar.events("token.published", target="wi/exchange")) >= 3)
        assert sidecar.get("/readyz") == (200, "ok\n")
        assert sidecar.get("/startupz") == (200, "ok\n")
        assert sidecar.get("/livez") == (200, "ok\n")
        attempts = sidecar.sample('exo_token_refresh_attempts_total{target="wi/exchange"}')
        assert attempts is not None
        assert attempts >= 3
        assert sidecar.stop() == 0
        assert sidecar.lines()[-1]["event"] == "sidecar.stopped"
        published = sidecar.events("token.published", target="wi/exchange")
        assert sidecar.err.read_text() == ""
    assert [line["sequence"] for line in published] == list(range(1, len(published) + 1))
    for old, new in pairwise(published):
        assert str(new["acquired_at"]) < str(old["expires_at"])
    assert _document(folder).sequence == len(published)


def test_a_restart_keeps_a_good_token_and_counts_on(
    folder: Path, configure: Configure, tmp_path: Path, emulator: Emulator
) -> None:
    """The number of the document never goes back, and no request is made without need."""
    emulator.set_token_lifetime(3600)
    config = configure(wi=FEDERATED)
    assert once(config).returncode == 0
    assert once(config).returncode == 0
    before = _document(folder)
    assert before.sequence == 2
    with running(config, tmp_path) as sidecar:
        until(lambda: sidecar.events("token.kept", target="wi/exchange", sequence=2))
        assert sidecar.get("/readyz") == (200, "ok\n")
        assert sidecar.stop() == 0
    assert _document(folder) == before


def test_the_projected_token_is_read_anew_for_each_request(
    folder: Path, configure: Configure, tmp_path: Path, emulator: Emulator
) -> None:
    """When the kubelet puts a new token in the file, the next request shows that one."""
    with running(configure(wi=FEDERATED), tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"))
        (folder / "projected").write_text(emulator.issuer.mint(lifetime=timedelta(seconds=-900)))
        until(lambda: sidecar.events("refresh.failed", code=700024))
        (folder / "projected").write_text(emulator.issuer.mint())
        count = len(sidecar.events("token.published"))
        until(lambda: len(sidecar.events("token.published")) > count)
        assert sidecar.events("refresh.failed")[0]["reason"] == "assertion_expired"


def test_a_projected_token_that_vanishes_is_told_and_the_last_one_used(
    folder: Path, configure: Configure, tmp_path: Path
) -> None:
    """Renewals go on with the last one read; log and metric name the file."""
    with running(configure(wi=FEDERATED), tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"))
        (folder / "projected").unlink()
        until(lambda: sidecar.events("credential.reload_failed"))
        (told,) = sidecar.events("credential.reload_failed")
        assert "projected cannot be read: No such file" in str(told["problem"])
        count = len(sidecar.events("token.published"))
        until(lambda: len(sidecar.events("token.published")) > count)
        kind = '{kind="assertion",target="wi/exchange"}'
        assert sidecar.sample(f"exo_token_credential_reload_failures_total{kind}") == 1
        assert sidecar.events("refresh.failed") == []


def test_a_discovery_document_without_sense_is_not_the_end(
    configure: Configure, emulator: Emulator
) -> None:
    """A JSON object that is no OpenID configuration: told, and asked again."""
    emulator.faults.add(Fault(path="openid-configuration", status=200, body="{}"))
    done = once(configure(wi=FEDERATED))
    assert done.returncode == 0
    (failed,) = _failures(done)
    assert (failed["reason"], "make no sense" in str(failed["summary"])) == (
        "idp_unavailable",
        True,
    )


def test_a_broken_new_certificate_leaves_the_old_one_in_use(
    folder: Path, configure: Configure, tmp_path: Path
) -> None:
    """The failed reload is counted once, renewal goes on, and a good new one is taken."""
    with running(configure(pem=CERTIFICATE), tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"))
        (folder / "client.pem").write_text("-----BEGIN CERTIFICATE-----\nbroken")
        until(lambda: sidecar.events("credential.reload_failed"))
        count = len(sidecar.events("token.published"))
        until(lambda: len(sidecar.events("token.published")) > count + 1)
        assert len(sidecar.events("credential.reload_failed")) == 1
        labels = '{kind="certificate",target="pem/exchange"}'
        assert sidecar.sample(f"exo_token_credential_reload_failures_total{labels}") == 1
        (folder / "client.pem").write_text(SAMPLE_CERTIFICATE.pem + "\n")
        until(lambda: sidecar.events("credential.reloaded"))
        assert sidecar.sample(f"exo_token_credential_reloads_total{labels}") == 1
        assert sidecar.events("refresh.failed") == []


def test_an_expired_token_turns_readiness_red_and_says_why(
    configure: Configure, tmp_path: Path, emulator: Emulator
) -> None:
    """Entra is down longer than the token lives: 503 with the reason, but alive."""
    with running(configure(wi=FEDERATED), tmp_path) as sidecar:
        until(lambda: sidecar.events("token.published"))
        emulator.faults.add(Fault(path=TOKEN, status=503, times=None))
        until(lambda: sidecar.get("/readyz")[0] == 503)
        _, why = sidecar.get("/readyz")
        assert why.startswith("wi/exchange: expired at ")
        assert "idp_unavailable: Entra answered 503" in why
        assert sidecar.get("/livez")[0] == 200
        assert sidecar.get("/startupz")[0] == 200
        emulator.faults.clear()
        until(lambda: sidecar.get("/readyz")[0] == 200)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param({"status": 503}, "idp_unavailable", id="503"),
        pytest.param(
            {"status": 400, "body": '{"error": "invalid_request", "error_codes": [70021]}'},
            "federation_propagating",
            id="400, which msal by itself would replay for a minute",
        ),
        pytest.param({"status": 200, "body": "<html>"}, "idp_unavailable", id="garbage with 200"),
        pytest.param({"status": 200, "body": "{}"}, "idp_unavailable", id="an empty object"),
        pytest.param(
            {"status": 200, "body": '{"access_token": "x", "expires_in": 0}'},
            "config",
            id="no life",
        ),
        pytest.param(
            {"status": 302, "headers": {"Location": "https://127.0.0.1:1/"}},
            "network",
            id="a redirect, not followed",
        ),
        pytest.param({"status": 429, "headers": {"Retry-After": "2"}}, "throttled", id="429"),
    ],
)
def test_a_failure_that_passes_is_tried_again(
    folder: Path, configure: Configure, emulator: Emulator, fault: dict[str, object], reason: str
) -> None:
    """The first answer is bad, the second good; only what needs a person ends at once."""
    emulator.faults.add(Fault.model_validate({"path": TOKEN, **fault}))
    done = once(configure(wi=FEDERATED))
    failed = _failures(done)
    assert [line["reason"] for line in failed] == [reason]
    if reason == "config":
        assert done.returncode == 78
        assert _nothing_written(folder)
    else:
        assert done.returncode == 0
        assert _document(folder).sequence == 1
    if reason == "throttled":
        assert failed[0]["retry_after"] == 2
        asked_again = _document(folder).acquired_at
        assert asked_again - datetime.fromisoformat(str(failed[0]["time"])) > timedelta(seconds=1.9)


def test_a_good_file_survives_a_bad_answer(
    folder: Path, configure: Configure, emulator: Emulator
) -> None:
    """What lies on the volume is replaced only by a token that was checked."""
    config = configure(wi=FEDERATED)
    assert once(config).returncode == 0
    before = _document(folder)
    wrong = '{"access_token": "a b", "expires_in": 3600}'
    emulator.faults.add(Fault(path=TOKEN, status=200, body=wrong))
    assert once(config).returncode == 78
    assert _document(folder) == before


def test_what_only_a_person_can_mend_ends_once_with_its_code(
    folder: Path, configure: Configure
) -> None:
    """A certificate that is not registered: Entra's code, its thumbprint, our remedy, exit 77."""
    certificate, key = new_client_certificate()
    (folder / "client.pem").write_text(certificate + key)
    done = once(configure(pem=CERTIFICATE))
    assert done.returncode == 77
    (failed,) = _failures(done)
    assert (failed["reason"], failed["code"]) == ("credential_rejected", 700027)
    assert "Upload this certificate's public part" in str(failed["remedy"])
    assert _nothing_written(folder)


def test_a_name_that_does_not_resolve_is_the_network(folder: Path, configure: Configure) -> None:
    """Tried until the time is up, then exit 68."""
    done = once(
        configure(wi=FEDERATED, authority="https://entra.invalid"),
        *("--timeout", "1500ms"),
    )
    assert done.returncode == 68
    assert {line["reason"] for line in _failures(done)} == {"network"}


def test_a_server_of_an_unknown_authority_is_not_trusted(
    configure: Configure, emulator: Emulator
) -> None:
    """Without the CA the connection fails, and REQUESTS_CA_BUNDLE does not change that."""
    done = once(
        configure(wi=FEDERATED, ca="none"),
        *("--timeout", "500ms"),
        environ={"REQUESTS_CA_BUNDLE": str(emulator.ca_file)},
    )
    assert done.returncode == 68
    assert "tls.caFile" in str(_failures(done)[0]["remedy"])
    assert not list(emulator.journal)


def test_ssl_cert_file_names_the_authorities(configure: Configure, emulator: Emulator) -> None:
    """The variable that pwsh obeys is obeyed here."""
    environ = {"SSL_CERT_FILE": str(emulator.ca_file), "REQUESTS_CA_BUNDLE": "/nowhere"}
    assert once(configure(wi=FEDERATED, ca="none"), environ=environ).returncode == 0


def _tunnel(client: socket.socket, seen: list[str]) -> None:
    with client:
        request = client.recv(65536).decode()
        seen.append(request.splitlines()[0])
        host, _, port = request.split()[1].rpartition(":")
        with socket.create_connection((host, int(port))) as server:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(server, client), daemon=True)
            back.start()
            _pump(client, server)
            back.join(timeout=5)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def test_tokens_come_through_a_proxy(configure: Configure, emulator: Emulator) -> None:
    """A proxy that tunnels sees the host alone, and the CA still counts."""
    seen: list[str] = []

    def accept(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=_tunnel, args=(client, seen), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
        done = once(configure(wi=FEDERATED), environ={"HTTPS_PROXY": proxy, "NO_PROXY": ""})
        listener.shutdown(socket.SHUT_RDWR)
    assert done.returncode == 0
    asked = {line.rpartition(" ")[0] for line in seen}
    assert asked == {f"CONNECT {emulator.url.removeprefix('https://')}"}


def test_a_proxy_of_the_environment_is_used(configure: Configure) -> None:
    """HTTPS_PROXY counts, so a proxy that is not there is the network's failure."""
    done = once(
        configure(wi=FEDERATED),
        *("--timeout", "500ms"),
        environ={"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""},
    )
    assert done.returncode == 68
    assert "proxy" in str(_failures(done)[0]["summary"])


def test_no_secret_is_in_any_output(
    folder: Path, configure: Configure, tmp_path: Path, emulator: Emulator
) -> None:
    """Tokens, assertion, key and password: in no line, no page, even if Entra echoes them."""
    assertion = (folder / "projected").read_text()
    secrets = [*assertion.split("."), "canary-password"]
    secrets += [line for line in SAMPLE_CERTIFICATE.key.splitlines() if "-----" not in line]
    half = assertion[: len(assertion) // 2]
    echoes = [
        (400, json.dumps({"error": "invalid_client", "error_description": f"bad {assertion}"})),
        (401, json.dumps({"error": assertion})),
        (200, f"<html>{assertion}</html>"),
        (500, assertion),
        (400, json.dumps({"error": "x", "error_description": "AADSTS7000215: " + half})),
    ]
    for status, body in echoes:
        emulator.faults.add(Fault(path=TOKEN, status=status, body=body))
    outputs = []
    with running(configure(wi=FEDERATED, pem=CERTIFICATE, pfx=PFX), tmp_path) as sidecar:
        for target in ("wi", "pem", "pfx"):
            until(partial(sidecar.events, "token.published", target=f"{target}/exchange"))
            secrets += _document(folder, target).access_token.split(".")
        assert len(sidecar.events("refresh.failed")) == len(echoes)
        outputs += [sidecar.get(path)[1] for path in ("/metrics", "/readyz", "/livez", "/nope")]
        sidecar.stop()
        outputs += [sidecar.out.read_text(), sidecar.err.read_text()]
    for secret in secrets:
        shown = secret[: max(24, len(secret) // 3)]
        # A JWT's header is the same for each token of a key, and no secret.
        assert shown.startswith("eyJhbGciOi") or not any(shown in text for text in outputs)
    assert any(CLIENT_ID in text or "wi/exchange" in text for text in outputs)
