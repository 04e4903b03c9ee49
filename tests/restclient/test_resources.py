"""The REST resources behind the Get-EXO* cmdlets."""

import json

import pytest

from tests.restclient.client import Client, key_of
from tests.restclient.failures import ExchangeError

NOBODY = "nobody@contoso.onmicrosoft.com"


def _one(client: Client, path: str, **options: str) -> dict[str, object]:
    (page,) = client.resource(path, options)
    (row,) = page.rows
    return row


@pytest.mark.parametrize("path", ["Mailbox", "Recipient"])
def test_one_by_its_encoded_identity(client: Client, mailbox: str, path: str) -> None:
    """Base64 with `isEncoded` and the plain identity are the same object."""
    encoded = _one(client, f"{path}('{key_of(mailbox)}')", isEncoded="true")
    assert encoded == _one(client, f"{path}('{mailbox}')")
    assert encoded["PrimarySmtpAddress"] == mailbox


def test_statistics_tell_sizes_as_numbers(client: Client, mailbox: str) -> None:
    """The resource has bytes as an integer, where the cmdlet has a text."""
    found = _one(
        client, f"Mailbox('{key_of(mailbox)}')/Exchange.GetMailboxStatistics()?isEncoded=true"
    )
    (other,) = client.invoke("Get-MailboxStatistics", {"Identity": mailbox})
    assert isinstance(found["TotalItemSize"], int)
    assert isinstance(found["ItemCount"], int)
    assert f"({found['TotalItemSize']:,} bytes)" in str(other["TotalItemSize"])


def test_permissions_of_a_mailbox(client: Client, mailbox: str) -> None:
    """A mailbox's own permission is among them."""
    (page,) = client.resource(
        f"Mailbox('{key_of(mailbox)}')/MailboxPermission", {"isEncoded": "true"}
    )
    assert "NT AUTHORITY\\SELF" in {row["User"] for row in page.rows}


def test_a_property_set_and_more(client: Client) -> None:
    """The minimum is few properties, `$select` brings another, All brings most."""
    minimum = next(client.resource("Mailbox", {"PropertySet": "Minimum"})).rows[0]
    more = next(
        client.resource("Mailbox", {"PropertySet": "Minimum", "$select": "ForwardingAddress"})
    ).rows[0]
    everything = next(client.resource("Mailbox", {"PropertySet": "All"})).rows[0]
    assert "ForwardingAddress" not in minimum
    assert "ForwardingAddress" in more
    assert set(minimum) < set(everything)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"$filter": "RecipientTypeDetails eq 'SharedMailbox'"}, id="$filter"),
        pytest.param({"RecipientTypeDetails": "SharedMailbox"}, id="RecipientTypeDetails"),
    ],
)
def test_rows_are_filtered(client: Client, options: dict[str, str]) -> None:
    """Both ways of asking give what the cmdlet gives."""
    pages = client.resource("Mailbox", options, page=5)
    found = {row["PrimarySmtpAddress"] for page in pages for row in page.rows}
    cmdlet = client.invoke("Get-Mailbox", {"RecipientTypeDetails": ["SharedMailbox"]})
    assert found == {row["PrimarySmtpAddress"] for row in cmdlet} != set()


def test_part_of_a_name(client: Client, mailbox: str) -> None:
    """Anr finds by the beginning of a name."""
    name = mailbox.partition(".")[0]
    rows = [row for page in client.resource("Mailbox", {"Anr": name}) for row in page.rows]
    assert mailbox in {row["PrimarySmtpAddress"] for row in rows}
    assert len(rows) < 250


@pytest.mark.parametrize("tail", ["", "/MailboxPermission", "/Exchange.GetMailboxStatistics()"])
def test_what_is_not_there(client: Client, tail: str) -> None:
    """404 NotFound with the text in the error's own message."""
    with pytest.raises(ExchangeError) as caught:
        next(client.resource(f"Mailbox('{key_of(NOBODY)}'){tail}", {"isEncoded": "true"}))
    error = json.loads(caught.value.body)["error"]
    assert (caught.value.status, caught.value.code) == (404, "NotFound")
    assert NOBODY in error["message"]
    assert "details" not in error
