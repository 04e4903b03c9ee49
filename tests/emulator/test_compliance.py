"""Security & Compliance is a service apart: its own audience, cmdlets and roles."""

import pytest

from emulator.testing import (
    CLIENT_ID,
    DOMAINS,
    OBJECT_ID,
    ORGANIZATION,
    SAMPLE_CERTIFICATE,
    TENANT_ID,
    Application,
    Tenant,
    World,
    running,
)

SCOPE = "https://ps.compliance.protection.outlook.com/.default"


def world(*roles):
    """Return a world whose application has these directory roles."""
    member = Application(
        client_id=CLIENT_ID,
        object_id=OBJECT_ID,
        certificates=(SAMPLE_CERTIFICATE.certificate,),
        directory_roles=roles,
    )
    return World(tenants=(Tenant(id=TENANT_ID, domains=DOMAINS, applications=(member,)),))


class Compliance:
    """Asks Security & Compliance on loopback, with a token of its own audience."""

    def __init__(self, client, scope=SCOPE):
        self.client = client
        self.token = client.token(scope=scope)
        self.base = f"{client.emulator.url}/compliance/AdminApi/beta/{ORGANIZATION}"

    def invoke(self, cmdlet, **parameters):
        """Run a cmdlet there."""
        url = f"{self.base}/InvokeCommand"
        return self.client.invoke(cmdlet, parameters, url=url, token=self.token)


@pytest.fixture
def started(client_of):
    """Starts a world with roles, and returns its client."""
    running_worlds = []

    def start(*roles):
        context = running(world(*roles))
        running_worlds.append(context)
        return client_of(context.__enter__())

    yield start
    for context in running_worlds:
        context.__exit__(None, None, None)


@pytest.mark.behaviour("exchange.compliance.audience")
def test_each_service_wants_its_own_audience(started):
    """A token for Exchange is 401 at Security & Compliance, and the other way round."""
    client = started("Compliance Administrator")
    assert Compliance(client).invoke("Get-Label").status_code == 200
    wrong = Compliance(client, "https://outlook.office365.com/.default").invoke("Get-Label")
    assert (wrong.status_code, wrong.headers["WWW-Authenticate"][:7]) == (401, "Bearer ")
    assert client.invoke("Get-Mailbox", token=Compliance(client).token).status_code == 401


@pytest.mark.behaviour("exchange.compliance.roles")
def test_an_exchange_administrator_alone_may_not(started):
    """The roles that Exchange takes are not those of Security & Compliance."""
    alone = Compliance(started("Exchange Administrator")).invoke("Get-Label")
    assert alone.status_code == 403
    assert "isn't supported in this scenario" in alone.json()["error"]["message"]
    both = Compliance(started("Exchange Administrator", "Security Reader")).invoke("Get-Label")
    assert [row["Name"] for row in both.json()["value"]][:2] == ["Public", "General"]


READ = {
    "Get-Label": 4,
    "Get-LabelPolicy": 1,
    "Get-DlpCompliancePolicy": 2,
    "Get-DlpComplianceRule": 2,
    "Get-RetentionCompliancePolicy": 1,
    "Get-RetentionComplianceRule": 1,
}


@pytest.mark.behaviour("exchange.compliance.cmdlets")
def test_labels_and_policies_are_found_by_name_and_guid(started):
    """Each reading cmdlet lists, finds one by name or GUID, and misses what is not there."""
    compliance = Compliance(started("Global Reader"))
    for cmdlet, count in READ.items():
        rows = compliance.invoke(cmdlet).json()["value"]
        assert len(rows) == count
        for name in ("Name", "Guid"):
            found = compliance.invoke(cmdlet, Identity=rows[-1][name]).json()["value"]
            assert [row["Guid"] for row in found] == [rows[-1]["Guid"]]
        assert compliance.invoke(cmdlet, Identity="nothing").status_code == 404
    detailed = compliance.invoke("Get-RetentionCompliancePolicy", DistributionDetail=True)
    assert detailed.json()["value"][0]["ExchangeLocation"] == ["All"]


@pytest.mark.behaviour("exchange.compliance.not-app-only")
@pytest.mark.parametrize("cmdlet", ["Get-ComplianceCase", "Get-ComplianceSearch"])
def test_searches_and_cases_need_a_person(started, cmdlet):
    """No role lets an application run them."""
    answer = Compliance(started("Global Administrator")).invoke(cmdlet)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "Forbidden")


@pytest.mark.behaviour("exchange.not-hosted.exchange", "exchange.not-hosted.compliance")
def test_a_cmdlet_at_the_wrong_service(started):
    """Exchange answers 403 with null bytes, Security & Compliance 403 as JSON."""
    client = started("Global Administrator")
    there = client.invoke("Get-Label")
    assert there.status_code == 403
    assert there.content
    assert not there.content.strip(b"\0")
    here = Compliance(client).invoke("Get-Mailbox")
    assert (here.status_code, here.json()["error"]["code"]) == (403, "Forbidden")


@pytest.mark.behaviour("exchange.module-file.per-service")
def test_the_module_file_is_the_services_own(started):
    """Each service exports what it hosts and the caller may run."""
    compliance = Compliance(started("Compliance Administrator"))
    headers = {"Authorization": f"Bearer {compliance.token}", "CommandName": "Get-*"}
    url = f"{compliance.base}/EXOModuleFile?Version=3.9.2"
    file = compliance.client.session.get(url, headers=headers).json()["value"][0]
    assert set(file["exportedCmdlets"].split(",")) == set(READ)
    mailbox = compliance.client.session.get(f"{compliance.base}/Mailbox", headers=headers)
    assert mailbox.status_code == 404


def test_next_links_and_contexts_stay_below_the_path(started):
    """What an answer links to leads to the same service."""
    compliance = Compliance(started("Compliance Administrator"))
    first = compliance.client.invoke(
        "Get-Label",
        url=f"{compliance.base}/InvokeCommand",
        token=compliance.token,
        prefer="odata.maxpagesize=3",
    ).json()
    assert "/compliance/adminapi/beta/" in first["@odata.context"]
    second = compliance.client.invoke(
        "Get-Label", url=first["@odata.nextLink"], token=compliance.token
    ).json()
    assert [row["Name"] for row in second["value"]] == ["Highly Confidential"]


@pytest.mark.behaviour("exchange.compliance.front-door")
def test_by_its_host_name_the_front_door_redirects(started):
    """A client learns its region from the Location, and asks there; CIPP and ScubaGear do."""
    compliance = Compliance(started("Compliance Administrator"))
    address = f"{compliance.client.emulator.url}/AdminApi/beta/{ORGANIZATION}"
    headers = {
        "Authorization": f"Bearer {compliance.token}",
        "Host": "ps.compliance.protection.outlook.com",
    }
    banner = f"{address}/EXOBanner('AutogenSession')?Version=3.9.2"
    sent = compliance.client.session.get(banner, headers=headers, allow_redirects=False)
    assert sent.status_code == 302
    region = sent.headers["Location"].removeprefix("https://").partition(".")[0]
    there = headers | {"Host": f"{region}.ps.compliance.protection.outlook.com"}
    answer = compliance.client.session.get(banner, headers=there, allow_redirects=False)
    assert answer.json() == {"value": []}
