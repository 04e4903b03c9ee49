"""The resources behind the Get-EXO* cmdlets."""

import base64
from urllib.parse import quote

import pytest

MINIMUM = {
    "Identity",
    "Id",
    "Name",
    "Alias",
    "DisplayName",
    "DistinguishedName",
    "Guid",
    "ExternalDirectoryObjectId",
    "UserPrincipalName",
    "PrimarySmtpAddress",
    "EmailAddresses",
    "RecipientType",
    "RecipientTypeDetails",
    "OrganizationId",
    "ExchangeVersion",
}


def listed(client, path="Mailbox", **headers):
    """Return every row, following nextLink by GET, and the number of pages."""
    page, count = client.get(path, **headers).json(), 1
    rows = page["value"]
    while link := page.get("@odata.nextLink"):
        page, count = client.get(link, **headers).json(), count + 1
        rows += page["value"]
    return rows, count


def names(row):
    """Return a row's properties without its type annotations."""
    return {name for name in row if "@odata" not in name}


def encoded(text):
    """Return *text* as an encoded identity in an address."""
    return quote(base64.b64encode(text.encode()).decode(), safe="")


def test_a_hundred_come_on_a_page_unless_more_are_preferred(client):
    """120 mailboxes are two default pages, or one where 1,000 are preferred."""
    rows, count = listed(client)
    assert (len({row["Guid"] for row in rows}), len(rows), count) == (120, 120, 2)
    assert listed(client, Prefer="odata.maxpagesize=1000")[1] == 1
    assert listed(client, Prefer="odata.maxpagesize=11")[0] == rows


def test_the_minimum_properties_come_by_default(client):
    """Without property sets or a selection, the documented minimum is returned."""
    rows, _ = listed(client)
    assert names(rows[0]) == MINIMUM


SELECTIONS = {
    "a set": ("Mailbox?PropertySet=Delivery", "ForwardingSmtpAddress"),
    "two sets": ("Mailbox?PropertySet=Minimum,Quota", "ProhibitSendQuota"),
    "a property": ("Mailbox?$select=grantsendonbehalfto", "GrantSendOnBehalfTo"),
    "all": ("Mailbox?PropertySet=All", "Database"),
}


@pytest.mark.parametrize(("path", "name"), SELECTIONS.values(), ids=SELECTIONS)
def test_more_properties_come_when_asked_for(client, path, name):
    """Sets and selections add to the minimum, on every page."""
    for row in listed(client, path)[0]:
        assert names(row) >= MINIMUM | {name}


def test_kinds_are_chosen(client):
    """RecipientTypeDetails takes several kinds, separated by commas."""
    rows, _ = listed(client, "Mailbox?RecipientTypeDetails=SharedMailbox,RoomMailbox")
    assert {row["RecipientTypeDetails"] for row in rows} == {"SharedMailbox", "RoomMailbox"}


def test_a_filter_chooses(client):
    """`$filter` understands comparisons joined by `and`."""
    path = "Mailbox?$filter=RecipientTypeDetails eq 'UserMailbox' and Alias like '*.o*'"
    rows, _ = listed(client, path)
    assert rows
    assert all(".o" in row["Alias"] for row in rows)


def test_top_limits_across_pages(client):
    """`$top` counts all rows, not those of a page."""
    rows, count = listed(client, "Mailbox?$top=25", Prefer="odata.maxpagesize=10")
    assert (len(rows), count) == (25, 3)


def test_a_mailbox_is_found_plain_and_encoded(client):
    """An identity may stand in the address as it is, with doubled quotes, or in base64."""
    for row in listed(client)[0][:40]:
        plain = quote(row["DisplayName"].replace("'", "''"), safe="")
        for path in (
            f"Mailbox('{plain}')",
            f"Mailbox('{encoded(row['DisplayName'])}')?isEncoded=true",
            f"Mailbox('{row['ExchangeGuid' if 'ExchangeGuid' in row else 'Guid']}')",
        ):
            assert client.get(path).json()["Guid"] == row["Guid"]


def test_statistics_are_numbers(client):
    """Get-EXOMailboxStatistics has sizes as Int64 that agree with the other cmdlet's text."""
    for row in listed(client)[0][:20]:
        alias = row["Alias"]
        answer = client.get(f"Mailbox('{alias}')/Exchange.GetMailboxStatistics()").json()
        text = client.invoke("Get-MailboxStatistics", {"Identity": alias}).json()["value"][0]
        assert f"({answer['TotalItemSize']:,} bytes)" in text["TotalItemSize"]
        assert answer["ItemCount"] == text["ItemCount"]


def test_permissions_are_those_of_the_cmdlets(client):
    """Resource and cmdlet tell the same of one mailbox."""
    for row in listed(client)[0][:20]:
        alias, key = row["Alias"], encoded(row["Alias"])
        for path, cmdlet in (
            (f"Mailbox('{key}')/MailboxPermission?IsEncoded=True", "Get-MailboxPermission"),
            (f"Recipient('{key}')/RecipientPermission?isEncoded=true", "Get-RecipientPermission"),
        ):
            by_resource = client.get(path).json()["value"]
            assert by_resource == client.invoke(cmdlet, {"Identity": alias}).json()["value"]


MISSING = {
    "a mailbox": ("Mailbox('nobody')", "couldn't be found"),
    "statistics": ("Mailbox('nobody')/Exchange.GetMailboxStatistics()", "couldn't be found"),
    "a resource": ("Nonsense", "Resource not found"),
    "a segment": ("Mailbox('nobody')/Nonsense", "Resource not found"),
}


@pytest.mark.parametrize(("path", "text"), MISSING.values(), ids=MISSING)
def test_what_is_not_there_is_said_in_the_message_itself(client, path, text):
    """These resources put the text in `error.message`, without details."""
    answer = client.get(path)
    assert answer.status_code == 404
    assert text in answer.json()["error"]["message"]


def test_a_user_without_permissions_is_not_found(client):
    """Asking for one user's entries on a mailbox, where there are none, is an error."""
    alias = listed(client)[0][0]["Alias"]
    answer = client.get(f"Mailbox('{alias}')/MailboxPermission?user=nobody@contoso.com")
    assert answer.status_code == 404
    message = answer.json()["error"]["message"]
    assert message.startswith("No permissions were found for the user:")


@pytest.mark.parametrize(
    "path", ["Mailbox?$skiptoken=x", "Mailbox?$top=-1", "Mailbox('%FF')?isEncoded=true"]
)
def test_nonsense_in_an_address_is_a_bad_request(client, path):
    """What cannot be read is refused, never a server error."""
    assert client.get(path).status_code == 400


@pytest.mark.behaviour("exchange.resources.statistics-select")
def test_chosen_statistics_come_beside_the_usual_ones(client):
    """`$select` adds to the minimum of statistics, and leaves out what nobody asked for."""
    place = f"Mailbox('{client.alias()}')/Exchange.GetMailboxStatistics()"
    chosen = names(client.get(f"{place}?$select=LastLogonTime").json())
    assert {"LastLogonTime", "ItemCount", "TotalItemSize", "MailboxGuid"} <= chosen
    assert "LastUserActionTime" not in chosen
    assert "LastUserActionTime" in names(client.get(place).json())
