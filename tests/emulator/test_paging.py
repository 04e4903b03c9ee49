"""Answers come page by page, and every row exactly once."""

import pytest

from emulator.exchange.paging import MORE_RESULTS
from emulator.testing import running, sample_world


def pages(client, cmdlet, parameters, *, size, method="POST"):
    """Return every page's document, following nextLink."""
    prefer = f"odata.maxpagesize={size}"
    found = [client.invoke(cmdlet, parameters, prefer=prefer).json()]
    while link := found[-1].get("@odata.nextLink"):
        if method == "GET":
            found.append(client.get(link, Prefer=prefer).json())
        else:
            found.append(client.invoke(cmdlet, parameters, url=link, prefer=prefer).json())
    return found


@pytest.mark.behaviour("exchange.paging.post", "exchange.paging.get", "exchange.paging.preference")
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_paging_returns_each_mailbox_exactly_once(client, method):
    """120 mailboxes by sevens are 18 pages, with no mailbox missing or twice."""
    found = pages(client, "Get-Mailbox", {"ResultSize": "Unlimited"}, size=7, method=method)
    guids = [row["Guid"] for page in found for row in page["value"]]
    assert len(found) == 18
    assert len(guids) == len(set(guids)) == 120
    assert all(page["@adminapi.warnings"] == [] for page in found)


def test_a_filter_holds_across_pages(client):
    """Only shared mailboxes come, each once, however they are spread over pages."""
    parameters = {"ResultSize": "Unlimited", "RecipientTypeDetails": ["SharedMailbox"]}
    everything = client.invoke("Get-Mailbox", {"ResultSize": "Unlimited"}).json()["value"]
    shared = [row["Alias"] for row in everything if row["RecipientTypeDetails"] == "SharedMailbox"]
    found = pages(client, "Get-Mailbox", parameters, size=2)
    assert [row["Alias"] for page in found for row in page["value"]] == shared
    assert len(shared) >= 4


def test_a_long_filter_holds_across_pages(client):
    """Parameters too long for an address are taken from the body that is sent again."""
    aliases = [row["Alias"] for row in client.invoke("Get-Mailbox").json()["value"]]
    text = " -or ".join(f"(Alias -eq '{alias}')" for alias in [*aliases[:50], "x" * 60_000])
    found = pages(client, "Get-Mailbox", {"Filter": text}, size=20)
    assert [row["Alias"] for page in found for row in page["value"]] == aliases[:50]
    assert all(len(page.get("@odata.nextLink", "")) < 1_000 for page in found)
    by_get = client.get(found[0]["@odata.nextLink"])
    assert by_get.status_code == 400


@pytest.mark.behaviour("exchange.paging.result-size")
def test_the_result_size_ends_the_output_with_a_warning(client):
    """ResultSize counts over pages, and the last page says that there is more."""
    found = pages(client, "Get-Mailbox", {"ResultSize": 25}, size=10)
    assert [len(page["value"]) for page in found] == [10, 10, 5]
    assert [page["@adminapi.warnings"] for page in found] == [[], [], [MORE_RESULTS]]


@pytest.mark.behaviour("exchange.paging.default-result-size")
def test_without_a_result_size_a_thousand_come(client_of):
    """The default is 1,000 rows and the warning, as in Exchange."""
    with running(sample_world(mailboxes=1_001)) as emulator:
        answer = client_of(emulator).invoke("Get-Mailbox").json()
    assert len(answer["value"]) == 1_000
    assert answer["@adminapi.warnings"] == [MORE_RESULTS]
    assert "@odata.nextLink" not in answer


def test_exactly_as_many_as_there_are_gives_no_warning(client):
    """A result size that is just enough is no reason to warn."""
    answer = client.invoke("Get-Mailbox", {"ResultSize": 120}).json()
    assert len(answer["value"]) == 120
    assert answer["@adminapi.warnings"] == []


@pytest.mark.behaviour("exchange.select")
def test_select_chooses_the_properties(client):
    """`$select` leaves only what it names, on every page."""
    answer = client.invoke(
        "Get-Mailbox",
        {"ResultSize": "Unlimited"},
        query="?$select=alias,Guid",
        prefer="odata.maxpagesize=100",
    ).json()
    following = client.invoke("Get-Mailbox", url=answer["@odata.nextLink"]).json()
    for page in (answer, following):
        assert set(page["value"][0]) == {"@odata.type", "Alias", "Guid"}


def test_permissions_of_all_recipients_come_once_each_over_pages(client):
    """Without an identity, every recipient's entries are listed, and pages do not matter."""
    parameters = {"ResultSize": "Unlimited"}
    whole = client.invoke("Get-RecipientPermission", parameters).json()["value"]
    paged = pages(client, "Get-RecipientPermission", parameters, size=7)
    assert [row for page in paged for row in page["value"]] == whole
    assert len({row["Identity"] for row in whole}) == 120
