"""Programs differ in the headers that they send; Exchange answers each of them."""

from collections.abc import Mapping

import pytest
import requests

from tests.restclient.client import Client
from tests.restclient.conftest import MAILBOXES
from tests.restclient.server import Server

_MAILBOX = "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}"
_BODY = {"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": {"ResultSize": "Unlimited"}}}
_JSON = {"Content-Type": "application/json"}

# What each sends beside its token, and how it asks for the next page, as far as that is known.
MANNERS = [
    pytest.param({**_JSON}, "POST", [250], id="nothing special"),
    pytest.param(
        {
            "Content-Type": "application/json; charset=utf-8",
            "Prefer": "odata.maxpagesize=1000",
            "X-AnchorMailbox": f"APP:{_MAILBOX}@{{tenant}}",
        },
        "POST",
        [250],
        id="CIPP",
    ),
    pytest.param(
        {
            **_JSON,
            "Accept": "application/json",
            "X-ResponseFormat": "json",
            "client-request-id": "33d45f0b-7a3a-4d52-9b1a-6a7f5f3c1c11",
            "Prefer": "odata.maxpagesize=1000",
            "X-AnchorMailbox": f"UPN:{_MAILBOX}@{{organization}}",
        },
        "POST",
        [250],
        id="ScubaGear",
    ),
    pytest.param(
        {
            **_JSON,
            "X-CmdletName": "Get-Mailbox",
            "client-request-id": "33d45f0b-7a3a-4d52-9b1a-6a7f5f3c1c11",
            "connection-id": "33d45f0b-7a3a-4d52-9b1a-6a7f5f3c1c12",
            "Prefer": "odata.maxpagesize=100",
            "X-AnchorMailbox": f"APP:{_MAILBOX}@{{tenant}}",
            "X-ClientModuleVersion": "3.9.2",
            "X-ClientApplication": "ExoManagementModule",
        },
        "POST",
        [100, 100, 50],
        id="ExoHelper",
    ),
    pytest.param(
        {**_JSON, "X-SerializationLevel": "Full", "Prefer": "odata.maxpagesize=200"},
        "POST",
        [200, 50],
        id="Monkey365",
    ),
    pytest.param(
        {
            **_JSON,
            "Prefer": "odata.maxpagesize=100",
            "X-AnchorMailbox": "UPN:OAuthUser@{organization}",
        },
        "GET",
        [100, 100, 50],
        id="go-exoscc",
    ),
]


@pytest.mark.parametrize(("headers", "following", "sizes"), MANNERS)
def test_every_program_pages_through_all(
    server: Server, client: Client, headers: Mapping[str, str], following: str, sizes: list[int]
) -> None:
    """Whatever a program leaves out, it sees each mailbox once."""
    connection = client.connection
    names = {"{tenant}": server.tenant, "{organization}": server.organization}
    sent = {"Authorization": f"Bearer {connection.tokens.current()}"}
    for name, value in headers.items():
        for placeholder, real in names.items():
            value = value.replace(placeholder, real)  # noqa: PLW2901 - one value, step by step
        sent[name] = value
    pages: list[list[str]] = []
    method, url = "POST", f"{connection.api}/InvokeCommand"
    while url:
        body = _BODY if method == "POST" else None
        answer = connection.session.request(method, url, headers=sent, json=body, timeout=60)
        assert answer.status_code == requests.codes.ok
        page = answer.json()
        pages.append([row["Guid"] for row in page["value"]])
        method, url = following, page.get("@odata.nextLink", "")
    assert [len(page) for page in pages] == sizes
    assert len({guid for page in pages for guid in page}) == MAILBOXES


@pytest.mark.parametrize("anchor", ["SMTP:{mailbox}", "MBX:{guid}@{organization}"])
def test_a_mailbox_can_be_the_anchor(
    server: Server, client: Client, mailbox: str, anchor: str
) -> None:
    """A request that is routed by its parameter is answered as any other."""
    (known,) = client.invoke("Get-Mailbox", {"Identity": mailbox})
    there = anchor.format(
        mailbox=mailbox, guid=known["ExchangeGuid"], organization=server.organization
    )
    (found,) = [
        row
        for answer in client.answers("Get-MailboxStatistics", {"Identity": mailbox}, anchor=there)
        for row in answer.rows
    ]
    assert found["MailboxGuid"] == known["ExchangeGuid"]
