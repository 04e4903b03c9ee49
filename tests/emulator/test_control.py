"""The control endpoint changes everything at run time, and takes it all back."""

import json
from datetime import timedelta

import pytest
from starlette.requests import Request

from emulator.concealing import shown
from emulator.control import ControlRoutes
from emulator.errors import WorldError
from emulator.faultfile import read_faults
from emulator.testing import CLIENT_ID, TENANT_ID, Fault, running, sample_world

SUBJECT = "system:serviceaccount:other:other"
CREDENTIALS = f"tenants/{TENANT_ID}/applications/{CLIENT_ID}/federated-credentials"


@pytest.fixture
def own(client_of):
    """A client for an emulator of its own."""
    with running(sample_world(mailboxes=5)) as emulator:
        yield client_of(emulator)


@pytest.fixture
def control(own):
    """Asks the control endpoint."""

    def ask(method: str, path: str, **options: object):
        return own.session.request(method, f"{own.emulator.url}/_emulator/{path}", **options)

    return ask


@pytest.mark.behaviour("control.clock")
def test_a_clock_set_forward_ends_tokens_at_once(own, control):
    """Exchange refuses the token, the Date header shows the time, and both come back."""
    token = own.token()
    told = control("PUT", "clock", json={"shift": "2h"})
    late = own.invoke("Get-AcceptedDomain", token=token)
    control("PUT", "clock", json={})
    again = own.invoke("Get-AcceptedDomain", token=token)
    assert (late.status_code, again.status_code) == (401, 200)
    assert late.headers["Date"] != again.headers["Date"]
    assert set(told.json()) == {"now", "entra", "exchange"}


@pytest.mark.behaviour("control.clock.service")
def test_one_service_may_be_off_alone(own, control):
    """An assertion is outside its time at Entra, while Exchange's clock is right."""
    token = own.token()
    control("PUT", "clock", json={"entra": "30m"})
    refused = own.ask_token()
    assert refused.json()["error_codes"] == [700024]
    assert own.invoke("Get-AcceptedDomain", token=token).status_code == 200
    assert control("PUT", "clock", json={"shift": "soon"}).status_code == 400


@pytest.mark.behaviour("control.settings")
def test_settings_change_while_serving(own, control):
    """A patch changes what it names, `null` is the default again, and nonsense changes nothing."""
    control("PATCH", "settings", json={"tokenLifetime": "2s", "entra": {"outage": "90033"}})
    assert own.ask_token().json()["error_codes"] == [90033]
    control("PATCH", "settings", json={"entra": {"outage": "none"}})
    assert own.ask_token().json()["expires_in"] <= 2
    assert control("GET", "settings").json()["tokenLifetime"] == "2s"
    control("PATCH", "settings", json={"tokenLifetime": None})
    bad = control("PATCH", "settings", json={"latncy": 1, "latency": "x"})
    assert {tuple(each["loc"]) for each in bad.json()["problems"]} == {("latncy",), ("latency",)}
    assert control("PATCH", "settings", json={"tenants": []}).status_code == 400
    assert control("GET", "settings").json()["tokenLifetime"] is None


@pytest.mark.behaviour("control.credentials")
def test_a_federated_credential_is_added_while_serving(own, control):
    """The subject that was refused gets a token; a bad or repeated one is refused."""
    wrong = own.emulator.issuer.mint(subject=SUBJECT)
    before = own.ask_token(client_assertion=wrong)
    added = control("POST", CREDENTIALS, json={"subject": SUBJECT})
    after = own.ask_token(client_assertion=wrong)
    assert before.json()["error_codes"] == [700213]
    assert (after.status_code, len(added.json())) == (200, 2)
    assert control("POST", CREDENTIALS, json={"subject": SUBJECT}).status_code == 400
    assert control("POST", CREDENTIALS, json={"subjct": "x"}).status_code == 400
    nobody = CREDENTIALS.replace(CLIENT_ID, "nobody")
    assert control("POST", nobody, json={"subject": "x"}).status_code == 404
    assert control("DELETE", CREDENTIALS).json() == []


@pytest.mark.behaviour("control.issuer")
def test_a_token_is_minted_for_any_client(own, control):
    """Clients in other languages need no key of ours; a rotation is seen by Entra."""
    body = control("POST", "issuer/tokens", json={"lifetime": "5m"}).json()
    assert own.ask_token(client_assertion=body["token"]).status_code == 200
    control("POST", "issuer/rotate")
    new = control("POST", "issuer/tokens", json={}).json()["token"]
    assert own.ask_token(client_assertion=new).status_code == 200


def test_a_world_is_replaced_whole(own, control):
    """What is shown can be changed and sent back, without any secret in it."""
    world = control("GET", "world").json()
    world["tenants"][0]["mailboxes"] = 2
    assert control("PUT", "world", json=world).status_code == 200
    assert len(own.invoke("Get-Mailbox").json()["value"]) == 2
    assert control("PUT", "world", json={"tenants": []}).status_code == 400


@pytest.mark.behaviour("control.reset")
def test_a_reset_takes_everything_back(own, control):
    """World, mailboxes, faults, clocks and journal are as before; tokens are still good."""
    token = own.token()
    first = own.invoke("Get-Mailbox").json()["value"][0]
    guid, name = first["Guid"], first["DisplayName"]
    own.invoke("Set-Mailbox", {"Identity": guid, "DisplayName": "Changed"})
    control("PATCH", "settings", json={"tokenLifetime": "2s"})
    control("PUT", "clock", json={"shift": "-1h"})
    own.emulator.faults.add(Fault(status=500, times=None))
    control("POST", "reset")
    assert own.emulator.faults.waiting == []
    assert len(own.emulator.journal) == 0
    assert own.emulator.clocks.whole.shift == timedelta()
    assert own.emulator.world.token_lifetime is None
    (row,) = own.invoke("Get-Mailbox", {"Identity": guid}, token=token).json()["value"]
    assert row["DisplayName"] == name


@pytest.mark.behaviour("control.journal")
def test_the_journal_is_asked_for_what_one_wants(own, control):
    """By cmdlet, status, path and place; an entry has time, client, tenant and size."""
    own.invoke("Get-AcceptedDomain")
    own.invoke("Get-Mailbox", {"Identity": "nobody"})
    (entry,) = control("GET", "journal?cmdlet=get-mailbox&status=404").json()
    assert (entry["client_id"], entry["tenant"]) == (CLIENT_ID, "contoso.onmicrosoft.com")
    assert entry["bytes"] > 0
    count = control("GET", "journal").headers["X-Journal-Count"]
    own.invoke("Get-OrganizationConfig")
    (last,) = control("GET", f"journal?since={count}&limit=5").json()
    assert last["cmdlet"] == "Get-OrganizationConfig"


@pytest.mark.behaviour("control.journal.secrets")
def test_no_secret_stays_in_the_journal(own, control):
    """Neither by its name, nor by its looks, nor in a header or a token request."""
    canary = "canary-" + "x" * 20
    token = own.token()
    own.invoke("Set-Mailbox", {"Identity": "nobody", "Password": canary, "DisplayName": token})
    own.ask_token(client_assertion=None, client_secret=canary)
    text = json.dumps(control("GET", "journal").json())
    assert canary not in text
    assert token not in text
    nested = {"a": [{"SecretValue": canary, "plain": 1}], "pem": "-----BEGIN PRIVATE KEY-----"}
    assert shown(nested)["a"] == [{"SecretValue": "***", "plain": 1}]
    assert shown(nested)["pem"] == "***"


@pytest.mark.behaviour("control.near")
def test_control_is_for_the_own_machine(own):
    """A client elsewhere is refused, unless it was allowed."""
    routes = ControlRoutes(emulation=lambda: own.emulator.state, is_remote=False).routes()
    guarded = next(route for route in routes if route.path == "/_emulator/reset")
    statuses = []
    for address in ("10.0.0.9", "127.0.0.1", "nonsense"):
        scope = {"type": "http", "method": "POST", "path": guarded.path, "headers": []}
        scope |= {"client": (address, 1), "query_string": b"", "path_params": {}}

        async def receive():
            return {"type": "http.request", "body": b""}

        import asyncio

        answer = asyncio.run(guarded.endpoint(Request(scope, receive)))
        statuses.append(answer.status_code)
    assert statuses == [403, 200, 403]


@pytest.mark.behaviour("control.faults.file")
def test_faults_come_from_a_file(tmp_path):
    """A list, or one below `faults`; every mistake is told with its line."""
    file = tmp_path / "faults.yaml"
    file.write_text("faults:\n- endpoint: token\n  status: 429\n- {delay: 1}\n")
    assert [each.status for each in read_faults(file)] == [429, None]
    file.write_text("- endpoint: tokn\n- status: 429\n  tiems: 3\n")
    with pytest.raises(WorldError) as caught:
        read_faults(file)
    lines = [problem.split(": ")[0] for problem in caught.value.problems]
    assert lines == [f"{file}:1", f"{file}:3"]
