"""Certificate assertions are verified, and refused as Entra refuses them."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from emulator.clock import system_clock
from emulator.testing import (
    SAMPLE_CERTIFICATE,
    Emulator,
    new_client_certificate,
    running,
    sample_world,
)

OTHER_CERTIFICATE, OTHER_KEY = new_client_certificate(name="other")
GOOD = SAMPLE_CERTIFICATE

BAD = {
    "a certificate that is not registered": (
        700027,
        {"certificate": OTHER_CERTIFICATE, "key": OTHER_KEY},
    ),
    "no thumbprint": (700027, {"header": {}}),
    "a registered thumbprint over another key's signature": (700027, {"key": OTHER_KEY}),
    "an expired assertion": (700024, {"nbf": 1_000, "exp": 2_000}),
    "an assertion of tomorrow": (700024, {"nbf": 4_000_000_000, "exp": 4_000_000_300}),
    "no expiry": (700024, {"exp": None}),
    "an expiry that no clock reaches": (700024, {"exp": 10**400}),
    "an expiry that is no number": (700024, {"exp": float("nan")}),
    "another audience": (700023, {"aud": "https://login.example/oauth2/v2.0/token"}),
    "no audience": (700023, {"aud": None}),
    "an issuer that is not the client": (700021, {"iss": "55555555-5555-4555-8555-555555555555"}),
    "a subject that is not the client": (700021, {"sub": "55555555-5555-4555-8555-555555555555"}),
    "an algorithm Entra does not take": (5002738, {"algorithm": "RS512"}),
    "a symmetric key": (5002738, {"algorithm": "HS256", "key": "k" * 64}),
    "no jti": (50013, {"jti": None}),
}


@pytest.mark.parametrize(("code", "changes"), BAD.values(), ids=BAD)
def test_a_bad_assertion_is_refused_with_entras_code(client, code, changes):
    """Each defect of an assertion has the number that Entra gives it."""
    answer = client.ask_token(client_assertion=client.assertion(**changes))
    assert answer.json()["error_codes"] == [code]
    assert answer.json()["error"] == "invalid_client"
    assert answer.status_code == 401


@pytest.mark.behaviour("entra.certificate.ps256", "entra.certificate.rs256")
@pytest.mark.parametrize("algorithm", ["PS256", "RS256"])
def test_both_algorithms_are_taken_with_either_thumbprint(client, algorithm, sha1_fingerprint):
    """PS256 and RS256 both prove the key, named by SHA-256 or by SHA-1."""
    for header in (None, {"x5t": sha1_fingerprint}):
        assertion = client.assertion(algorithm=algorithm, header=header)
        assert client.ask_token(client_assertion=assertion).status_code == 200


@pytest.mark.behaviour("entra.certificate.audience")
@pytest.mark.parametrize("form", ["{url}/{tenant}/oauth2/v2.0/token", "{url}/{tenant}/v2.0"])
def test_the_audience_may_name_the_tenant_in_any_way(client, form):
    """A tenant is one realm, whichever of its names the audience uses."""
    for tenant in (
        "11111111-1111-4111-8111-111111111111",
        "contoso.com",
        "CONTOSO.onmicrosoft.com",
    ):
        audience = form.format(url=client.emulator.url, tenant=tenant)
        assertion = client.assertion(aud=audience)
        assert client.ask_token(client_assertion=assertion).status_code == 200


@pytest.mark.behaviour("entra.skew")
def test_a_clock_five_minutes_off_is_forgiven(client):
    """An assertion that ended four minutes ago still counts."""
    ended = int(system_clock().timestamp()) - 240
    assertion = client.assertion(nbf=ended - 300, exp=ended)
    assert client.ask_token(client_assertion=assertion).status_code == 200


@pytest.mark.behaviour("entra.certificate.replay")
def test_another_assertion_with_a_used_jti_is_refused(client):
    """A `jti` belongs to one assertion."""
    assert client.ask_token(client_assertion=client.assertion(jti="once")).status_code == 200
    second = client.ask_token(client_assertion=client.assertion(jti="once", nbf=1))
    assert second.json()["error_codes"] == [50013]


def test_the_same_assertion_is_taken_again_unless_the_world_says_no(client, client_of):
    """Msal sends one assertion several times; a strict world refuses that too."""
    assertion = client.assertion()
    assert client.ask_token(client_assertion=assertion).status_code == 200
    assert client.ask_token(client_assertion=assertion).status_code == 200
    with running(sample_world(assertion_reuse="refused")) as strict:
        other = client_of(strict)
        assertion = other.assertion()
        assert other.ask_token(client_assertion=assertion).status_code == 200
        again = other.ask_token(client_assertion=assertion)
    assert again.json()["error_codes"] == [50013]


def test_a_refused_assertion_does_not_use_up_its_jti(client):
    """Only an assertion that proved itself is remembered."""
    bad = client.assertion(jti="kept", aud="https://elsewhere.example")
    assert client.ask_token(client_assertion=bad).status_code == 401
    assert client.ask_token(client_assertion=client.assertion(jti="kept")).status_code == 200


def test_an_expired_certificate_is_refused(client_of: Callable[[Emulator], object]):
    """A registered certificate past its end proves nothing, and the text says why."""
    certificate, key = new_client_certificate(life=timedelta(seconds=1))
    with running(sample_world(certificate=certificate)) as emulator:
        other = client_of(emulator)
        assertion = other.assertion(certificate=certificate, key=key)
        answer = other.ask_token(client_assertion=assertion).json()
    assert answer["error_codes"] == [700027]
    assert "The key used is expired" in answer["error_description"]


def test_the_refusal_shows_which_thumbprint_was_used(client):
    """Who registered the wrong certificate can read in the text which one was sent."""
    assertion = client.assertion(certificate=OTHER_CERTIFICATE, key=OTHER_KEY)
    text = client.ask_token(client_assertion=assertion).json()["error_description"]
    assert "The key was not found" in text
    assert "Thumbprint of key used by client: '" in text
