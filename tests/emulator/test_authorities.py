"""What the emulated Entra says of itself, by every name of every cloud, in both versions."""

import jwt
import pytest

from emulator.clouds import AUTHORITIES, CLOUDS, all_hosts, authority_at, clouds_at
from emulator.testing import CLIENT_ID, TENANT_ID

PUBLIC = "login.microsoftonline.com"


@pytest.mark.behaviour("entra.discovery.instance")
def test_a_known_authority_is_known_by_all_its_names(client):
    """A client that asks at one of Microsoft's hosts gets the aliases of every cloud."""
    answer = client.session.get(
        f"{client.emulator.url}/common/discovery/instance",
        params={"authorization_endpoint": f"https://login.windows.net/{TENANT_ID}/oauth2/v2.0"},
        headers={"Host": PUBLIC},
    ).json()
    aliases = [set(each["aliases"]) for each in answer["metadata"]]
    assert aliases == [set(each.hosts) for each in AUTHORITIES]
    assert answer["tenant_discovery_endpoint"] == (
        f"https://login.windows.net/{TENANT_ID}/v2.0/.well-known/openid-configuration"
    )


@pytest.mark.behaviour("entra.discovery.unknown-instance")
def test_an_unknown_authority_is_refused(client):
    """A host that is nobody's is told as such, and not vouched for."""
    answer = client.session.get(
        f"{client.emulator.url}/common/discovery/instance",
        params={"authorization_endpoint": "https://login.example/common/oauth2/v2.0/authorize"},
    )
    body = answer.json()
    assert (answer.status_code, body["error"]) == (400, "invalid_instance")
    assert body["error_codes"] == [50049]


@pytest.mark.behaviour("entra.discovery.versions")
@pytest.mark.parametrize(
    ("path", "issuer", "endpoint"),
    [
        ("", f"https://sts.windows.net/{TENANT_ID}/", "/oauth2/token"),
        ("/v2.0", f"https://{PUBLIC}/{TENANT_ID}/v2.0", "/oauth2/v2.0/token"),
    ],
    ids=["v1.0", "v2.0"],
)
def test_each_version_has_its_issuer_and_endpoint(client, path, issuer, endpoint):
    """The older configuration leads to the older endpoint; its keys can be had."""
    url = f"{client.emulator.url}/{TENANT_ID}{path}/.well-known/openid-configuration"
    body = client.session.get(url, headers={"Host": PUBLIC}).json()
    assert body["issuer"] == issuer
    assert body["token_endpoint"] == f"https://{PUBLIC}/{TENANT_ID}{endpoint}"
    keys = body["jwks_uri"].replace(f"https://{PUBLIC}", client.emulator.url)
    assert client.session.get(keys).json()["keys"][0]["kty"] == "RSA"


@pytest.mark.behaviour("entra.token.v1-endpoint")
@pytest.mark.parametrize(
    "resource", ["https://outlook.office365.com", "00000002-0000-0ff1-ce00-000000000000"]
)
def test_the_older_endpoint_takes_a_resource_and_answers_in_texts(client, resource):
    """`aud` is what was asked for, a URL or an app id; every number of the answer is a text."""
    form = {
        "grant_type": "client_credentials",
        "client_id": CLIENT_ID,
        "resource": resource,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": client.emulator.issuer.mint(),
    }
    url = f"{client.emulator.url}/{TENANT_ID}/oauth2/token"
    body = client.session.post(url, data=form).json()
    claims = jwt.decode(body["access_token"], options={"verify_signature": False})
    assert claims["aud"] == body["resource"] == resource
    assert int(body["expires_on"]) == claims["exp"]
    assert {type(value) for value in body.values()} == {str}
    unknown = client.session.post(url, data={**form, "resource": "https://nowhere.example"})
    assert unknown.json()["error_codes"] == [500011]
    missing = client.session.post(url, data={**form, "resource": ""})
    assert missing.json()["error_codes"] == [900144]


def test_every_host_belongs_to_an_authority_or_a_cloud():
    """The table has no host that leads nowhere, and a region's name leads where its cloud does."""
    for host in all_hosts():
        assert authority_at(host) or clouds_at(host), host
    assert clouds_at("eur02b.ps.compliance.protection.outlook.com") == {"worldwide", "gcc"}
    assert clouds_at("outlook.office365.us") == {"gccHigh"}
    assert authority_at("login.example") is clouds_at("127.0.0.1") is None


def test_each_cloud_has_resources_of_its_own():
    """No two clouds share an Exchange resource, but for worldwide and GCC, which are one."""
    exchange = {cloud.exchange for cloud in CLOUDS.values()}
    assert len(exchange) == len(CLOUDS) - 1


@pytest.mark.behaviour("entra.scope.openid")
def test_the_scopes_of_openid_ask_for_no_resource(client):
    """What MSAL for Go adds to every request changes nothing, and is not enough alone."""
    scope = "https://outlook.office365.com/.default openid offline_access profile"
    answer = client.ask_token(scope=scope)
    assert answer.status_code == 200, answer.text
    assert client.ask_token(scope="openid profile").json()["error_codes"] == [70011]
