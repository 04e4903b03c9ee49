"""The API's own description, and the newer Exchange Online Admin API."""

import xml.etree.ElementTree as ET

import pytest

from emulator.testing import ORGANIZATION, TENANT_ID, running, sample_world

NAMES = {"edm": "http://docs.oasis-open.org/odata/ns/edm"}


@pytest.mark.behaviour("exchange.service-root", "exchange.metadata")
def test_the_api_describes_itself(client):
    """The service root lists the entity sets, and `$metadata` is XML that names the action."""
    root = client.get("").json()
    assert root["@odata.context"].endswith("/$metadata")
    text = client.get("$metadata")
    assert text.headers["Content-Type"].startswith("application/xml")
    schema = ET.fromstring(text.text)  # noqa: S314  # the emulator's own
    sets = {each.get("Name") for each in schema.iterfind(".//edm:EntitySet", NAMES)}
    assert sets == {each["name"] for each in root["value"]}
    assert [each.get("Name") for each in schema.iterfind(".//edm:Action", NAMES)] == [
        "InvokeCommand"
    ]
    for name in sets:
        assert client.get(name).status_code == 200


@pytest.mark.behaviour("exchange.versions")
@pytest.mark.parametrize("path", ["adminapi/beta", "AdminApi/v1.0", "ADMINAPI/V2.0"])
def test_versions_and_case_do_not_matter(client, path):
    """`beta`, `v1.0` and `v2.0` lead to the same commands, however they are written."""
    url = f"{client.emulator.url}/{path}/{ORGANIZATION}/INVOKECOMMAND"
    assert client.invoke("Get-Mailbox", {"ResultSize": 1}, url=url).status_code == 200


@pytest.mark.behaviour("exchange.module-file.version")
def test_the_module_file_is_made_for_the_clients_version(client):
    """The version in the query comes back beside the file."""
    file = client.get("EXOModuleFile?Version=3.9.2", CommandName="Get-Mailbox").json()["value"][0]
    assert (file["version"], file["fileName"]) == ("3.9.2", "ExchangeOnline.psm1")
    assert file["exportedCmdlets"] == "Get-Mailbox"


def with_roles(*app_roles):
    """Return a world whose application has these application permissions."""
    world = sample_world(mailboxes=5)
    tenant = world.tenants[0]
    member = tenant.applications[0].model_copy(update={"app_roles": app_roles})
    changed = tenant.model_copy(update={"applications": (member,)})
    return world.model_copy(update={"tenants": (changed,)})


CALLS = {
    "a mailbox": ("Mailbox", "Get-Mailbox", 200),
    "the organization": ("organizationconfig", "Get-OrganizationConfig", 200),
    "domains": ("AcceptedDomain", "Get-AcceptedDomain", 200),
    "a cmdlet of another endpoint": ("Mailbox", "Get-AcceptedDomain", 400),
    "no endpoint": ("InboxRule", "Get-InboxRule", 404),
}


@pytest.mark.behaviour("exchange.admin-api.endpoints")
@pytest.mark.parametrize(("endpoint", "cmdlet", "status"), CALLS.values(), ids=CALLS)
def test_each_endpoint_takes_its_own_cmdlets(client_of, endpoint, cmdlet, status):
    """A call is a CmdletInput, at the address that its subject has."""
    with running(with_roles("Exchange.ManageAsApp", "Exchange.ManageAsAppV2")) as emulator:
        client = client_of(emulator)
        url = f"{emulator.url}/adminapi/v2.0/{TENANT_ID}/{endpoint}"
        answer = client.invoke(cmdlet, url=url)
    assert answer.status_code == status
    assert bool(answer.json().get("value")) == (status == 200)


@pytest.mark.behaviour("exchange.admin-api.permission")
def test_the_admin_api_has_its_own_permission(client_of):
    """Exchange.ManageAsApp opens InvokeCommand alone, its V2 the endpoints alone."""
    for permission, statuses in (
        ("Exchange.ManageAsApp", (200, 401)),
        ("Exchange.ManageAsAppV2", (401, 200)),
    ):
        with running(with_roles(permission)) as emulator:
            client = client_of(emulator)
            url = f"{emulator.url}/adminapi/v2.0/{TENANT_ID}/Mailbox"
            old, new = client.invoke("Get-Mailbox"), client.invoke("Get-Mailbox", url=url)
        assert (old.status_code, new.status_code) == statuses
