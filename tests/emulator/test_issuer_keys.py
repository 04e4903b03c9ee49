"""Issuers' keys are believed for a while, and only what is published soundly is believed."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from emulator.entra.issuers import LIFE, IssuerKeys, IssuerUnreachableError
from emulator.entra.keys import SigningKey

ISSUER = "https://issuer.example"
JWKS = "https://issuer.example/keys"
START = datetime(2026, 1, 1, tzinfo=UTC)
KEY = SigningKey()


class Web:
    """A few documents by address, and a clock; remembers what was fetched."""

    def __init__(self, **changes: object) -> None:
        self.now = START
        self.fetched: list[str] = []
        self.documents: dict[str, object] = {
            f"{ISSUER}/.well-known/openid-configuration": {"issuer": ISSUER, "jwks_uri": JWKS},
            JWKS: KEY.jwks,
        }
        self.documents.update(changes)
        self.keys = IssuerKeys(self.fetch, lambda: self.now)

    def fetch(self, url: str) -> object:
        """Return the document, as `fetch_json` would."""
        self.fetched.append(url)
        if url not in self.documents:
            raise requests.ConnectionError(url)
        return self.documents[url]


def test_keys_are_fetched_once_and_again_after_their_life():
    """Discovery and JWKS are read once in five minutes."""
    web = Web()
    for _ in range(3):
        assert KEY.kid in web.keys.fetch(ISSUER, KEY.kid)
    assert len(web.fetched) == 2
    web.now += LIFE
    assert web.keys.known(ISSUER, KEY.kid) is None
    web.keys.fetch(ISSUER, KEY.kid)
    assert len(web.fetched) == 4


def test_an_unknown_key_is_asked_for_at_once():
    """A `kid` never seen does not wait for the old keys' end."""
    web = Web()
    web.keys.fetch(ISSUER, KEY.kid)
    other = SigningKey()
    web.documents[JWKS] = other.jwks
    web.now += timedelta(seconds=1)
    assert list(web.keys.fetch(ISSUER, other.kid)) == [other.kid]


def test_keys_of_other_kinds_are_passed_over():
    """An elliptic key in the set is no error; it is just not used."""
    elliptic = {"kty": "EC", "kid": "e", "crv": "P-256"}
    web = Web(**{JWKS: {"keys": [elliptic, *KEY.jwks["keys"], 5]}})
    assert list(web.keys.fetch(ISSUER, KEY.kid)) == [KEY.kid]


DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
BAD = {
    "no discovery": ({DISCOVERY: 5}, "not a JSON object"),
    "another issuer's": ({DISCOVERY: {"issuer": "https://x"}}, "names another issuer"),
    "no address of keys": ({DISCOVERY: {"issuer": ISSUER}}, "not an https address"),
    "keys over http": (
        {DISCOVERY: {"issuer": ISSUER, "jwks_uri": "http://issuer.example"}},
        "not an https address",
    ),
    "keys out of reach": (
        {DISCOVERY: {"issuer": ISSUER, "jwks_uri": "https://gone.example"}},
        "gone.example: ConnectionError",
    ),
    "a damaged key": ({JWKS: {"keys": [{"kty": "RSA", "kid": "k", "n": "!"}]}}, "is damaged"),
}


@pytest.mark.parametrize(("documents", "text"), BAD.values(), ids=BAD)
def test_what_is_not_sound_is_unreachable_with_its_reason(documents, text):
    """The reason says where the way to the keys ends."""
    with pytest.raises(IssuerUnreachableError, match=text):
        Web(**documents).keys.fetch(ISSUER, KEY.kid)


def test_a_set_without_keys_proves_nothing():
    """An empty set is sound, and verifies no token."""
    assert Web(**{JWKS: {"keys": None}}).keys.fetch(ISSUER, KEY.kid) == {}
