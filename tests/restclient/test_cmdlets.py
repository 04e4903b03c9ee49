"""A cmdlet's answer, and each way in which it is refused."""

import json
from itertools import chain

import pytest

from emulator.testing import Emulator, running
from tests.restclient.answers import is_type
from tests.restclient.client import Client
from tests.restclient.conftest import server_of, world_of
from tests.restclient.failures import ExchangeError
from tests.restclient.server import Server

NOBODY = "nobody@contoso.onmicrosoft.com"
NOT_FOUND = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"


def _refusal(client: Client, cmdlet: str = "Get-Mailbox", **parameters: object) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        client.invoke(cmdlet, parameters)
    return caught.value


def test_the_answer_has_its_envelope(client: Client, server: Server) -> None:
    """Context, warnings, errors and rows stand where they should, and a hash table is named."""
    raw = next(client.answers("Get-Mailbox", {"ResultSize": 1})).raw
    api = f"{server.url}/adminapi/beta/{server.tenant}"
    assert raw["@odata.context"] == f"{api}/$metadata#Collection(Exchange.GenericHashTable)"
    assert set(raw) == {"@odata.context", "@adminapi.warnings", "@adminapi.errors", "value"}
    (row,) = raw["value"]  # type: ignore[misc]
    assert row["@odata.type"] == "#Exchange.GenericHashTable"


def test_the_next_link_leads_to_the_same_action(client: Client, server: Server) -> None:
    """It is absolute, and of the tenant's own InvokeCommand."""
    link = next(client.answers("Get-Mailbox", {"ResultSize": "Unlimited"}, page=5)).next_link
    assert link.startswith(f"{server.url}/adminapi/beta/{server.tenant}/InvokeCommand?")


def test_typed_siblings_stand_beside_lists(client: Client) -> None:
    """A list is told with its type beside it, and the client takes that away again."""
    answer = next(client.answers("Get-Mailbox", {"ResultSize": 1}))
    (raw,) = answer.raw["value"]  # type: ignore[misc]
    assert raw["EmailAddresses@odata.type"] == "#Collection(String)"
    assert isinstance(answer.rows[0]["EmailAddresses"], list)
    assert not any(map(is_type, chain.from_iterable(answer.rows)))


def test_a_tenant_is_known_by_its_domain_too(server: Server) -> None:
    """The address takes a GUID or a domain."""
    assert server.client(tenant=server.organization).invoke("Get-Mailbox", {"ResultSize": 1})


def test_nothing_found_is_no_error(client: Client) -> None:
    """A filter that lets nothing through gives no rows."""
    assert client.invoke("Get-Mailbox", {"Filter": "Alias -eq 'nobody-at-all'"}) == []


@pytest.mark.parametrize("written", ["$true", "$TRUE", "'True'"])
def test_a_boolean_in_a_filter(client: Client, written: str) -> None:
    """A filter's `$true` is sent as `'True'`, and is the same as that."""
    rows = client.invoke("Get-Mailbox", {"Filter": f"HiddenFromAddressListsEnabled -eq {written}"})
    assert {row["HiddenFromAddressListsEnabled"] for row in rows} == {True}


def test_a_list_is_a_parameter(client: Client) -> None:
    """Values in a list are alternatives."""
    kinds = ["SharedMailbox", "RoomMailbox"]
    rows = client.invoke("Get-Mailbox", {"RecipientTypeDetails": kinds})
    assert {row["RecipientTypeDetails"] for row in rows} == set(kinds)


def test_a_change_is_seen(client: Client, mailbox: str) -> None:
    """What was set is read again."""
    client.invoke("Set-Mailbox", {"Identity": mailbox, "DisplayName": "Zoë 李 😀"})
    (row,) = client.invoke("Get-Mailbox", {"Identity": mailbox})
    assert row["DisplayName"] == "Zoë 李 😀"


def test_a_validation_call_changes_nothing(client: Client, mailbox: str) -> None:
    """`Confirm: true` is answered with a question, and only `Confirm: false` acts."""
    (before,) = client.invoke("Get-Mailbox", {"Identity": mailbox})
    change = {"Identity": mailbox, "DisplayName": "Confirmed"}
    asked = next(client.answers("Set-Mailbox", {**change, "Confirm": True}))
    (between,) = client.invoke("Get-Mailbox", {"Identity": mailbox})
    question, _ = client.confirmed("Set-Mailbox", change)
    (after,) = client.invoke("Get-Mailbox", {"Identity": mailbox})
    assert asked.question == question != ""
    assert [each["DisplayName"] for each in (before, between)] == [before["DisplayName"]] * 2
    assert after["DisplayName"] == "Confirmed"


def test_what_is_not_there_is_not_found(client: Client) -> None:
    """404 with the pipe form in its details, and the type in a header too."""
    found = _refusal(client, Identity=NOBODY)
    assert (found.status, found.code, found.type) == (404, "Ex6F9304", NOT_FOUND)
    assert found.text.startswith(
        f"The operation couldn't be performed because object '{NOBODY}' couldn't be found on '"
    )
    assert found.category == "Client"
    assert found.headers["X-ExceptionType"] == NOT_FOUND
    error = json.loads(found.body)["error"]
    assert (error["code"], error["message"]) == ("NotFound", "Error executing cmdlet")
    assert set(error) == {"code", "message", "details", "innererror"}


def test_a_cmdlet_has_one_id_over_all_its_pages(client: Client) -> None:
    """The id of a request is made once a cmdlet, and comes back with its failure."""
    made: list[str] = []
    client.connection.new_id = lambda: made.append(f"id-{len(made)}") or made[-1]  # type: ignore[func-returns-value]
    assert len(list(client.answers("Get-Mailbox", {"ResultSize": "Unlimited"}, page=100))) == 3
    assert _refusal(client, Identity=NOBODY).headers["client-request-id"] == "id-1"
    assert made == ["id-0", "id-1"]


def test_a_failure_tells_where_and_when(client: Client) -> None:
    """Server, request and time come in headers, for the error id that PowerShell shows."""
    found = _refusal(client, Identity=NOBODY)
    assert found.headers["Cmdlet-Name"] == "Get-Mailbox"
    assert all(found.headers[name] for name in ("request-id", "X-CalculatedBETarget", "Date"))
    assert found.error_id.startswith(f"[Server={found.headers['X-CalculatedBETarget']},RequestId=")


def test_a_value_that_does_not_bind(client: Client) -> None:
    """400 without details: the text stands in the exception within the exception."""
    found = _refusal(client, RecipientTypeDetails=["Nonsense"])
    assert (found.status, found.code) == (400, "BadRequest")
    assert found.text.startswith(
        "Cannot process argument transformation on parameter 'RecipientTypeDetails'. "
        'Cannot convert value "Nonsense" to type '
    )
    error = json.loads(found.body)["error"]
    assert "details" not in error
    assert error["message"] == error["innererror"]["message"] == "Invalid Operation"


def test_a_parameter_that_is_not_there(client: Client) -> None:
    """400, and the text names it."""
    found = _refusal(client, Nonsense=1)
    assert (found.status, found.code) == (400, "BadRequest")
    assert "'Nonsense'" in found.text


def test_no_role_is_refused() -> None:
    """Without a directory role nothing is allowed, from the connecting call on."""
    with running(world_of(directory_roles=())) as emulator:
        client = server_of(emulator).client()
        with pytest.raises(ExchangeError) as caught:
            client.module_file()
        for found in (caught.value, _refusal(client)):
            assert found.status == 403
            assert found.text.startswith(
                f"The role assigned to application {client.connection.tokens.client_id} "
                "isn't supported in this scenario."
            )


def test_a_role_that_only_reads_may_not_write() -> None:
    """A reader reads, has no cmdlet that writes, and is refused one."""
    with running(world_of(directory_roles=("Global Reader",))) as emulator:
        client = server_of(emulator).client()
        (row,) = client.invoke("Get-Mailbox", {"ResultSize": 1})
        assert "Set-Mailbox" not in client.cmdlets()
        change = {"Identity": row["PrimarySmtpAddress"], "DisplayName": "No"}
        assert _refusal(client, "Set-Mailbox", **change).status == 403


def test_no_permission_is_refused(waits: list[float]) -> None:
    """Without Exchange.ManageAsApp in the token it is a 401, which is tried six times in all."""
    with running(world_of(app_roles=())) as emulator:
        found = _refusal(server_of(emulator).client(wait=waits.append))
        assert (found.status, waits) == (401, [2.0, 4.0, 8.0, 16.0, 32.0])


def test_a_token_for_something_else_is_refused(server: Server, waits: list[float]) -> None:
    """A token for Graph is a 401 that says UnAuthorized, in every try."""
    client = server.client(scope="https://graph.microsoft.com/.default", wait=waits.append)
    found = _refusal(client)
    assert (found.status, sum(waits)) == (401, 62.0)
    assert "UnAuthorized" in found.body.decode()


def test_a_token_for_another_tenant_is_refused(server: Server, emulator: Emulator) -> None:
    """The tenant of the address has to be the token's."""
    client = server.client(wait=lambda _: None)
    client.connection.tenant = "99999999-9999-4999-8999-999999999999"
    assert _refusal(client).status in {401, 403, 404}
