"""Who may call the admin API, and how the others are turned away."""

from datetime import datetime, timedelta

import jwt
import pytest

from emulator.clock import system_clock
from emulator.entra.keys import SigningKey
from emulator.testing import (
    CLIENT_ID,
    DOMAINS,
    OBJECT_ID,
    SAMPLE_CERTIFICATE,
    TENANT_ID,
    Application,
    Tenant,
    World,
    running,
    sample_world,
)

ROLE_TEXT = (
    f"The role assigned to application {CLIENT_ID} isn't supported in this scenario. Please check "
    "online documentation for assigning correct Directory Roles to Azure AD Application for EXO "
    "App-Only Authentication."
)
OTHER_TENANT = "44444444-4444-4444-8444-444444444444"


def world(**application: object) -> World:
    """Return a world of two tenants; *application* changes the application in both."""
    member = Application.model_validate(
        {
            "client_id": CLIENT_ID,
            "object_id": OBJECT_ID,
            "certificates": [SAMPLE_CERTIFICATE.certificate],
            **application,
        }
    )
    first = Tenant(id=TENANT_ID, domains=DOMAINS, mailboxes=5, applications=(member,))
    second = Tenant(id=OTHER_TENANT, domains=("fabrikam.onmicrosoft.com",), applications=(member,))
    return World(tenants=(first, second))


def refused(answer) -> bool:
    """Tell whether the answer is Exchange's 401."""
    return answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.behaviour("exchange.access.audience")
def test_a_token_for_another_resource_is_refused(client):
    """A Graph token is the classic wrong audience."""
    for resource in ("https://graph.microsoft.com", "https://ps.compliance.protection.outlook.com"):
        token = client.token(scope=f"{resource}/.default")
        assert refused(client.invoke("Get-Mailbox", token=token))


@pytest.mark.behaviour("exchange.access.app-id")
def test_a_token_for_the_app_id_of_exchange_is_taken(client):
    """Entra may write the app id in `aud` in place of the URL."""
    token = client.token(scope="00000002-0000-0ff1-ce00-000000000000/.default")
    assert client.invoke("Get-AcceptedDomain", token=token).status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x.y.z", "Basic dTpw", "Bearer é"])
def test_no_token_or_nonsense_is_refused(client, header):
    """What is no token proves nothing."""
    url = f"{client.emulator.url}/adminapi/beta/{TENANT_ID}/InvokeCommand"
    headers = {"Authorization": header.encode()} if header else {}
    assert refused(client.session.post(url, json={}, headers=headers))


def test_a_token_signed_by_somebody_else_is_refused(client):
    """The right claims under another key prove nothing."""
    claims = jwt.decode(client.bearer, options={"verify_signature": False})
    forged = SigningKey().sign(claims)
    assert refused(client.invoke("Get-Mailbox", token=forged))


@pytest.mark.behaviour("exchange.access.expiry")
def test_an_expired_token_is_refused_in_the_middle_of_its_work(client_of):
    """A token that worked stops working at its end, by the emulator's clock."""
    late = timedelta()

    def clock() -> datetime:
        return system_clock() + late

    with running(sample_world(token_lifetime="60s"), clock=clock) as emulator:
        client = client_of(emulator)
        token = client.token()
        assert client.invoke("Get-Mailbox", token=token).status_code == 200
        late = timedelta(seconds=61)
        assert refused(client.invoke("Get-Mailbox", token=token))


@pytest.mark.behaviour("exchange.access.tenant")
def test_a_token_of_another_tenant_is_refused(client_of):
    """A tenant's token opens that tenant only."""
    with running(world()) as emulator:
        client = client_of(emulator)
        other = client.token(tenant=OTHER_TENANT)
        assert refused(client.invoke("Get-Mailbox", token=other))
        assert refused(
            client.session.post(
                f"{emulator.url}/adminapi/beta/nowhere.example/InvokeCommand",
                headers={"Authorization": f"Bearer {other}"},
            )
        )


@pytest.mark.behaviour("exchange.access.permission")
def test_an_application_without_the_permission_is_refused(client_of):
    """Entra issues a token without `roles`; Exchange answers it with 401."""
    with running(world(app_roles=[])) as emulator:
        client = client_of(emulator)
        assert refused(client.invoke("Get-Mailbox"))


@pytest.mark.behaviour("exchange.access.role")
def test_an_application_without_a_role_is_told_so_at_connect(client_of):
    """No directory role is 403 with Exchange's sentence, already at the module's download."""
    with running(world(directory_roles=[])) as emulator:
        client = client_of(emulator)
        answers = client.get("EXOModuleFile?Version=3.9.2"), client.invoke("Get-Mailbox")
    for answer in answers:
        assert answer.status_code == 403
        assert answer.json()["error"]["message"] == ROLE_TEXT


@pytest.mark.behaviour("exchange.access.reader")
def test_a_reader_reads_and_does_not_write(client_of):
    """Global Reader runs Get-*, sees no Set-*, and is refused one."""
    with running(world(directory_roles=["Global Reader"])) as emulator:
        client = client_of(emulator)
        read = client.invoke("Get-Mailbox")
        written = client.invoke("Set-Mailbox", {"Identity": "x"})
        listed = client.get("EXOModuleFile", CommandName="*").json()["value"][0]
    assert read.status_code == 200
    assert written.status_code == 403
    assert "Set-Mailbox" not in listed["exportedCmdlets"]
