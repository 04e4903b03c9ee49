"""The bodies and headers in which Exchange says no."""

import json

import pytest

from emulator.testing import ORGANIZATION, running, sample_world


@pytest.mark.behaviour("exchange.failure.not-found", "exchange.failure.json-detail")
def test_a_detail_is_pipes_or_json(client_of):
    """Both forms say the same; which one comes is the world's setting."""
    found = {}
    for form in ("pipes", "json"):
        with running(sample_world(exchange={"error_details": form})) as emulator:
            answer = client_of(emulator).invoke("Get-MailboxStatistics", {"Identity": "nobody"})
            assert answer.status_code == 404
            found[form] = answer.json()["error"]["details"][0]["message"]
    _, kind, text = found["pipes"].split("|")
    message = json.loads(found["json"])
    assert (message["ClassName"], message["Message"]) == (kind, text)
    assert "stringId" in message["localizedString"]


@pytest.mark.behaviour("exchange.failure.binding")
def test_what_does_not_bind_has_no_details_in_either_form(client_of):
    """The text stands in the inner exception only."""
    with running(sample_world(exchange={"error_details": "json"})) as emulator:
        error = client_of(emulator).invoke("Get-Mailbox", {"Nope": 1}).json()["error"]
    assert "details" not in error
    assert "'Nope'" in error["innererror"]["internalexception"]["message"]


@pytest.mark.behaviour("exchange.failure.unauthorized", "exchange.failure.claims-challenge")
def test_a_401_may_be_a_claims_challenge(client_of):
    """WWW-Authenticate says why, and with the setting which claims are wanted."""
    with running(sample_world()) as emulator:
        plain = client_of(emulator).invoke("Get-Mailbox", token="x")
    with running(sample_world(exchange={"claims_challenge": "eyJhIjoxfQ=="})) as emulator:
        challenged = client_of(emulator).invoke("Get-Mailbox", token="x")
    assert (plain.status_code, challenged.status_code) == (401, 401)
    assert 'error="invalid_token"' in plain.headers["WWW-Authenticate"]
    assert "claims" not in plain.headers["WWW-Authenticate"]
    wanted = 'error="insufficient_claims", claims="eyJhIjoxfQ=="'
    assert challenged.headers["WWW-Authenticate"].endswith(wanted)


@pytest.mark.behaviour("exchange.failure.address")
@pytest.mark.parametrize(
    ("method", "rest", "status"),
    [("POST", "Nowhere", 404), ("GET", "Nowhere", 404), ("DELETE", "InvokeCommand", 405)],
)
def test_an_address_that_leads_nowhere_is_said_in_json(client, method, rest, status):
    """The body is an error of the API, not of a web server."""
    url = f"{client.emulator.url}/adminapi/beta/{ORGANIZATION}/{rest}"
    headers = {"Authorization": f"Bearer {client.bearer}"}
    answer = client.session.request(method, url, headers=headers)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert answer.headers["X-CalculatedBETarget"]


@pytest.mark.behaviour("exchange.failure.app-only")
@pytest.mark.parametrize("cmdlet", ["New-UnifiedGroup", "Add-UnifiedGroupLinks"])
def test_some_cmdlets_are_never_run_for_an_application(cmdlet):
    """Microsoft 365 groups are made by people."""
    from emulator.entra.directoryroles import GLOBAL_ADMINISTRATOR
    from emulator.exchange.roles import is_allowed

    assert not is_allowed(cmdlet, [GLOBAL_ADMINISTRATOR])
    assert is_allowed("Set-UnifiedGroup", [GLOBAL_ADMINISTRATOR])
