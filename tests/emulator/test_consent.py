"""A change is asked about first, made once, and only where it may be made."""

import pytest

from emulator.clock import system_clock
from emulator.exchange.access import Caller
from emulator.exchange.calls import Call, Cmdlet
from emulator.exchange.changes import is_change, is_question, lookup_before
from emulator.exchange.cmdlets import CMDLETS
from emulator.exchange.endpoints import Hosted
from emulator.exchange.paging import Continuation
from emulator.exchange.parameters import Parameter
from emulator.exchange.service import Session, run
from emulator.tenant.estate import Estate
from emulator.testing import ORGANIZATION, TENANT_ID, running, sample_world


@pytest.fixture
def changing(client_of):
    """A client of an emulator that may be changed."""
    with running(sample_world(mailboxes=5)) as emulator:
        yield client_of(emulator)


def alias_of(client):
    """Return the first mailbox's alias."""
    return client.invoke("Get-Mailbox", {"ResultSize": 1}).json()["value"][0]["Alias"]


def name_of(client, alias):
    """Return the display name that a mailbox has now."""
    return client.invoke("Get-Mailbox", {"Identity": alias}).json()["value"][0]["DisplayName"]


@pytest.mark.behaviour("exchange.consent.asked", "exchange.consent.given")
def test_a_change_is_made_at_the_second_call_only(changing):
    """`Confirm: true` asks and changes nothing, `Confirm: false` changes."""
    alias = alias_of(changing)
    change, before = {"Identity": alias, "DisplayName": "Changed"}, name_of(changing, alias)
    asked = changing.invoke("Set-Mailbox", change | {"Confirm": True})
    assert asked.json()["@adminapi.confirmationmessage"]
    assert (asked.status_code, asked.json()["value"], name_of(changing, alias)) == (200, [], before)
    changing.invoke("Set-Mailbox", change | {"WhatIf": True})
    assert name_of(changing, alias) == before
    done = changing.invoke("Set-Mailbox", change | {"Confirm": False})
    assert "@adminapi.confirmationmessage" not in done.json()
    assert name_of(changing, alias) == "Changed"


WRONG = {
    "no such object": ({"Identity": "nobody", "DisplayName": "x"}, 404),
    "no such parameter": ({"Identity": "x", "Nope": 1}, 400),
    "a parameter missing": ({"DisplayName": "x"}, 400),
    "a value of another type": ({"Identity": "x", "DeliverToMailboxAndForward": "perhaps"}, 400),
}


@pytest.mark.behaviour("exchange.consent.errors")
@pytest.mark.parametrize(("parameters", "status"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_when_asked(client, parameters, status):
    """The question already binds and looks for the object."""
    for confirm in (True, False):
        answer = client.invoke("Set-Mailbox", parameters | {"Confirm": confirm})
        assert answer.status_code == status


def test_reading_is_no_question(client):
    """A Get- cmdlet runs whatever Confirm says."""
    assert client.invoke("Get-Mailbox", {"ResultSize": 1, "Confirm": True}).json()["value"]
    assert not is_question("Search-UnifiedAuditLog", {"Confirm": True})
    assert [is_change(name) for name in ("Get-X", "Test-X", "Set-X", "New-X")] == [
        False,
        False,
        True,
        True,
    ]


def test_a_new_object_is_not_looked_for():
    """New- finds nothing before, and neither does what no Get- cmdlet belongs to."""

    def cmdlet(name):
        parameters = (Parameter(name="Identity"), Parameter(name="Name"))
        return Cmdlet(name=name, parameters=parameters, run=lambda _: iter(()))

    given = {"Identity": "a", "Name": "b"}
    assert lookup_before(cmdlet("New-Mailbox"), given, CMDLETS) is None
    assert lookup_before(cmdlet("Set-Foo"), given, CMDLETS) is None
    found = lookup_before(cmdlet("Remove-Mailbox"), given, CMDLETS)
    assert found is not None
    assert (found.cmdlet.name, found.arguments) == ("Get-Mailbox", {"Identity": "a"})
    needs_more = lookup_before(cmdlet("Set-InboxRule"), {"Identity": "a"}, CMDLETS)
    assert needs_more is None


ANCHORS = {
    "none": ("", 403),
    "the module's": (f"UPN:OAuthUser@{TENANT_ID}", 403),
    "a system mailbox": (
        f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT_ID}",
        200,
    ),
    "a domain": (f"UPN:OAuthUser@{ORGANIZATION}", 200),
    "another tenant's system mailbox": ("APP:SystemMailbox{x}@fabrikam.com", 403),
}


@pytest.mark.behaviour("exchange.guid-organization.reads", "exchange.guid-organization.writes")
@pytest.mark.parametrize(("anchor", "status"), ANCHORS.values(), ids=ANCHORS)
def test_by_guid_alone_only_reading_works(changing, anchor, status):
    """A tenant's GUID in the address is enough to read; a change needs an anchor that leads on."""
    alias = alias_of(changing)
    url = f"{changing.emulator.url}/adminapi/beta/{TENANT_ID}/InvokeCommand"
    headers = {"X-AnchorMailbox": anchor} if anchor else {}
    read = changing.invoke("Get-Mailbox", {"Identity": alias}, url=url, headers=headers)
    assert read.status_code == 200
    change = {"Identity": alias, "DisplayName": "Changed"}
    written = changing.invoke("Set-Mailbox", change, url=url, headers=headers)
    assert written.status_code == status
    assert (name_of(changing, alias) == "Changed") == (status == 200)
    if status == 403:
        assert written.headers["X-ExceptionType"].endswith(".InsufficientPermissionsException")
        detail = written.json()["error"]["details"][0]["message"]
        assert "doesn't have write permission to target DC" in detail


@pytest.mark.behaviour("exchange.empty.list", "exchange.empty.no-content")
def test_no_output_is_an_empty_list_or_no_content(client_of):
    """Both are seen; the world says which."""
    for setting, status in (("list", 200), ("no-content", 204)):
        with running(sample_world(exchange={"empty_answers": setting})) as emulator:
            client = client_of(emulator)
            change = {"Identity": alias_of(client), "DisplayName": "Changed"}
            answer = client.invoke("Set-Mailbox", change)
            assert answer.status_code == status
            assert answer.content == b"" if status == 204 else answer.json()["value"] == []


@pytest.mark.behaviour("exchange.warnings.alone")
def test_warnings_can_be_all_there_is(client_of):
    """A change of nothing answers no rows, but a warning; then there is content in any case."""
    with running(sample_world(exchange={"empty_answers": "no-content"})) as emulator:
        client = client_of(emulator)
        alias = alias_of(client)
        answer = client.invoke("Set-Mailbox", {"Identity": alias})
    assert (answer.status_code, answer.json()["value"]) == (200, [])
    assert answer.json()["@adminapi.warnings"] == [
        f"The command completed successfully but no settings of '{alias}' have been modified."
    ]


@pytest.mark.behaviour("exchange.errors.beside-rows")
def test_errors_come_beside_the_rows(emulator):
    """A cmdlet that could do a part only puts out that part, its warnings and its errors."""

    def half(call):
        yield 0, {"Name": "done"}
        call.warnings.append("slow")
        call.errors.append("the rest failed")

    cmdlet = Cmdlet(name="Get-Half", parameters=(), run=half)
    tenant = emulator.world.tenant(TENANT_ID)
    session = Session(
        caller=Caller(client_id="", roles=frozenset()),
        tenant=tenant,
        estate=Estate(tenant),
        now=system_clock(),
        hosted=Hosted(cmdlets={"get-half": cmdlet}, allows=lambda *_: True),
    )
    command = Continuation(cmdlet="Get-Half", parameters={})
    ran = run(command, session, size=10, is_first=True)
    assert (ran.page.rows, ran.warnings, ran.errors) == (
        [{"Name": "done"}],
        ["slow"],
        ["the rest failed"],
    )


def test_a_call_collects_what_a_cmdlet_says_beside_its_rows():
    """Warnings and errors are the call's own, not shared."""
    first, second = Call(estate=None, arguments={}), Call(estate=None, arguments={})
    first.warnings.append("w")
    assert (first.warnings, second.warnings, second.errors) == (["w"], [], [])
