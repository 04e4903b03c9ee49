"""What a token request must say, and what a refusal looks like."""

import base64
import json
import re
import uuid

import jwt
import pytest

from emulator.testing import CLIENT_ID, TENANT_ID, running, sample_world

BAD = {
    "an unknown tenant": (90002, "invalid_request", 400, {"tenant": "fabrikam.com"}),
    "an unknown client": (700016, "unauthorized_client", 400, {"client_id": str(uuid.UUID(int=9))}),
    "no scope": (900144, "invalid_request", 400, {"scope": None}),
    "no grant type": (900144, "invalid_request", 400, {"grant_type": None}),
    "no client id": (900144, "invalid_request", 400, {"client_id": None}),
    "another grant": (70003, "unsupported_grant_type", 400, {"grant_type": "password"}),
    "a scope that is not .default": (
        70011,
        "invalid_scope",
        400,
        {"scope": "https://outlook.office365.com/Mail.Read"},
    ),
    "two scopes of one resource": (
        70011,
        "invalid_scope",
        400,
        {"scope": "https://outlook.office365.com/.default https://outlook.office365.com/Mail.Read"},
    ),
    "two resources": (
        700022,
        "invalid_scope",
        400,
        {"scope": "https://outlook.office365.com/.default https://graph.microsoft.com/.default"},
    ),
    "a resource of another cloud": (
        500011,
        "invalid_resource",
        400,
        {"scope": "https://outlook.office365.us/.default"},
    ),
    "no credential": (7000218, "invalid_client", 401, {"client_assertion": None}),
    "a client secret": (7000215, "invalid_client", 401, {"client_secret": "s3cret-value"}),
    "an assertion that is no JWT": (50027, "invalid_client", 401, {"client_assertion": "nonsense"}),
    "no assertion type": (900144, "invalid_request", 400, {"client_assertion_type": None}),
}


@pytest.mark.parametrize(("code", "error", "status", "changes"), BAD.values(), ids=BAD)
def test_a_bad_request_is_refused_with_entras_code(client, code, error, status, changes):
    """Each kind of bad request has its AADSTS number, OAuth error and status."""
    answer = client.ask_token(**changes)
    body = answer.json()
    assert (body["error_codes"], body["error"], answer.status_code) == ([code], error, status)


def test_a_refusal_has_entras_shape(client):
    """Description, time, trace and correlation ids are where programs look for them."""
    body = client.ask_token(tenant="fabrikam.com").json()
    assert re.fullmatch(
        r"AADSTS90002: .* Trace ID: [0-9a-f-]{36} Correlation ID: [0-9a-f-]{36} "
        r"Timestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ",
        body["error_description"],
    )
    assert set(body) == {
        "error",
        "error_description",
        "error_codes",
        "timestamp",
        "trace_id",
        "correlation_id",
        "error_uri",
    }


@pytest.mark.behaviour("entra.correlation")
def test_the_correlation_id_is_the_clients_own(client):
    """What the client sent as `client-request-id` comes back."""
    mine = str(uuid.uuid4())
    url = f"{client.emulator.url}/nowhere/oauth2/v2.0/token"
    answer = client.session.post(url, data={}, headers={"client-request-id": mine})
    assert answer.json()["correlation_id"] == mine


@pytest.mark.behaviour("entra.tenant-names")
@pytest.mark.parametrize("tenant", [TENANT_ID, "contoso.com", "Contoso.OnMicrosoft.com"])
def test_a_tenant_is_found_by_guid_and_by_any_domain(client, tenant):
    """All names of a tenant lead to it."""
    token = client.token(tenant=tenant)
    assert jwt.decode(token, options={"verify_signature": False})["tid"] == TENANT_ID


@pytest.mark.parametrize("tenant", ["common", "organizations", TENANT_ID])
def test_discovery_names_the_token_endpoint(client, tenant):
    """The configuration's token endpoint is this server's, for the tenant that was asked for."""
    url = f"{client.emulator.url}/{tenant}/v2.0/.well-known/openid-configuration"
    endpoint = client.session.get(url).json()["token_endpoint"]
    assert endpoint == f"{client.emulator.url}/{tenant}/oauth2/v2.0/token"


def test_discovery_of_an_unknown_tenant_is_refused(client):
    """A typo in the tenant shows at the first request."""
    url = f"{client.emulator.url}/fabrikam.com/v2.0/.well-known/openid-configuration"
    assert client.session.get(url).json()["error_codes"] == [90002]


def test_no_secret_is_in_the_journal(client_of):
    """The journal shows who asked for what, never the assertion or the token."""
    with running(sample_world()) as emulator:
        client = client_of(emulator)
        assertion = client.assertion()
        token = client.token(client_assertion=assertion)
        client.invoke("Get-OrganizationConfig", token=token)
        journal = list(emulator.journal)
    assert journal[0].parameters["client_id"] == CLIENT_ID
    text = json.dumps([entry.parameters for entry in journal]) + str(journal)
    for part in (*assertion.split("."), *token.split(".")):
        assert part not in text


def test_garbage_is_refused_and_never_a_server_error(client):
    """A body that is no form, and assertions that are nearly JWTs, get a refusal."""
    url = f"{client.emulator.url}/contoso.com/oauth2/v2.0/token"
    assert client.session.post(url, data=b"\xff\x00\xfe=%zz").status_code == 400
    header = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":["x"]}').rstrip(b"=").decode()
    for payload in (b"[]", b"{}", b'{"iss":5}', b'{"iss":"https://x","aud":{"a":1}}', b"\xff"):
        body = base64.urlsafe_b64encode(payload).rstrip(b"=").decode()
        answer = client.ask_token(client_assertion=f"{header}.{body}.AAAA")
        assert answer.status_code in {400, 401}


def test_instance_discovery_knows_this_host(client):
    """A client that asks whether the authority is known is told that it is."""
    url = f"{client.emulator.url}/common/discovery/instance?api-version=1.1"
    body = client.session.get(url).json()
    host = client.emulator.url.removeprefix("https://")
    assert host in body["metadata"][0]["aliases"]
    configuration = client.session.get(body["tenant_discovery_endpoint"]).json()
    assert configuration["token_endpoint"].startswith(client.emulator.url)
