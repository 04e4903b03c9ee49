"""A token comes by certificate or projected token, and Entra says why when it does not."""

import re
from datetime import timedelta
from pathlib import Path

import jwt
import pytest

from emulator.testing import Emulator, new_client_certificate, running, sample_world
from tests.restclient.client import Client
from tests.restclient.conftest import Hands, server_of
from tests.restclient.server import Server
from tests.restclient.tokens import TokenRefusedError

NOWHERE = "99999999-9999-4999-8999-999999999999"


def _refusal(client: Client) -> TokenRefusedError:
    with pytest.raises(TokenRefusedError) as caught:
        client.connection.tokens.current()
    return caught.value


def test_a_certificate_gets_a_token_for_exchange(client: Client) -> None:
    """PS256 with x5t#S256 is enough; the token is for Exchange and carries the permission."""
    claims = jwt.decode(client.connection.tokens.current(), options={"verify_signature": False})
    assert "outlook.office365.com" in claims["aud"]
    assert claims["roles"] == ["Exchange.ManageAsApp"]
    assert "29232cdf-9323-42fd-ade2-1d097af3e4de" in claims["wids"]


def test_a_projected_token_is_read_anew_for_each_request(
    emulator: Emulator, server: Server, tmp_path: Path
) -> None:
    """A token file that was replaced meanwhile is used as it is then."""
    file = tmp_path / "token"
    client = server.client(assertion=file.read_text)
    tokens = client.connection.tokens
    file.write_text(emulator.issuer.mint())
    first = tokens.current()
    file.write_text("no token at all")
    assert tokens.current() == first
    tokens.drop()
    assert _refusal(client).status in {400, 401}
    file.write_text(emulator.issuer.mint())
    assert tokens.current() != first


def test_a_token_is_renewed_at_half_of_its_life() -> None:
    """Before that the held one is used, and after that a new one is asked for."""
    hands = Hands()
    with running(sample_world(mailboxes=1, tokenLifetime="100s"), clock=hands) as emulator:
        tokens = server_of(emulator, hands).client().connection.tokens
        first = tokens.current()
        hands.forward(40)
        assert (tokens.current(), tokens.asked) == (first, 1)
        hands.forward(11)
        assert (tokens.current() != first, tokens.asked) == (True, 2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"tenant": NOWHERE}, 90002, id="no such tenant"),
        pytest.param({"client_id": NOWHERE}, 700016, id="no such application"),
    ],
)
def test_a_wrong_name_is_refused(server: Server, changes: dict[str, str], code: int) -> None:
    """The code says which of the names is wrong."""
    assert code in _refusal(server.client(**changes)).codes


def test_an_unknown_certificate_is_refused(server: Server) -> None:
    """A certificate that is not the application's own names no key of it."""
    certificate, key = new_client_certificate()
    refusal = _refusal(server.client(certificate=certificate, key=key))
    assert (refusal.error, refusal.codes) == ("invalid_client", (700027,))


def test_another_key_than_the_certificates_is_refused(server: Server) -> None:
    """The thumbprint alone proves nothing."""
    _, key = new_client_certificate()
    assert _refusal(server.client(key=key)).codes == (700027,)


@pytest.mark.parametrize(
    ("claims", "codes"),
    [
        pytest.param({"subject": "system:serviceaccount:a:b"}, {70021, 700213}, id="subject"),
        pytest.param({"audience": "https://kubernetes"}, {70021, 700212}, id="audience"),
        pytest.param({"iss": "https://issuer.invalid"}, {70021, 700211}, id="issuer"),
    ],
)
def test_a_projected_token_must_match(
    emulator: Emulator, server: Server, claims: dict[str, str], codes: set[int]
) -> None:
    """Subject, audience and issuer are compared, and the refusal names the one that differs."""
    client = server.client(assertion=lambda: emulator.issuer.mint(**claims))  # type: ignore[arg-type]
    assert codes & set(_refusal(client).codes)


@pytest.mark.parametrize(
    ("scope", "codes"),
    [
        pytest.param("https://nothing.invalid/.default", {500011}, id="no such resource"),
        pytest.param("User.Read", {70011, 1002012}, id="no /.default"),
        pytest.param("", {900144}, id="none"),
    ],
)
def test_a_wrong_scope_is_refused(server: Server, scope: str, codes: set[int]) -> None:
    """A scope is one resource with `/.default`."""
    assert codes & set(_refusal(server.client(scope=scope)).codes)


def test_a_refusal_has_entras_shape(server: Server) -> None:
    """The description ends in trace, correlation and time, and `error_uri` leads to the code."""
    connection = server.client(client_id=NOWHERE).connection
    answer = connection.session.post(
        server.token_endpoint, data={"grant_type": "client_credentials", "client_id": NOWHERE}
    )
    body = answer.json()
    assert answer.status_code in {400, 401}
    assert {"error", "error_description", "error_codes", "timestamp", "trace_id"} <= set(body)
    assert {"correlation_id", "error_uri"} <= set(body)
    ends = re.compile(r"Trace ID: \S+ Correlation ID: \S+ Timestamp: \S+")
    assert body["error_description"].startswith(f"AADSTS{body['error_codes'][0]}: ")
    assert ends.search(body["error_description"])
    assert body["error_uri"].endswith(f"/error?code={body['error_codes'][0]}")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", body["timestamp"])


def test_a_token_lives_sixty_to_ninety_minutes(server: Server) -> None:
    """`expires_in` is a number of seconds, and what `exp` says."""
    client = server.client()
    form = {
        "client_id": server.client_id,
        "scope": client.connection.tokens.scope,
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": server.assertion(),
    }
    body = client.connection.session.post(server.token_endpoint, data=form).json()
    assert body["token_type"] == "Bearer"
    assert {"expires_in", "ext_expires_in", "access_token"} <= set(body)
    assert 3590 <= body["expires_in"] <= 5400
    claims = jwt.decode(body["access_token"], options={"verify_signature": False})
    ends = server.now().timestamp() + body["expires_in"]
    assert abs(claims["exp"] - ends) < timedelta(seconds=30).total_seconds()
