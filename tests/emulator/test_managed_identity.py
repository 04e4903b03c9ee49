"""The metadata service hands out tokens of managed identities, in its own shape."""

import jwt
import pytest
from azure.identity import ManagedIdentityCredential

from emulator.testing import (
    Application,
    Tenant,
    World,
    running,
)

PATH = "/metadata/identity/oauth2/token"
QUERY = {"api-version": "2018-02-01", "resource": "https://outlook.office365.com"}
SYSTEM = "66666666-6666-4666-8666-666666666666"
USER = "77777777-7777-4777-8777-777777777777"
RESOURCE_ID = "/subscriptions/s/resourcegroups/g/providers/i/jobs"


def identity(client_id: str, **more: object) -> Application:
    """Return an application that is a managed identity."""
    return Application.model_validate({"client_id": client_id, "object_id": client_id, **more})


@pytest.fixture(scope="module")
def emulator():
    """A machine with an identity of its own and one that was assigned to it."""
    applications = (
        identity(SYSTEM, managed_identity="system"),
        identity(USER, managed_identity="user", resource_id=RESOURCE_ID),
        identity("88888888-8888-4888-8888-888888888888"),
    )
    tenant = Tenant(
        id="11111111-1111-4111-8111-111111111111",
        domains=("contoso.onmicrosoft.com",),
        applications=applications,
    )
    with running(World(tenants=(tenant,))) as started:
        yield started


@pytest.fixture
def ask(emulator, client_of):
    """Asks for a token as a program on the machine does."""
    client = client_of(emulator)

    def get(headers: dict[str, str] | None = None, **query: str | None):
        whole = {n: v for n, v in {**QUERY, **query}.items() if v is not None}
        named = {"Metadata": "true"} if headers is None else headers
        return client.session.get(emulator.url + PATH, params=whole, headers=named)

    return get


@pytest.mark.behaviour("entra.managed-identity")
@pytest.mark.parametrize(
    ("query", "client_id"),
    [
        ({}, SYSTEM),
        ({"client_id": USER}, USER),
        ({"object_id": USER.upper()}, USER),
        ({"msi_res_id": RESOURCE_ID}, USER),
    ],
    ids=str,
)
def test_an_identity_is_named_in_any_way(ask, query, client_id):
    """Without a name the machine's own is meant; numbers in the answer are texts."""
    body = ask(**query).json()
    claims = jwt.decode(body["access_token"], options={"verify_signature": False})
    assert (claims["appid"], claims["appidacr"], body["client_id"]) == (client_id, "2", client_id)
    assert claims["aud"] == body["resource"] == "https://outlook.office365.com"
    assert int(body["expires_on"]) - int(body["not_before"]) >= int(body["expires_in"])
    assert {type(value) for value in body.values()} == {str}


BAD = {
    "no Metadata header": ({"headers": {}}, "Required metadata header not specified"),
    "no resource": ({"resource": None}, "'resource' is missing"),
    "an old version": ({"api-version": "2017-01-01"}, "api-version"),
    "an unknown identity": ({"client_id": "nobody"}, "Identity not found"),
    "an application that is none": (
        {"client_id": "88888888-8888-4888-8888-888888888888"},
        "Identity not found",
    ),
    "two names": ({"client_id": USER, "object_id": USER}, "Only one of"),
    "an unknown resource": ({"resource": "https://nowhere.example"}, "AADSTS500011"),
}


@pytest.mark.behaviour("entra.managed-identity.refusal")
@pytest.mark.parametrize(("query", "text"), BAD.values(), ids=BAD)
def test_a_bad_request_is_refused_in_the_services_shape(ask, query, text):
    """400, an error and its description, as programs on a machine read them."""
    answer = ask(**query)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error", "error_description"}
    assert text in answer.json()["error_description"]


def test_two_system_identities_are_refused():
    """A machine has one identity of its own."""
    twice = [identity(SYSTEM, managed_identity="system"), identity(USER, managed_identity="system")]
    tenant = Tenant(
        id="11111111-1111-4111-8111-111111111111",
        domains=("contoso.onmicrosoft.com",),
        applications=twice,
    )
    with pytest.raises(ValueError, match="more than one application is the system-assigned"):
        World(tenants=(tenant,))


def test_azure_identity_gets_a_token_of_the_machine(emulator, monkeypatch):
    """ManagedIdentityCredential needs the address of the metadata service, and no secret."""
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", emulator.url)
    credential = ManagedIdentityCredential(connection_verify=str(emulator.ca_file))
    with credential:
        token = credential.get_token("https://outlook.office365.com/.default").token
    assert jwt.decode(token, options={"verify_signature": False})["appid"] == SYSTEM
