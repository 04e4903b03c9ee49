"""Unmodified msal and azure-identity get tokens, and are refused rightly."""

from pathlib import Path

import msal
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    WorkloadIdentityCredential,
)

from emulator.applications import Application
from emulator.testing import (
    CLIENT_ID,
    SAMPLE_CERTIFICATE,
    TENANT_ID,
    Emulator,
    running,
    sample_world,
)

SCOPE = "https://outlook.office365.com/.default"
COMPLIANCE_SCOPE = "https://ps.compliance.protection.outlook.com/.default"


@pytest.fixture
def http(emulator: Emulator):
    """A session for msal that trusts the emulator's CA whatever the environment says."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(emulator.ca_file)
        yield session


def msal_app(emulator: Emulator, http: requests.Session, credential: dict[str, object]):
    """Return an msal application; only authority and trust are ours."""
    return msal.ConfidentialClientApplication(
        CLIENT_ID,
        authority=f"{emulator.url}/{TENANT_ID}",
        instance_discovery=False,
        http_client=http,
        client_credential=credential,
    )


CERTIFICATES = {
    "with the public certificate (PS256, x5t#S256)": {
        "private_key": SAMPLE_CERTIFICATE.key,
        "public_certificate": SAMPLE_CERTIFICATE.certificate,
    },
    "with a SHA-1 thumbprint (RS256, x5t)": {
        "private_key": SAMPLE_CERTIFICATE.key,
        "thumbprint": SAMPLE_CERTIFICATE.thumbprint,
    },
}


@pytest.mark.parametrize("credential", CERTIFICATES.values(), ids=CERTIFICATES)
def test_msal_signs_in_by_certificate(emulator, http, credential):
    """One application gets tokens for two resources, though msal sends one assertion twice."""
    app = msal_app(emulator, http, credential)
    for scope in (SCOPE, COMPLIANCE_SCOPE):
        result = app.acquire_token_for_client([scope])
        assert result.get("token_type") == "Bearer", result


def test_msal_signs_in_by_workload_identity(emulator, http):
    """A projected token is a client assertion to msal."""
    app = msal_app(emulator, http, {"client_assertion": emulator.issuer.mint})
    assert "access_token" in app.acquire_token_for_client([SCOPE])


def test_msal_reports_entras_refusal(emulator, http):
    """The AADSTS number reaches the caller of msal."""
    subject = "system:serviceaccount:other:other"
    wrong = {"client_assertion": lambda: emulator.issuer.mint(subject=subject)}
    result = msal_app(emulator, http, wrong).acquire_token_for_client([SCOPE])
    assert result["error"] == "invalid_client"
    assert result["error_codes"] == [700213]


def test_azure_identity_signs_in_by_certificate(emulator):
    """CertificateCredential needs only the authority and the CA."""
    credential = CertificateCredential(
        TENANT_ID,
        CLIENT_ID,
        certificate_data=SAMPLE_CERTIFICATE.pem.encode(),
        **authority(emulator),
    )
    with credential:
        assert credential.get_token(SCOPE).token.count(".") == 2


def test_azure_identity_signs_in_by_assertion(emulator):
    """ClientAssertionCredential calls for a projected token."""
    credential = ClientAssertionCredential(
        TENANT_ID, CLIENT_ID, emulator.issuer.mint, **authority(emulator)
    )
    with credential:
        assert credential.get_token(SCOPE).token.count(".") == 2


def test_azure_identity_signs_in_by_token_file(emulator, tmp_path: Path):
    """WorkloadIdentityCredential reads the projected token from its file."""
    file = tmp_path / "token"
    file.write_text(emulator.issuer.mint())
    credential = WorkloadIdentityCredential(
        tenant_id=TENANT_ID,
        client_id=CLIENT_ID,
        token_file_path=str(file),
        **authority(emulator),
    )
    with credential:
        assert credential.get_token(SCOPE).token.count(".") == 2


def test_azure_identity_reports_entras_refusal(emulator):
    """The AADSTS number is in the exception's text."""
    credential = ClientAssertionCredential(
        TENANT_ID,
        CLIENT_ID,
        lambda: emulator.issuer.mint(audience="wrong"),
        **authority(emulator),
    )
    with credential, pytest.raises(ClientAuthenticationError, match="AADSTS700212"):
        credential.get_token(SCOPE)


SECRET = {"id": "44444444-4444-4444-8444-444444444444", "value": "a-right-secret"}
OLD = {
    "id": "55555555-5555-4555-8555-555555555555",
    "value": "an-old-secret",
    "expires": "2024-01-01T00:00:00Z",
}
SECRETS = {
    "right": (SECRET["value"], 0),
    "wrong": ("nonsense", 7000215),
    "old": (OLD["value"], 7000222),
}


@pytest.fixture
def by_secret():
    """An emulator whose application has a secret, and one that has expired."""
    world = sample_world()
    (tenant,) = world.tenants
    application = tenant.applications[0].model_dump() | {"secrets": [SECRET, OLD]}
    changed = tenant.model_copy(update={"applications": (Application(**application),)})
    with running(world.model_copy(update={"tenants": (changed,)})) as emulator:
        yield emulator


@pytest.mark.parametrize(("secret", "code"), SECRETS.values(), ids=SECRETS)
def test_both_sign_in_by_secret_and_are_told_what_is_wrong_with_one(by_secret, secret, code):
    """A right secret gives a token; a wrong and an old one give Entra's numbers."""
    with requests.Session() as http:
        http.trust_env, http.verify = False, str(by_secret.ca_file)
        result = msal_app(by_secret, http, secret).acquire_token_for_client([SCOPE])
    assert result.get("error_codes", [0]) == [code]
    assert ("access_token" in result) == (code == 0)
    credential = ClientSecretCredential(TENANT_ID, CLIENT_ID, secret, **authority(by_secret))
    with credential:
        if code:
            with pytest.raises(ClientAuthenticationError, match=f"AADSTS{code}"):
                credential.get_token(SCOPE)
        else:
            assert credential.get_token(SCOPE).token.count(".") == 2


def authority(emulator: Emulator) -> dict[str, object]:
    """Return what every azure-identity credential is told."""
    return {
        "authority": emulator.url,
        "disable_instance_discovery": True,
        "connection_verify": str(emulator.ca_file),
    }
