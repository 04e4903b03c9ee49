"""The calls that a connection begins with, and where they lead."""

import pytest

from emulator.testing import Emulator, Fault
from tests.restclient.client import Client
from tests.restclient.failures import ExchangeError


def test_the_cmdlets_are_listed(client: Client) -> None:
    """The downloaded module names the cmdlets that this application may run."""
    assert {"Get-Mailbox", "Set-Mailbox", "Get-MailboxStatistics"} <= set(client.cmdlets())


def test_the_module_is_a_script(client: Client) -> None:
    """It comes with its file name and its text, which defines what it lists."""
    found = client.module_file()
    assert found["fileName"] == "ExchangeOnline.psm1"
    assert "function" in str(found["fileContent"]).lower()


def test_every_listed_cmdlet_is_known(client: Client) -> None:
    """A cmdlet that is listed is never an unknown one or a fault of the server's."""
    refused: list[ExchangeError] = []
    for cmdlet in client.cmdlets():
        try:
            client.invoke(cmdlet, {"Identity": "nobody-at-all"})
        except ExchangeError as error:
            refused.append(error)
    assert {error.status for error in refused} <= {400, 404}
    assert not [error.text for error in refused if "is not recognized" in error.text]


def test_there_is_a_banner(client: Client) -> None:
    """The call for it is answered."""
    pages = list(client.resource("EXOBanner('AutogenSession')", {"Version": "3.9.2"}))
    assert len(pages) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_followed(emulator: Emulator, client: Client, status: int) -> None:
    """The request goes on to where it was sent, whole and with its token."""
    there = client.connection.api + "/InvokeCommand"
    fault = Fault(cmdlet="Get-Mailbox", status=status, headers={"Location": there})
    emulator.faults.add(fault)
    assert len(client.invoke("Get-Mailbox", {"ResultSize": 3})) == 3


def test_no_token_goes_to_a_stranger(emulator: Emulator, client: Client) -> None:
    """A redirect to another domain is not followed."""
    fault = Fault(
        cmdlet="Get-Mailbox", status=302, headers={"Location": "https://example.invalid/"}
    )
    emulator.faults.add(fault)
    with pytest.raises(ValueError, match="sent us to"):
        client.invoke("Get-Mailbox")


def test_redirects_end(emulator: Emulator, client: Client) -> None:
    """A circle of redirects is an error."""
    here = client.connection.api + "/InvokeCommand"
    emulator.faults.add(
        Fault(cmdlet="Get-Mailbox", status=307, headers={"Location": here}, times=3)
    )
    with pytest.raises(ExchangeError, match="redirects"):
        client.invoke("Get-Mailbox")
