"""Programs keep Microsoft's own addresses: the proxy leads those here, and no others anywhere."""

import json
import os
import socket
import ssl
import subprocess
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from http.client import HTTPSConnection
from urllib.parse import urlencode

import msal
import pytest
import requests
from azure.identity import CertificateCredential, ManagedIdentityCredential
from hypothesis import given
from hypothesis import strategies as st

from emulator.proxytargets import Metadata, Refused, Tunnel, destination
from emulator.sample import managed_identity, sample_application, sample_tenant
from emulator.testing import (
    CLIENT_ID,
    MODULE_FOLDER,
    ORGANIZATION,
    SAMPLE_CERTIFICATE,
    TENANT_ID,
    Emulator,
    Fault,
    World,
    running,
)

SCOPE = "https://outlook.office365.com/.default"
METADATA = "http://169.254.169.254/metadata/identity/oauth2/token"
QUERY = {"api-version": "2018-02-01", "resource": "https://outlook.office365.com"}

TARGETS = {
    "CONNECT login.microsoftonline.com:443": Tunnel,
    "CONNECT LOGIN.microsoftonline.com:443": Tunnel,
    "CONNECT login.microsoftonline.us:443": Tunnel,
    "CONNECT login.partner.microsoftonline.cn:443": Tunnel,
    "CONNECT outlook.office365.com:443": Tunnel,
    "CONNECT eur05.outlook.office365.com:443": Tunnel,
    "CONNECT outlook.office365.us:443": Tunnel,
    "CONNECT webmail.apps.mil:443": Tunnel,
    "CONNECT eur02b.ps.compliance.protection.outlook.com:443": Tunnel,
    "CONNECT eur02b.admin.protection.outlook.com:446": Tunnel,
    "CONNECT 127.0.0.1:8443": Tunnel,
    "CONNECT [::1]:8443": Tunnel,
    "CONNECT emulator.tests.svc:8443": Tunnel,
    f"GET {METADATA}?resource=x": Metadata,
    "GET http://169.254.169.254:80/metadata/instance": Metadata,
    "GET /metadata/identity/oauth2/token?x=y": Metadata,
    "CONNECT example.com:443": 403,
    "CONNECT evil-login.microsoftonline.com.example:443": 403,
    "CONNECT xoutlook.office365.com:443": 403,
    "CONNECT graph.microsoft.com:443": 403,
    "CONNECT login.microsoftonline.com:80": 403,
    "CONNECT 127.0.0.1:22": 403,
    "CONNECT 169.254.169.254:80": 403,
    "GET http://169.254.169.254/latest/meta-data": 403,
    "GET http://169.254.169.254@example.com/metadata/x": 403,
    "GET http://example.com/metadata/x": 403,
    "GET http://[/metadata/": 403,
    "GET /_emulator/world": 403,
    "CONNECT nonsense": 400,
    "CONNECT a b:1": 400,
    "GET ftp://example.com/": 400,
    "": 400,
}


@pytest.mark.behaviour("control.proxy.hosts", "control.proxy.refused")
@pytest.mark.parametrize(("line", "kind"), TARGETS.items(), ids=list(TARGETS))
def test_who_answers(line: str, kind: type | int):
    """Hosts of all clouds, their regions, the metadata service and the emulator's own names."""
    head = f"{line} HTTP/1.1\r\nHost: whatever\r\n\r\n".encode()
    found = destination(head, own={"127.0.0.1", "::1", "emulator.tests.svc"}, port=8443)
    if isinstance(kind, int):
        assert isinstance(found, Refused)
        assert found.status == kind
        assert found.reason.isascii()
        assert found.reason.isprintable()
    else:
        assert isinstance(found, kind)


@given(st.binary(max_size=200))
def test_no_head_breaks_the_decision(head: bytes):
    """Whatever a client sends, the answer fits in a status line."""
    for line in (head, b"CONNECT " + head, b"GET http://" + head + b" HTTP/1.1\r\n\r\n"):
        found = destination(line, own=set(), port=1)
        assert not isinstance(found, Refused) or found.reason.isprintable()


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """A tenant whose machine has an identity."""
    application = sample_application((SAMPLE_CERTIFICATE.certificate,))
    tenant = sample_tenant(application, managed_identity(), mailboxes=3)
    with running(World(tenants=(tenant,))) as started:
        yield started


@pytest.fixture
def unmodified(emulator: Emulator, monkeypatch) -> Emulator:
    """An environment in which only proxy and trust are set."""
    for name in ("HTTPS_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, emulator.proxy_url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, str(emulator.ca_file))
    emulator.reset()
    return emulator


@pytest.mark.behaviour("control.proxy")
def test_msal_uses_its_default_authority(unmodified: Emulator):
    """Instance discovery is on, and the address is Microsoft's."""
    client = msal.ConfidentialClientApplication(
        CLIENT_ID,
        authority=f"https://login.microsoftonline.com/{TENANT_ID}",
        client_credential={
            "private_key": SAMPLE_CERTIFICATE.key,
            "thumbprint": SAMPLE_CERTIFICATE.thumbprint,
            "public_certificate": SAMPLE_CERTIFICATE.certificate,
        },
    )
    found = client.acquire_token_for_client([SCOPE])
    assert "access_token" in found, found
    assert {entry.host for entry in unmodified.journal} == {"login.microsoftonline.com"}


def test_azure_identity_uses_its_default_authority(unmodified: Emulator, tmp_path):
    """CertificateCredential needs no option that it would not need for Microsoft."""
    file = tmp_path / "client.pem"
    file.write_text(SAMPLE_CERTIFICATE.pem)
    with CertificateCredential(TENANT_ID, CLIENT_ID, str(file)) as credential:
        token = credential.get_token(SCOPE).token
    answer = requests.get(
        f"https://outlook.office365.com/adminapi/beta/{TENANT_ID}/Mailbox",
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert len(answer.json()["value"]) == 3
    assert {entry.host for entry in unmodified.journal} >= {"outlook.office365.com"}


@pytest.mark.behaviour("control.proxy.metadata")
def test_the_metadata_service_answers_at_its_own_address(unmodified: Emulator):
    """Programs ask 169.254.169.254 without TLS, and other addresses get nothing."""
    with requests.Session() as session:
        headers = {"Metadata": "true"}
        found = session.get(METADATA, params=QUERY, headers=headers)
        other = session.get("http://example.com/", headers=headers)
    assert found.json()["token_type"] == "Bearer"
    assert other.status_code == 403


@pytest.mark.behaviour("control.metadata.port")
def test_the_metadata_service_has_a_port_of_its_own(emulator: Emulator, monkeypatch):
    """ManagedIdentityCredential finds it by AZURE_POD_IDENTITY_AUTHORITY_HOST; nothing else is."""
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", emulator.metadata_url)
    with ManagedIdentityCredential() as credential:
        assert credential.get_token(SCOPE).token
    for path in ("/_emulator/world", f"/{TENANT_ID}/oauth2/v2.0/token", "/adminapi/beta/x/Mailbox"):
        assert requests.get(emulator.metadata_url + path, timeout=30).status_code == 403


def test_a_host_of_nobody_is_refused_in_a_sentence(unmodified: Emulator):
    """The client's own error says who refused and why; no name is looked up."""
    with pytest.raises(requests.ConnectionError, match=r"exo-emulator does not play example\.com"):
        requests.get("https://example.com/", timeout=30)


@pytest.mark.behaviour("control.proxy.same-connection")
def test_a_fault_breaks_the_clients_own_connection(unmodified: Emulator):
    """A cut through the proxy is what the client feels."""
    unmodified.faults.add(
        Fault.model_validate({"path": "openid-configuration", "cut": {"after": "nothing"}})
    )
    url = f"https://login.microsoftonline.com/{TENANT_ID}/v2.0/.well-known/openid-configuration"
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=30)
    assert requests.get(url, timeout=30).status_code == 200


BROKEN = {
    "a head without end": (b"CONNECT " + b"x" * 20_000, b"431"),
    "something early": (b"CONNECT outlook.office365.com:443 HTTP/1.1\r\n\r\n\x16\x03", b"400"),
    "no HTTP": (b"\x16\x03\x01\x00\r\n\r\n", b"400"),
}


@pytest.mark.parametrize(("sent", "status"), BROKEN.values(), ids=BROKEN)
def test_a_broken_request_is_refused(emulator: Emulator, sent: bytes, status: bytes):
    """The connection ends with an answer, and the server goes on."""
    with socket.create_connection(emulator.sockets.proxy.getsockname()) as client:
        client.sendall(sent)
        answer = b"".join(iter(lambda: client.recv(4096), b""))
    assert answer.split()[1] == status


def test_a_client_that_trusts_another_ca_harms_nobody(emulator: Emulator):
    """A failed handshake in a tunnel ends that tunnel only."""
    for _ in range(2):
        with socket.create_connection(emulator.sockets.proxy.getsockname()) as client:
            client.sendall(b"CONNECT outlook.office365.com:443 HTTP/1.1\r\n\r\n")
            assert b" 200 " in client.recv(4096)
            context = ssl.create_default_context()
            with pytest.raises(ssl.SSLCertVerificationError):
                context.wrap_socket(client, server_hostname="outlook.office365.com")


def test_the_server_stops_with_connections_that_say_nothing():
    """A client that opened a tunnel, or only a connection, is sent away."""
    with ExitStack() as stack:
        with running() as started:
            address = started.sockets.proxy.getsockname()
            silent, tunnel = (
                stack.enter_context(socket.create_connection(address, timeout=10)) for _ in "12"
            )
            tunnel.sendall(b"CONNECT outlook.office365.com:443 HTTP/1.1\r\n\r\n")
            assert b" 200 " in tunnel.recv(4096)
        for client in (silent, tunnel):
            with suppress(ConnectionResetError):
                assert client.recv(1) == b""


@pytest.mark.skipif("PWSH" not in os.environ, reason="PWSH names no PowerShell")
def test_powershell_needs_no_address(unmodified: Emulator, tmp_path):
    """Connect-ExchangeOnline without a ConnectionUri reads a mailbox at outlook.office365.com."""
    client = msal.ConfidentialClientApplication(
        CLIENT_ID,
        authority=f"https://login.microsoftonline.com/{TENANT_ID}",
        client_credential={
            "private_key": SAMPLE_CERTIFICATE.key,
            "thumbprint": SAMPLE_CERTIFICATE.thumbprint,
            "public_certificate": SAMPLE_CERTIFICATE.certificate,
        },
    )
    (tmp_path / "token").write_text(client.acquire_token_for_client([SCOPE])["access_token"])
    script = tmp_path / "script.ps1"
    script.write_text(
        textwrap.dedent(f"""\
        $ErrorActionPreference = 'Stop'
        $token = Get-Content -Raw {tmp_path / "token"}
        Connect-ExchangeOnline -AccessToken $token -Organization {ORGANIZATION} -ShowBanner:$false
        @(Get-EXOMailbox).Count
        """)
    )
    environment = {**os.environ, "PSModulePath": str(MODULE_FOLDER)}
    done = subprocess.run(
        [os.environ["PWSH"], "-NoProfile", "-NonInteractive", "-File", script],
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == ("3", 0), done.stderr
    assert "outlook.office365.com" in {entry.host for entry in unmodified.journal}


@pytest.mark.behaviour("control.proxy.client-address")
def test_the_emulator_sees_the_client_and_not_the_proxy():
    """A policy that blocks the client's address blocks it through the proxy as well."""
    policy = {"blocked_addresses": ["127.0.0.9/32"]}
    trusted = (SAMPLE_CERTIFICATE.certificate,)
    application = sample_application(
        trusted,
        conditional_access=policy,
        secrets=[{"id": TENANT_ID, "value": "sample-secret"}],
    )
    with running(World(tenants=(sample_tenant(application),))) as started:
        answers = [ask_from(source, started) for source in ("127.0.0.9", "127.0.0.1")]
    assert [answer.get("error_codes") for answer in answers] == [[53003], None]


def ask_from(source: str, emulator: Emulator) -> dict[str, object]:
    """Ask for a token through the proxy, from one of this machine's own addresses."""
    _, port = emulator.sockets.proxy.getsockname()
    trust = ssl.create_default_context(cafile=str(emulator.ca_file))
    client = HTTPSConnection("127.0.0.1", port, source_address=(source, 0), context=trust)
    client.set_tunnel("login.microsoftonline.com")
    form = {
        "client_id": CLIENT_ID,
        "client_secret": "sample-secret",
        "grant_type": "client_credentials",
        "scope": SCOPE,
    }
    with closing(client):
        client.request("POST", f"/{TENANT_ID}/oauth2/v2.0/token", urlencode(form))
        return json.load(client.getresponse())
