"""`$batch` carries up to ten requests, each with an answer of its own."""

import pytest

from emulator.testing import ORGANIZATION, TENANT_ID, running, sample_world


def batch(client, *requests, tenant=ORGANIZATION, **headers):
    """Send a batch."""
    url = f"{client.emulator.url}/adminapi/beta/{tenant}/$batch"
    usual = {"Authorization": f"Bearer {client.bearer}"}
    return client.session.post(url, json={"requests": list(requests)}, headers=usual | headers)


def member(name, cmdlet="Get-Mailbox", url="/InvokeCommand", headers=None, **parameters):
    """Return a request of a batch."""
    body = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}
    return {"id": name, "method": "POST", "url": url, "headers": headers or {}, "body": body}


def by_id(answer):
    """Return the responses by their ids."""
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in answer.json()["responses"]}


@pytest.mark.behaviour("exchange.batch.members")
def test_each_member_has_its_own_answer(client):
    """Ids, statuses, headers and bodies are the members' own; a bad one spoils no other."""
    found = by_id(
        batch(
            client,
            member("1", ResultSize=2),
            member("missing", Identity="nobody"),
            member("unknown", cmdlet="Get-Foo"),
            {"id": "odd", "method": "POST", "url": "/InvokeCommand", "body": "text"},
            {"id": "nowhere", "method": "POST", "url": "/Nowhere"},
            {"id": "method", "method": "DELETE", "url": "/InvokeCommand"},
            {"id": "headers", "url": "/InvokeCommand", "headers": {"a b": "x"}},
            {"id": "again", "url": "/$batch", "body": {"requests": []}},
            {"id": "url", "url": 5},
            member("last", cmdlet="Get-AcceptedDomain"),
        )
    )
    assert {name: each["status"] for name, each in found.items()} == {
        "1": 200,
        "missing": 404,
        "unknown": 400,
        "odd": 400,
        "nowhere": 404,
        "method": 405,
        "headers": 400,
        "again": 400,
        "url": 400,
        "last": 200,
    }
    assert len(found["1"]["body"]["value"]) == 2
    assert found["missing"]["body"]["error"]["message"] == "Error executing cmdlet"
    assert found["missing"]["headers"]["x-exceptiontype"].endswith("NotFoundException")
    assert found["1"]["headers"]["cmdlet-name"] == "Get-Mailbox"
    assert found["1"]["headers"]["request-id"] != found["last"]["headers"]["request-id"]


@pytest.mark.behaviour("exchange.batch.addresses")
@pytest.mark.parametrize(
    "url",
    [
        "/InvokeCommand",
        "InvokeCommand?$select=Alias",
        "https://outlook.office365.com/AdminApi/beta/{tenant}/InvokeCommand",
        "{base}/adminapi/v1.0/{tenant}/invokecommand",
    ],
)
def test_a_member_may_have_a_short_or_a_whole_address(client, url):
    """What follows the tenant is enough; a whole URL is read for its path."""
    address = url.format(base=client.emulator.url, tenant=TENANT_ID)
    found = by_id(batch(client, member("a", url=address, ResultSize=1)))
    assert (found["a"]["status"], len(found["a"]["body"]["value"])) == (200, 1)
    assert ("Guid" in found["a"]["body"]["value"][0]) == ("select" not in url)


def test_a_member_has_its_own_headers(client):
    """What it leaves out is the batch's, and its next link can be followed."""
    found = by_id(
        batch(
            client,
            member("three", headers={"Prefer": "odata.maxpagesize=3"}, ResultSize=5),
            member("all", ResultSize=5),
            member("token", headers={"Authorization": "Bearer x"}),
            Prefer="odata.maxpagesize=4",
        )
    )
    first = found["three"]["body"]
    assert [len(first["value"]), len(found["all"]["body"]["value"])] == [3, 4]
    following = client.invoke("Get-Mailbox", url=first["@odata.nextLink"]).json()
    assert len(following["value"]) == 2
    assert found["token"]["status"] == 401


def test_the_journal_tells_what_a_batch_ran(client_of):
    """One entry a batch, with each member's cmdlet, parameters and status by its id."""
    with running(sample_world(mailboxes=3)) as emulator:
        client = client_of(emulator)
        batch(client, member("a", ResultSize=1), member("b", cmdlet="Get-Label"))
        entry = list(emulator.journal)[-1]
    assert entry.path.endswith("/$batch")
    assert entry.parameters == {
        "a": {"cmdlet": "Get-Mailbox", "parameters": {"ResultSize": 1}, "status": 200},
        "b": {"cmdlet": "Get-Label", "parameters": {}, "status": 403},
    }


ADDRESSES = {
    "no URL": ("https://[", 400),
    "not this service": ("https://graph.microsoft.com/v1.0/users", 400),
    "not over TLS": ("http://outlook.office365.com/adminapi/beta/x/InvokeCommand", 400),
    "no text of a URL": ("/InvokeCommand?$select=ü", 400),
    "no tenant": ("https://outlook.office365.com/adminapi/beta", 404),
    "a tenant alone": (f"https://outlook.office365.com/adminapi/beta/{ORGANIZATION}", 200),
}


@pytest.mark.parametrize(("url", "status"), ADDRESSES.values(), ids=ADDRESSES)
def test_an_odd_address_is_refused_for_its_member_alone(client, url, status):
    """Whatever stands in `url`, the member beside it is answered."""
    odd = {"id": "odd", "method": "GET", "url": url}
    found = by_id(batch(client, odd, member("good", ResultSize=1)))
    assert {name: each["status"] for name, each in found.items()} == {"odd": status, "good": 200}


def test_what_is_no_json_is_text_in_a_batch(client_of):
    """A member that is throttled carries the plain text as its body, one without output nothing."""
    settings = {
        "empty_answers": "no-content",
        "throttling": {"cmdlets": {"Get-AcceptedDomain": {"requests": 1, "window": "5m"}}},
    }
    with running(sample_world(mailboxes=3, exchange=settings)) as emulator:
        found = by_id(
            batch(
                client_of(emulator),
                member("first", cmdlet="Get-AcceptedDomain"),
                member("second", cmdlet="Get-AcceptedDomain"),
                member("none", Filter="Alias -eq 'nobody'"),
            )
        )
    assert found["first"]["status"] == 200
    assert found["second"]["body"].startswith("You have reached the maximum number")
    assert found["second"]["headers"]["retry-after"]
    assert (found["none"]["status"], found["none"]["body"]) == (204, None)


def test_another_tenant_in_a_member_needs_its_own_token(client):
    """A whole address leads to no tenant that the token does not open."""
    url = "https://outlook.office365.com/adminapi/beta/fabrikam.onmicrosoft.com/InvokeCommand"
    assert by_id(batch(client, member("a", url=url)))["a"]["status"] == 401


def test_a_resource_can_be_read_in_a_batch(client):
    """The Get-EXO* resources answer there, too."""
    found = by_id(batch(client, {"id": "r", "method": "GET", "url": "/Mailbox?$top=3"}))
    assert len(found["r"]["body"]["value"]) == 3


REFUSED = {
    "more than ten": [member(str(number)) for number in range(11)],
    "none": [],
    "no id": [{"url": "/InvokeCommand"}],
    "the same id twice": [member("a"), member("a")],
    "no object": ["text"],
    "an id that is no text": [{"id": 5, "url": "/InvokeCommand"}],
}


@pytest.mark.behaviour("exchange.batch.limit")
@pytest.mark.parametrize("requests", REFUSED.values(), ids=REFUSED)
def test_a_batch_that_is_none_is_refused_whole(client, requests):
    """Nothing of it runs."""
    answer = batch(client, *requests)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


def test_ten_are_not_too_many(client):
    """The limit itself is allowed."""
    assert len(by_id(batch(client, *(member(str(n), ResultSize=1) for n in range(10))))) == 10
