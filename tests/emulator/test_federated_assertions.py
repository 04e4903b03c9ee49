"""Workload-identity tokens are compared letter by letter, then verified with the issuer's keys."""

from datetime import timedelta

import jwt
import pytest

from emulator.testing import (
    CLIENT_ID,
    OBJECT_ID,
    SAMPLE_CERTIFICATE,
    Application,
    Fault,
    FederatedCredential,
    Tenant,
    World,
    running,
    sample_world,
)

SUBJECT = "system:serviceaccount:reports:exo-jobs"

BAD = {
    "another subject": (700213, {"subject": "system:serviceaccount:reports:other"}),
    "another audience": (700212, {"audience": "https://kubernetes.default.svc"}),
    "two audiences": (700212, {"audience": ["api://AzureADTokenExchange", "another"]}),
    "another issuer": (700211, {"iss": "https://issuer.example/"}),
    "an issuer with one slash more": (700211, {"iss": "{issuer}/"}),
    "a subject in other case": (7002138, {"subject": SUBJECT.upper()}),
    "an audience in other case": (7002138, {"audience": "API://AzureADTokenExchange"}),
    "an expired token": (700024, {"lifetime": timedelta(minutes=-6)}),
    "a token of tomorrow": (700024, {"nbf": 4_000_000_000}),
}


@pytest.mark.behaviour("entra.federated.match")
@pytest.mark.parametrize(("code", "changes"), BAD.values(), ids=BAD)
def test_a_bad_token_is_refused_with_entras_code(client, code, changes):
    """Each mismatch has the number that Entra gives it."""
    issuer = client.emulator.issuer
    filled = {n: v.format(issuer=issuer.url) if n == "iss" else v for n, v in changes.items()}
    answer = client.ask_token(client_assertion=issuer.mint(**filled))
    assert answer.json()["error_codes"] == [code]
    assert answer.status_code == 401


@pytest.mark.behaviour("entra.federated.reuse")
def test_a_good_token_is_taken_again_and_again(client):
    """A projected token is sent until it is rotated, so its `jti` may repeat."""
    token = client.emulator.issuer.mint()
    for _ in range(3):
        assert client.ask_token(client_assertion=token).status_code == 200


def test_a_signature_by_another_key_is_refused(client):
    """The issuer's own claims under somebody else's signature prove nothing."""
    issuer = client.emulator.issuer
    good = issuer.mint()
    claims = jwt.decode(good, options={"verify_signature": False})
    header = jwt.get_unverified_header(good)
    forged = jwt.encode(claims, SAMPLE_CERTIFICATE.key, algorithm="RS256", headers=header)
    assert client.ask_token(client_assertion=forged).json()["error_codes"] == [50013]


def test_only_rs256_is_taken(client):
    """Federated tokens signed otherwise are refused before anything else."""
    claims = {"iss": client.emulator.issuer.url, "sub": SUBJECT, "aud": "x"}
    token = jwt.encode(claims, "s" * 32, algorithm="HS256")
    assert client.ask_token(client_assertion=token).json()["error_codes"] == [5002738]


def test_an_application_without_federated_credentials_has_its_own_code(client_of):
    """Entra distinguishes no record at all from a record that differs."""
    application = Application(client_id=CLIENT_ID, object_id=OBJECT_ID)
    tenant = Tenant(
        id="11111111-1111-4111-8111-111111111111",
        domains=("contoso.onmicrosoft.com",),
        applications=(application,),
    )
    with running(World(tenants=(tenant,))) as emulator:
        client = client_of(emulator)
        answer = client.ask_token(client_assertion=emulator.issuer.mint())
    assert answer.json()["error_codes"] == [70021]
    assert SUBJECT in answer.json()["error_description"]


@pytest.mark.behaviour("entra.federated.keys")
def test_a_new_signing_key_is_fetched_when_it_is_first_seen(client_of):
    """A rotation at the issuer needs nothing at Entra; the old key no longer counts."""
    with running(sample_world()) as emulator:
        client = client_of(emulator)
        before = emulator.issuer.mint()
        assert client.ask_token(client_assertion=before).status_code == 200
        emulator.issuer.rotate()
        assert client.ask_token(client_assertion=emulator.issuer.mint()).status_code == 200
        assert client.ask_token(client_assertion=before).json()["error_codes"] == [50013]


def test_an_issuer_that_cannot_be_reached_has_its_own_code(client_of):
    """Entra says that the issuer's endpoint failed, not that the token is wrong."""
    unreachable = FederatedCredential(issuer="https://127.0.0.1:9", subject=SUBJECT)
    world = sample_world()
    application = (
        world.tenants[0]
        .applications[0]
        .model_copy(update={"federated_credentials": (unreachable,)})
    )
    tenant = world.tenants[0].model_copy(update={"applications": (application,)})
    with running(World(tenants=(tenant,))) as emulator:
        client = client_of(emulator)
        token = emulator.issuer.mint(iss="https://127.0.0.1:9")
        answer = client.ask_token(client_assertion=token)
    assert answer.json()["error_codes"] == [90061]


@pytest.mark.behaviour("entra.federated.fetch")
def test_no_address_is_fetched_that_no_record_names(client_of):
    """A token cannot make the server call an address of its choice."""
    with running(sample_world()) as first, running(sample_world()) as second:
        client = client_of(first)
        refused = client.ask_token(client_assertion=second.issuer.mint())
        fetched = [entry.path for entry in second.journal]
    assert refused.json()["error_codes"] == [700211]
    assert fetched == []


def test_a_fault_does_not_hit_the_control_addresses(client_of):
    """The built-in issuer answers also while every other request fails."""
    with running(sample_world()) as emulator:
        emulator.faults.add(Fault(status=503, times=None))
        answer = client_of(emulator).session.get(emulator.issuer.url + "/openid/v1/jwks")
    assert answer.status_code == 200
