"""InvokeCommand says what is wrong as Exchange does, and never fails itself."""

import pytest

from emulator.testing import ORGANIZATION, running, sample_world


def test_an_unknown_mailbox_is_not_found_as_in_exchange(client):
    """The body has the code, the type and the text where the module looks for them."""
    answer = client.invoke("Get-MailboxStatistics", {"Identity": "nobody@contoso.com"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["message"]) == (
        404,
        "NotFound",
        "Error executing cmdlet",
    )
    code, kind, text = error["details"][0]["message"].split("|")
    assert code.startswith("Ex")
    assert kind == "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
    assert text.startswith(
        "The operation couldn't be performed because object 'nobody@contoso.com' couldn't be found"
    )
    assert answer.headers["X-ExceptionType"] == kind
    assert answer.headers["X-CalculatedBETarget"]
    assert answer.headers["request-id"]


@pytest.mark.behaviour("exchange.failure.ambiguous")
def test_a_name_that_two_have_is_ambiguous(client_of):
    """Two people of one name cannot be told apart by it."""
    with running(sample_world(mailboxes=3_000)) as emulator:
        client = client_of(emulator)
        rows = client.invoke(
            "Get-Mailbox",
            {"ResultSize": 1_200, "RecipientTypeDetails": "UserMailbox"},
            prefer="odata.maxpagesize=1000",
        ).json()["value"]
        answer = client.invoke("Get-Mailbox", {"Identity": rows[0]["DisplayName"]})
    assert answer.status_code == 400
    assert "matches multiple entries" in answer.json()["error"]["details"][0]["message"]


UNBOUND = {
    "an unknown cmdlet": ("Get-Foo", {}, "The term 'Get-Foo' is not recognized"),
    "an unknown parameter": (
        "Get-Mailbox",
        {"Nope": 1},
        "A parameter cannot be found that matches parameter name 'Nope'.",
    ),
    "a missing parameter": (
        "Get-MailboxStatistics",
        {},
        "Cannot process command because of one or more missing mandatory parameters: Identity.",
    ),
    "a value that is none of the allowed": (
        "Get-Mailbox",
        {"RecipientTypeDetails": ["Nonsense"]},
        'Cannot convert value "Nonsense" to type "RecipientTypeDetails"',
    ),
    "a size that is no number": (
        "Get-Mailbox",
        {"ResultSize": "many"},
        "Cannot process argument transformation on parameter 'ResultSize'.",
    ),
    "a truth that is none": (
        "Set-Mailbox",
        {"Identity": "x", "DeliverToMailboxAndForward": "perhaps"},
        "Cannot process argument transformation on parameter 'DeliverToMailboxAndForward'.",
    ),
    "a parameter twice": ("Get-Mailbox", {"Identity": "a", "identity": "b"}, "more than once"),
    "a filter that is not understood": (
        "Get-Mailbox",
        {"Filter": "(Alias -eq 'x'"},
        "Invalid filter syntax",
    ),
    "a filter on no property": (
        "Get-Mailbox",
        {"Filter": "Nope -eq 'x'"},
        '"Nope" is not a recognized filterable property.',
    ),
}


@pytest.mark.parametrize(("cmdlet", "parameters", "text"), UNBOUND.values(), ids=UNBOUND)
def test_what_does_not_bind_is_a_bad_request_without_details(client, cmdlet, parameters, text):
    """PowerShell's own words stand in the inner exception, and there are no details."""
    answer = client.invoke(cmdlet, parameters)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "BadRequest")
    assert "details" not in error
    assert text in error["innererror"]["internalexception"]["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"CmdletInput":{}}', b"\xff"])
def test_a_body_that_is_no_command_is_a_bad_request(client, body):
    """Nonsense is refused, never a server error."""
    url = f"{client.emulator.url}/adminapi/beta/{ORGANIZATION}/InvokeCommand"
    headers = {"Authorization": f"Bearer {client.bearer}"}
    assert client.session.post(url, data=body, headers=headers).status_code == 400


@pytest.mark.parametrize("token", ["x", "W10=", "WyJhIix7fSwtMSwxXQ==", "%FF"])
def test_a_damaged_next_link_is_a_bad_request(client, token):
    """A skip token that the server did not write is refused."""
    url = f"{client.emulator.url}/adminapi/beta/{ORGANIZATION}/InvokeCommand?$skiptoken={token}"
    assert client.invoke("Get-Mailbox", url=url).status_code == 400


def test_addresses_do_not_care_for_case(client):
    """`/AdminApi/v1.0/` and `/adminapi/beta/` lead to the same place."""
    url = f"{client.emulator.url}/AdminApi/V2.0/{ORGANIZATION.upper()}/invokecommand"
    answer = client.invoke("get-organizationconfig", url=url)
    assert answer.json()["value"][0]["Name"] == ORGANIZATION


def test_a_domain_that_is_not_there_is_not_found(client):
    """Get-AcceptedDomain -Identity finds one domain or none."""
    found = client.invoke("Get-AcceptedDomain", {"Identity": "CONTOSO.com"}).json()["value"]
    assert [row["DomainName"] for row in found] == ["contoso.com"]
    assert client.invoke("Get-AcceptedDomain", {"Identity": "x.com"}).status_code == 404


def test_the_banner_is_empty_and_other_addresses_are_not_there(client):
    """What a connecting client may ask besides is answered."""
    assert client.get("EXOBanner('AutogenSession')?Version=3.9.2").json() == {"value": []}
    url = f"{client.emulator.url}/adminapi/beta/{ORGANIZATION}/Nowhere"
    assert client.invoke("Get-Mailbox", url=url).status_code == 404


@pytest.mark.parametrize("value", [5, 5.5, True, [1], {"a": 1}, None])
def test_any_json_value_binds_or_is_refused(client, value):
    """No value of a parameter is a server error."""
    for name in ("Identity", "ResultSize", "RecipientTypeDetails", "Archive"):
        assert client.invoke("Get-Mailbox", {name: value}).status_code in {200, 400, 404}
