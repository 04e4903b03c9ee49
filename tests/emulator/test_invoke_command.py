"""InvokeCommand runs cmdlets, page by page, and says what is wrong as Exchange does."""

import pytest

from emulator.exchange.paging import MORE_RESULTS
from emulator.testing import ORGANIZATION, running, sample_world


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


def test_the_result_size_ends_the_output_with_a_warning(client):
    """ResultSize counts over pages, and the last page says that there is more."""
    found = pages(client, "Get-Mailbox", {"ResultSize": 25}, size=10)
    assert [len(page["value"]) for page in found] == [10, 10, 5]
    assert [page["@adminapi.warnings"] for page in found] == [[], [], [MORE_RESULTS]]


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


IDENTITIES = [
    "Identity",
    "Guid",
    "ExchangeGuid",
    "ExternalDirectoryObjectId",
    "Alias",
    "PrimarySmtpAddress",
    "UserPrincipalName",
    "DistinguishedName",
]


@pytest.mark.parametrize("name", IDENTITIES)
def test_a_mailbox_is_found_by_every_identity(client, name):
    """Whatever of a mailbox identifies it in Exchange leads back to it."""
    for row in client.invoke("Get-Mailbox", {"ResultSize": 9}).json()["value"]:
        found = client.invoke("Get-Mailbox", {"Identity": str(row[name]).upper()}).json()["value"]
        assert [each["Guid"] for each in found] == [row["Guid"]]


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
        {"Filter": "(Alias -eq 'x')"},
        "Invalid filter syntax",
    ),
    "a filter on no property": ("Get-Mailbox", {"Filter": "Nope -eq 'x'"}, "Invalid filter syntax"),
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


def test_a_change_can_be_read_back(client_of):
    """Set-Mailbox changes what Get-Mailbox shows, and `$null` clears it again."""
    with running(sample_world()) as emulator:
        client = client_of(emulator)
        alias = client.invoke("Get-Mailbox", {"ResultSize": 1}).json()["value"][0]["Alias"]

        def forwarding():
            row = client.invoke("Get-Mailbox", {"Identity": alias}).json()["value"][0]
            return row["ForwardingSmtpAddress"], row["DeliverToMailboxAndForward"]

        setting = {"Identity": alias, "DeliverToMailboxAndForward": True}
        address = {"ForwardingSmtpAddress": "backup@fabrikam.example"}
        assert client.invoke("Set-Mailbox", setting | address).json()["value"] == []
        assert forwarding() == ("smtp:backup@fabrikam.example", True)
        client.invoke("Set-Mailbox", setting | {"ForwardingSmtpAddress": None})
        assert forwarding() == (None, True)


def test_a_validation_call_changes_nothing(client_of):
    """`Confirm` asks what to ask; only the second call acts."""
    with running(sample_world()) as emulator:
        client = client_of(emulator)
        alias = client.invoke("Get-Mailbox", {"ResultSize": 1}).json()["value"][0]["Alias"]
        change = {"Identity": alias, "DisplayName": "Changed", "Confirm": True}
        asked = client.invoke("Set-Mailbox", change).json()
        before = client.invoke("Get-Mailbox", {"Identity": alias}).json()["value"][0]
        client.invoke("Set-Mailbox", change | {"Confirm": False})
        after = client.invoke("Get-Mailbox", {"Identity": "Changed"}).json()["value"][0]
    assert asked["@adminapi.confirmationmessage"]
    assert before["DisplayName"] != "Changed"
    assert after["Alias"] == alias


def test_statistics_show_sizes_as_text(client):
    """Get-MailboxStatistics writes sizes as Exchange prints them."""
    rows = client.invoke("Get-Mailbox", {"ResultSize": 10}).json()["value"]
    for row in rows:
        answer = client.invoke("Get-MailboxStatistics", {"Identity": row["Alias"]}).json()
        (statistics,) = answer["value"]
        assert statistics["MailboxGuid"] == row["ExchangeGuid"]
        assert statistics["TotalItemSize"].endswith(" bytes)")


def test_rules_permissions_and_domains_are_there_to_be_reported(client):
    """Among 120 mailboxes some have rules that forward, delegates and senders."""
    rows = client.invoke("Get-Mailbox", {"ResultSize": "Unlimited"}).json()["value"]

    def outputs(cmdlet, parameter):
        for row in rows:
            yield from client.invoke(cmdlet, {parameter: row["PrimarySmtpAddress"]}).json()["value"]

    rules = list(outputs("Get-InboxRule", "Mailbox"))
    assert any(rule["ForwardTo"] or rule["RedirectTo"] for rule in rules)
    own = "NT AUTHORITY\\SELF"
    trustees = {each["User"] for each in outputs("Get-MailboxPermission", "Identity")}
    assert own in trustees
    assert len(trustees) > 3
    senders = client.invoke("Get-RecipientPermission", {"ResultSize": "Unlimited"}).json()["value"]
    assert len(senders) > len(rows)
    domains = client.invoke("Get-AcceptedDomain").json()["value"]
    assert [each["DomainName"] for each in domains] == ["contoso.onmicrosoft.com", "contoso.com"]


def test_permissions_of_all_recipients_come_once_each_over_pages(client):
    """Without an identity, every recipient's entries are listed, and pages do not matter."""
    parameters = {"ResultSize": "Unlimited"}
    whole = client.invoke("Get-RecipientPermission", parameters).json()["value"]
    paged = pages(client, "Get-RecipientPermission", parameters, size=7)
    assert [row for page in paged for row in page["value"]] == whole
    assert len({row["Identity"] for row in whole}) == 120


CHOICES = {
    "by the beginning of a name": ({"Anr": "team-"}, lambda row: row["Alias"].startswith("team-")),
    "by a filter": (
        {"Filter": "ForwardingSmtpAddress -ne $null"},
        lambda row: row["ForwardingSmtpAddress"] is not None,
    ),
    "by a kind": (
        {"RecipientTypeDetails": "roommailbox"},
        lambda row: row["RecipientTypeDetails"] == "RoomMailbox",
    ),
    "the soft-deleted": ({"SoftDeletedMailbox": True}, lambda _: False),
    "the archives": ({"Archive": {"IsPresent": True}}, lambda _: False),
}


@pytest.mark.parametrize(("parameters", "fits"), CHOICES.values(), ids=CHOICES)
def test_get_mailbox_chooses(client, parameters, fits):
    """Exactly the mailboxes that fit come, each once."""
    everything = client.invoke("Get-Mailbox", {"ResultSize": "Unlimited"}).json()["value"]
    chosen = client.invoke("Get-Mailbox", {"ResultSize": "Unlimited"} | parameters).json()["value"]
    assert chosen == [row for row in everything if fits(row)]


def test_one_rule_is_found_by_its_name(client):
    """Get-InboxRule -Identity chooses among a mailbox's rules."""
    rows = client.invoke("Get-Mailbox", {"ResultSize": "Unlimited"}).json()["value"]
    mailbox, rule = next(
        (row["Alias"], found[-1])
        for row in rows
        if (found := client.invoke("Get-InboxRule", {"Mailbox": row["Alias"]}).json()["value"])
    )
    for name in ("Name", "Identity", "RuleIdentity"):
        parameters = {"Mailbox": mailbox, "Identity": str(rule[name])}
        assert rule in client.invoke("Get-InboxRule", parameters).json()["value"]
    nothing = client.invoke("Get-InboxRule", {"Mailbox": mailbox, "Identity": "Nope"}).json()
    assert nothing["value"] == []


def test_a_mailbox_may_forward_to_another(client_of):
    """ForwardingAddress takes any identity of a mailbox that exists, and no other."""
    with running(sample_world()) as emulator:
        client = client_of(emulator)
        first, second = client.invoke("Get-Mailbox", {"ResultSize": 2}).json()["value"]
        target = {"Identity": first["Alias"], "ForwardingAddress": second["Guid"]}
        hiding = {"HiddenFromAddressListsEnabled": True}
        assert client.invoke("Set-Mailbox", target | hiding).status_code == 200
        changed = client.invoke("Get-Mailbox", {"Identity": first["Guid"]}).json()["value"][0]
        wrong = client.invoke("Set-Mailbox", target | {"ForwardingAddress": "nobody"})
        worse = client.invoke(
            "Set-Mailbox", {"Identity": first["Alias"], "ForwardingSmtpAddress": "no-address"}
        )
    assert changed["ForwardingAddress"] == second["Alias"]
    assert changed["HiddenFromAddressListsEnabled"] is True
    assert (wrong.status_code, worse.status_code) == (404, 400)


def test_a_domain_that_is_not_there_is_not_found(client):
    """Get-AcceptedDomain -Identity finds one domain or none."""
    found = client.invoke("Get-AcceptedDomain", {"Identity": "CONTOSO.com"}).json()["value"]
    assert [row["DomainName"] for row in found] == ["contoso.com"]
    assert client.invoke("Get-AcceptedDomain", {"Identity": "x.com"}).status_code == 404


def test_the_banner_is_empty_and_other_addresses_are_not_there(client):
    """What a connecting client may ask besides is answered."""
    assert client.get("EXOBanner('AutogenSession')?Version=3.9.2").json() == {"value": []}
    url = f"{client.emulator.url}/adminapi/beta/{ORGANIZATION}/$batch"
    assert client.invoke("Get-Mailbox", url=url).status_code == 404


@pytest.mark.parametrize("value", [5, 5.5, True, [1], {"a": 1}, None])
def test_any_json_value_binds_or_is_refused(client, value):
    """No value of a parameter is a server error."""
    for name in ("Identity", "ResultSize", "RecipientTypeDetails", "Archive"):
        assert client.invoke("Get-Mailbox", {name: value}).status_code in {200, 400, 404}
