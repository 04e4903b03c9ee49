"""What stands in an access token, who signed it, and how long it lives."""

import jwt
import pytest

from emulator.clock import system_clock
from emulator.testing import CLIENT_ID, OBJECT_ID, TENANT_ID, running, sample_world

RESOURCES = {
    "exchange": ("https://outlook.office365.com", ["Exchange.ManageAsApp"]),
    "compliance": ("https://ps.compliance.protection.outlook.com", ["Exchange.ManageAsApp"]),
    "graph": ("https://graph.microsoft.com", None),
    "exchange by its app id": ("00000002-0000-0ff1-ce00-000000000000", ["Exchange.ManageAsApp"]),
}


@pytest.mark.behaviour("entra.token.audience", "entra.token.claims")
@pytest.mark.parametrize(("resource", "roles"), RESOURCES.values(), ids=RESOURCES)
def test_a_token_holds_entras_claims(client, resource, roles):
    """Audience, issuer, application, tenant, roles and directory roles are as Entra writes them."""
    token = client.token(scope=f"{resource}/.default")
    claims = jwt.decode(token, options={"verify_signature": False})
    expected = {
        "aud": resource,
        "iss": f"https://sts.windows.net/{TENANT_ID}/",
        "appid": CLIENT_ID,
        "oid": OBJECT_ID,
        "tid": TENANT_ID,
        "idtyp": "app",
        "ver": "1.0",
        "roles": roles,
        "wids": ["29232cdf-9323-42fd-ade2-1d097af3e4de"],
    }
    assert {name: claims.get(name) for name in expected} == expected
    assert claims["iat"] == claims["nbf"] < claims["exp"]


def test_a_token_is_signed_by_a_published_key(client):
    """Discovery leads to the key set that verifies the token."""
    configuration = client.session.get(
        f"{client.emulator.url}/contoso.com/v2.0/.well-known/openid-configuration"
    ).json()
    keys = client.session.get(configuration["jwks_uri"]).json()
    token = client.token()
    (key,) = jwt.PyJWKSet.from_dict(keys).keys
    assert jwt.get_unverified_header(token)["kid"] == key.key_id
    claims = jwt.decode(token, key.key, ["RS256"], audience="https://outlook.office365.com")
    assert claims["tid"] == TENANT_ID


def test_expires_in_never_promises_more_than_the_token_lives(client_of):
    """`expires_in` counted from now ends no later than `exp`, and at most two seconds earlier."""
    with running(sample_world(token_lifetime="15s")) as emulator:
        body = client_of(emulator).ask_token().json()
        now = system_clock().timestamp()
    claims = jwt.decode(body["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 15
    assert claims["exp"] - 15 <= now
    assert 13 <= body["expires_in"] <= 15


def test_a_life_can_be_changed_while_serving(client_of):
    """`set_token_lifetime` holds for tokens issued from then on."""
    with running(sample_world()) as emulator:
        client = client_of(emulator)
        long = client.ask_token().json()["expires_in"]
        emulator.set_token_lifetime(5)
        short = client.ask_token().json()["expires_in"]
    assert 3_595 <= long <= 5_400
    assert short <= 5


@pytest.mark.behaviour("entra.token.life")
def test_random_lives_are_drawn_from_the_seed(client_of):
    """Without a set life, tokens live 60 to 90 minutes, and the same seed gives the same lives."""

    def lives() -> list[int]:
        with running(sample_world()) as emulator:
            client = client_of(emulator)
            tokens = [client.token() for _ in range(3)]
        claims = [jwt.decode(token, options={"verify_signature": False}) for token in tokens]
        return [each["exp"] - each["iat"] for each in claims]

    first = lives()
    assert first == lives()
    assert len(set(first)) == 3
    assert all(3_600 <= life <= 5_400 for life in first)
