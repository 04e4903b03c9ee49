"""The front door sends some requests on to the tenant's own host."""

import pytest

from emulator.exchange.endpoints import Host, Service, host_of, service_at
from emulator.exchange.routing import is_hint, other_host
from emulator.testing import ORGANIZATION, TENANT_ID, running, sample_world


def routed(routing):
    """Return a world whose tenant is routed so."""
    world = sample_world(mailboxes=5)
    return world.model_copy(
        update={"tenants": (world.tenants[0].model_copy(update={"routing": routing}),)}
    )


@pytest.mark.behaviour("exchange.routing.redirect")
def test_the_front_door_answers_with_the_tenants_host(client_of):
    """On loopback `localhost` is that host: the same path there is answered."""
    with running(routed("by-host")) as emulator:
        client = client_of(emulator)
        headers = {"Authorization": f"Bearer {client.bearer}"}
        url = f"{emulator.url}/adminapi/v1.0/{ORGANIZATION}/EXOModuleFile?Version=3.9.2"
        sent = client.session.get(url, headers=headers, allow_redirects=False)
        port = emulator.url.rpartition(":")[2]
        location = f"https://localhost:{port}/adminapi/v1.0/{ORGANIZATION}/EXOModuleFile"
        assert (sent.status_code, sent.headers["Location"]) == (302, f"{location}?Version=3.9.2")
        assert sent.headers["X-CalculatedBETarget"]
        there = client.session.get(sent.headers["Location"], headers=headers)
        assert there.json()["value"][0]["exportedCmdlets"]
        posted = client.session.post(
            f"{emulator.url}/adminapi/beta/{ORGANIZATION}/InvokeCommand",
            json={},
            headers=headers,
            allow_redirects=False,
        )
        assert posted.status_code == 307
        unknown = client.session.get(f"{emulator.url}/adminapi/beta/nowhere.example/Mailbox")
        assert unknown.status_code == 401


ANCHORS = {
    f"UPN:OAuthUser@{ORGANIZATION}": True,
    "upn:somebody@contoso.com": True,
    "SMTP:somebody@contoso.com": True,
    f"MBX:0123abcd-0000-4000-8000-00000000000f@{ORGANIZATION}": True,
    f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT_ID}": True,
    "UPN:somebody@fabrikam.com": False,
    "somebody@contoso.com": False,
    "": False,
}


@pytest.mark.behaviour("exchange.routing.anchor")
@pytest.mark.parametrize(("anchor", "leads"), ANCHORS.items(), ids=ANCHORS)
def test_an_anchor_mailbox_leads_to_its_tenant(client_of, anchor, leads):
    """Each form names an organization; a right one is answered where it came."""
    world = routed("by-anchor")
    assert is_hint(anchor, world.tenants[0]) is leads
    with running(world) as emulator:
        client = client_of(emulator)
        answer = client.session.get(
            f"{emulator.url}/adminapi/beta/{ORGANIZATION}/EXOBanner('AutogenSession')",
            headers={"Authorization": f"Bearer {client.bearer}", "X-AnchorMailbox": anchor},
            allow_redirects=False,
        )
    assert answer.status_code == (200 if leads else 302)


HOSTS = {
    "exchange's front": ("outlook.office365.com", "eur05.outlook.office365.com"),
    "exchange's region": ("eur05.outlook.office365.com", ""),
    "compliance's front": (
        "ps.compliance.protection.outlook.com",
        "eur02b.admin.protection.outlook.com:446",
    ),
    "compliance's region": ("eur02b.ps.compliance.protection.outlook.com", ""),
    "compliance's region at its other name": ("eur02b.admin.protection.outlook.com", ""),
}


@pytest.mark.behaviour("exchange.routing.compliance")
@pytest.mark.parametrize(("host", "other"), HOSTS.values(), ids=HOSTS)
def test_well_known_front_doors_lead_to_a_region(host, other):
    """By name, that of Security & Compliance always does, at port 446 of the admin host."""
    tenant = routed("by-host").tenants[0]
    service = service_at(host, "/adminapi/beta/x/InvokeCommand")
    assert other_host(Host(host), service, tenant, anchor="") == other
    is_compliance = "compliance" in host or "admin" in host
    assert service is (Service.COMPLIANCE if is_compliance else Service.EXCHANGE)


NAMES = {
    "127.0.0.1:8443": Host("127.0.0.1", 8443),
    "LocalHost": Host("localhost"),
    "[::1]:1": Host("[::1]", 1),
    "": None,
    "[": None,
    "a b": None,
    "a:99999": None,
    "a:b": None,
}


@pytest.mark.parametrize(("header", "host"), NAMES.items(), ids=NAMES)
def test_a_host_header_is_read_or_refused(header, host):
    """Nonsense is no host."""
    assert host_of(header) == host
