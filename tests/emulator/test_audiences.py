"""A tenant's tokens are taken at its own cloud's hosts, for its own cloud's resources."""

import pytest

from contract.freshness import EXCHANGE_APP_ID
from emulator.exchange.audiences import audiences_of
from emulator.exchange.endpoints import Service, service_at
from emulator.testing import ORGANIZATION, TENANT_ID, Tenant

WORLDWIDE = "https://outlook.office365.com"
HOSTS = {
    "outlook.office365.com": ("worldwide", {WORLDWIDE}),
    "eur05.outlook.office365.com": ("gcc", {WORLDWIDE}),
    "outlook.office365.us": ("gccHigh", {"https://outlook.office365.us"}),
    "outlook-dod.office365.us": (
        "dod",
        {"https://outlook-dod.office365.us", "https://outlook.office365.us"},
    ),
    "webmail.apps.mil": (
        "dod",
        {"https://outlook-dod.office365.us", "https://outlook.office365.us"},
    ),
    "partner.outlook.cn": ("china", {"https://partner.outlook.cn", "https://outlook.office365.cn"}),
    "ps.compliance.protection.outlook.com": (
        "worldwide",
        {"https://ps.compliance.protection.outlook.com"},
    ),
    "eur02b.ps.compliance.protection.outlook.com": (
        "worldwide",
        {"https://ps.compliance.protection.outlook.com"},
    ),
    "l5.ps.compliance.protection.office365.us": (
        "dod",
        {"https://ps.compliance.protection.office365.us"},
    ),
    "ps.compliance.protection.partner.outlook.cn": (
        "china",
        {"https://ps.compliance.protection.partner.outlook.cn"},
    ),
    "127.0.0.1": ("gccHigh", {"https://outlook.office365.us"}),
    "outlook.office365.us.example": (
        "china",
        {"https://partner.outlook.cn", "https://outlook.office365.cn"},
    ),
}
CLOUDS = ("worldwide", "gcc", "gccHigh", "dod", "china")


def tenant(cloud: str) -> Tenant:
    """Return a tenant that lives in *cloud*."""
    return Tenant(id=TENANT_ID, domains=("contoso.onmicrosoft.com",), cloud=cloud)


@pytest.mark.behaviour("exchange.clouds.audience")
@pytest.mark.parametrize(("host", "cloud", "audiences"), [(h, *v) for h, v in HOSTS.items()])
def test_a_host_takes_its_clouds_audiences(host, cloud, audiences):
    """The URLs differ by cloud; the application id is the same in all, for Exchange."""
    service = service_at(host, "/adminapi/beta/x/InvokeCommand")
    found = audiences_of(service, host, tenant(cloud))
    assert found == audiences | ({EXCHANGE_APP_ID} if service is Service.EXCHANGE else set())


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("outlook.office365.com", {"worldwide", "gcc"}),
        ("outlook.office365.us", {"gccHigh"}),
        ("partner.outlook.cn", {"china"}),
        ("ps.compliance.protection.outlook.com", {"worldwide", "gcc"}),
    ],
)
def test_a_host_takes_nothing_of_another_cloud(host, own):
    """A tenant that lives elsewhere finds no token that is taken there."""
    service = service_at(host, "/adminapi/beta/x/InvokeCommand")
    taken = {cloud for cloud in CLOUDS if audiences_of(service, host, tenant(cloud))}
    assert taken == own


@pytest.mark.behaviour("exchange.clouds.audience")
@pytest.mark.parametrize(
    ("host", "status"),
    [("outlook.office365.com", 200), ("outlook.office365.us", 401), ("partner.outlook.cn", 401)],
)
def test_a_worldwide_token_opens_no_national_host(client, host, status):
    """The host of the request decides which audience is right."""
    url = f"{client.emulator.url}/adminapi/beta/{ORGANIZATION}/InvokeCommand"
    answer = client.invoke("Get-Mailbox", url=url, headers={"Host": host})
    assert answer.status_code == status
