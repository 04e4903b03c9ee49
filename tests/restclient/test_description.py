"""What else the description tells of: resources, options, and how answers travel."""

import itertools

import pytest

from tests.restclient.client import Client, key_of
from tests.restclient.failures import ExchangeError

NOBODY = "nobody@contoso.onmicrosoft.com"


def _refusal(client: Client, cmdlet: str, **parameters: object) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        client.invoke(cmdlet, parameters)
    return caught.value


def test_the_service_describes_itself(client: Client) -> None:
    """`$metadata` has InvokeCommand with its input, and a hash table that is open."""
    connection = client.connection
    text = connection.send("GET", f"{connection.api}/$metadata", {"Accept": "application/xml"}).text
    assert '<Action Name="InvokeCommand">' in text
    assert 'Type="Exchange.CmdletInvokeInputType"' in text
    assert 'Type="Collection(Exchange.GenericHashTable)"' in text
    assert '<ComplexType Name="GenericHashTable" OpenType="true"' in text


def test_the_service_root_lists_what_there_is(client: Client) -> None:
    """Each entity set that is listed is answered."""
    names = [str(row["name"]) for row in next(client.resource("")).rows]
    assert {"Mailbox", "Recipient"} <= set(names)
    for name in names:
        assert isinstance(next(client.resource(name, page=1)).rows, tuple)


@pytest.mark.parametrize(
    "path",
    [
        "CasMailbox",
        "Mailbox('{0}')/MailboxFolder/Exchange.GetMailboxFolderStatistics()",
        "Mailbox('{0}')/MobileDevice/Exchange.GetMobileDeviceStatistics()/",
        "Mailbox('{0}')/MailboxPermission",
        "Recipient('{0}')/RecipientPermission",
        "MailboxPlan",
        "User",
        "CmdletInfo",
    ],
)
def test_a_resource_is_there(client: Client, mailbox: str, path: str) -> None:
    """A resource of the nine cmdlets, or of the list of entity sets, is answered."""
    found = path.format(key_of(mailbox))
    options = {"isEncoded": "true"} if "{0}" in path else {}
    assert isinstance(next(client.resource(found, options)).rows, tuple)


@pytest.mark.parametrize(
    "option", [{"OrganizationalUnit": "nowhere"}, {"MailboxPlan": "nothing-like-it"}]
)
def test_an_option_is_heard(client: Client, option: dict[str, str]) -> None:
    """An option that no mailbox answers to lets none through, or is refused."""
    try:
        rows = next(client.resource("Mailbox", option)).rows
    except ExchangeError as error:
        assert error.status in {400, 404}  # noqa: PT017 - either is right
    else:
        assert rows == ()


def test_a_hash_table_is_a_change(client: Client, mailbox: str) -> None:
    """`@{Add=…}` adds to a list of addresses, and `@{Remove=…}` takes away again."""
    address = "smtp:another.one@contoso.com"
    counts = []
    for how in ({"Add": address}, {"Remove": address}):
        client.invoke("Set-Mailbox", {"Identity": mailbox, "EmailAddresses": how})
        (row,) = client.invoke("Get-Mailbox", {"Identity": mailbox})
        addresses = row["EmailAddresses"]
        assert isinstance(addresses, list)
        counts.append(addresses.count(address))
    assert counts == [1, 0]


def test_a_long_filter_is_paged(client: Client) -> None:
    """The next link of a body of fifty kilobytes is still an address that can be asked."""
    rows = client.invoke("Get-Mailbox", {"ResultSize": "Unlimited"})
    terms = (f"PrimarySmtpAddress -eq '{row['PrimarySmtpAddress']}'" for row in rows)
    written = " -or ".join([*terms, *("Alias -eq 'nobody-at-all-with-this-name'",) * 800])
    pages = client.answers("Get-Mailbox", {"ResultSize": "Unlimited", "Filter": written}, page=100)
    assert [len(page.rows) for page in pages] == [100, 100, 50]


@pytest.mark.behaviour("exchange.gzip")
def test_answers_are_packed_on_request(client: Client) -> None:
    """A client that takes gzip gets it for a long answer."""
    connection = client.connection
    body = {"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": {}}}
    answer = connection.send("POST", f"{connection.api}/InvokeCommand", {}, body)
    assert answer.headers.get("Content-Encoding") == "gzip"


@pytest.mark.behaviour("exchange.affinity-cookie")
def test_a_connection_keeps_an_affinity_cookie(client: Client) -> None:
    """The connecting call sets a cookie that ties what follows to one machine."""
    client.cmdlets()
    assert len(client.connection.session.cookies) > 0


def test_ids_of_requests_are_all_different(client: Client) -> None:
    """The service numbers every request itself."""
    refusals = [_refusal(client, "Get-Mailbox", Identity=NOBODY) for _ in range(3)]
    ids = [each.headers["request-id"] for each in refusals]
    assert all(first != second for first, second in itertools.combinations(ids, 2))
