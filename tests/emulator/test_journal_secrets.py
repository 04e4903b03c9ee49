"""Whatever a secret comes in, and wherever it goes, the journal does not have it."""

import json
import uuid
from base64 import b64encode, urlsafe_b64encode

import pytest

from emulator.testing import CLIENT_ID, ORGANIZATION, TENANT_ID, Fault, running, sample_world

ADMIN = f"/adminapi/beta/{ORGANIZATION}"
CMDLET = {"Content-Type": "application/json", "X-CmdletName": "Set-Mailbox"}


def token_like(text: str) -> str:
    """Return something in the form of a token that has *text* in its signature."""
    part = urlsafe_b64encode(b'{"alg": "RS256", "typ": "JWT"}').decode().rstrip("=")
    return f"{part}.{part}.{text}"


@pytest.fixture(scope="module")
def client(client_of):
    """A client for an emulator of its own."""
    with running(sample_world(mailboxes=3)) as emulator:
        yield client_of(emulator)


def command(**parameters: object) -> str:
    """Return the body of a cmdlet's call."""
    return json.dumps({"CmdletInput": {"CmdletName": "Set-Mailbox", "Parameters": parameters}})


def ways(secret: str, token: str) -> dict[str, tuple[str, str, dict[str, str], str]]:
    """Return requests that carry the secret, by how: method, path, headers, body."""
    bearer = {"Authorization": f"Bearer {token}"}
    jwt = token_like(secret)
    form = f"client_id={CLIENT_ID}&grant_type=client_credentials&scope=x&"
    secure = {"@odata.type": "#Exchange.SecureString", "Data": secret}
    batch = [
        {"id": "1", "method": "POST", "url": "/InvokeCommand", "headers": {}, "body": each}
        for each in (json.loads(command(Identity="a", Password=secret)),)
    ]
    return {
        "bearer": ("POST", f"{ADMIN}/InvokeCommand", {"Authorization": f"Bearer {jwt}"}, "{}"),
        "basic": (
            "POST",
            f"/{TENANT_ID}/oauth2/v2.0/token",
            {"Authorization": "Basic " + b64encode(f"a:{secret}".encode()).decode()},
            form,
        ),
        "form secret": (
            "POST",
            f"/{TENANT_ID}/oauth2/v2.0/token",
            {},
            form + f"client_secret={secret}",
        ),
        "form assertion": (
            "POST",
            f"/{TENANT_ID}/oauth2/token",
            {},
            form + f"client_assertion={jwt}&client_assertion_type=x",
        ),
        "scope": ("POST", f"/{TENANT_ID}/oauth2/v2.0/token", {}, form.replace("=x", f"={jwt}")),
        "query": ("GET", f"/metadata/identity/oauth2/token?resource={jwt}&a={secret}", {}, ""),
        "path": ("GET", f"{ADMIN}/Mailbox('{jwt}')", bearer, ""),
        "discovery": ("GET", f"/common/discovery/instance?token={secret}", {}, ""),
        "keys": ("GET", f"/{TENANT_ID}/discovery/v2.0/keys?token={secret}", {}, ""),
        "module file": (
            "GET",
            f"{ADMIN}/EXOModuleFile?t={secret}",
            bearer | {"CommandName": jwt},
            "",
        ),
        "request id": ("GET", f"{ADMIN}/Mailbox", bearer | {"client-request-id": jwt[-64:]}, ""),
        "password": ("POST", f"{ADMIN}/InvokeCommand", bearer | CMDLET, command(Password=secret)),
        "secure string": ("POST", f"{ADMIN}/InvokeCommand", bearer | CMDLET, command(Room=secure)),
        "nested": (
            "POST",
            f"{ADMIN}/InvokeCommand",
            bearer | CMDLET,
            command(A=[{"B": {"NewSecretValue": [secret], "C": f"is {jwt}"}}]),
        ),
        "batch": ("POST", f"{ADMIN}/$batch", bearer | CMDLET, json.dumps({"requests": batch})),
        "nowhere": ("POST", f"/nowhere/{jwt}?{secret}", {"Authorization": secret}, secret),
    }


@pytest.mark.behaviour("control.journal.secrets")
@pytest.mark.parametrize("is_struck", [False, True], ids=["served", "struck by a fault"])
@pytest.mark.parametrize("way", ways("", ""))
def test_a_canary_is_not_in_the_journal(client, way, is_struck):
    """The request is in the journal, and its secret in no entry of it, in process and over HTTP."""
    secret = f"canary{uuid.uuid4().hex}"
    method, path, headers, body = ways(secret, client.bearer)[way]
    client.emulator.reset()
    if is_struck:
        client.emulator.faults.add(Fault(cmdlet="Set-Mailbox", status=500))
        client.emulator.faults.add(Fault(status=500))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.session.request(
        method, client.emulator.url + path, data=body, headers=form | headers, timeout=20
    )
    assert (answer.status_code == 500) is is_struck
    assert len(client.emulator.journal) == 1
    over_http = client.session.get(f"{client.emulator.url}/_emulator/journal", timeout=20).text
    for text in (repr(list(client.emulator.journal)), over_http):
        assert secret not in text
