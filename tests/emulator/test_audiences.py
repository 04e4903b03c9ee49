"""A host takes tokens for its own cloud and service, and no others."""

import pytest

from emulator.exchange.audiences import audiences_of
from emulator.exchange.endpoints import service_at
from emulator.testing import ORGANIZATION

WORLDWIDE, COMPLIANCE = "https://outlook.office365.com", "https://ps.compliance.protection"
HOSTS = {
    "outlook.office365.com": {WORLDWIDE},
    "127.0.0.1": {
        WORLDWIDE,
        "https://outlook.office365.us",
        "https://outlook-dod.office365.us",
        "https://partner.outlook.cn",
        "https://outlook.office365.cn",
    },
    "eur05.outlook.office365.com": {WORLDWIDE},
    "xoutlook.office365.us.example": None,
    "outlook.office365.us": {"https://outlook.office365.us"},
    "outlook-dod.office365.us": {
        "https://outlook-dod.office365.us",
        "https://outlook.office365.us",
    },
    "partner.outlook.cn": {"https://partner.outlook.cn", "https://outlook.office365.cn"},
    "ps.compliance.protection.outlook.com": {f"{COMPLIANCE}.outlook.com"},
    "eur02b.ps.compliance.protection.outlook.com": {f"{COMPLIANCE}.outlook.com"},
    "l5.ps.compliance.protection.office365.us": {f"{COMPLIANCE}.office365.us"},
    "ps.compliance.protection.partner.outlook.cn": {f"{COMPLIANCE}.partner.outlook.cn"},
}


@pytest.mark.behaviour("exchange.clouds.audience")
@pytest.mark.parametrize(("host", "audiences"), HOSTS.items(), ids=HOSTS)
def test_a_host_takes_its_clouds_audiences(host, audiences):
    """The URLs differ by cloud; the application id is the same in all."""
    found = audiences_of(service_at(host, "/adminapi/beta/x/InvokeCommand"), host)
    anywhere = HOSTS["127.0.0.1"]
    assert {each for each in found if each.startswith("https:")} == (audiences or anywhere)


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
