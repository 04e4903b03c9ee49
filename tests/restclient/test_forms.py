"""The other forms of an answer: CLIXML, batches, details as JSON, no content."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from emulator.testing import Emulator, running, sample_world
from tests.restclient.answers import Answer
from tests.restclient.client import Client
from tests.restclient.clixml import properties_of
from tests.restclient.conftest import Hands, server_of
from tests.restclient.failures import ExchangeError

NOBODY = "nobody@contoso.onmicrosoft.com"


@contextmanager
def _exchange(now: Hands | None = None, **settings: object) -> Iterator[Emulator]:
    world = sample_world(mailboxes=20, exchange=settings)
    with running(world, **({"clock": now} if now else {})) as found:  # type: ignore[arg-type]
        yield found


def _refusal(client: Client, cmdlet: str, **parameters: object) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        client.invoke(cmdlet, parameters)
    return caught.value


def _clixml(answer: Answer) -> list[dict[str, object]]:
    return [properties_of(str(row["_clixml"])) for row in answer.rows]


@pytest.mark.parametrize(
    "cmdlet",
    ["Get-Mailbox", "Get-MailboxStatistics", "Get-MailboxPermission", "Get-AcceptedDomain"],
)
def test_clixml_tells_what_json_tells(client: Client, mailbox: str, cmdlet: str) -> None:
    """Both forms have the same properties with the same values."""
    given = {} if cmdlet == "Get-AcceptedDomain" else {"Identity": mailbox}
    (plain,) = client.answers(cmdlet, given)
    (rich,) = client.answers(cmdlet, given, form="clixml")
    assert _clixml(rich) == list(plain.rows) != []


def test_clixml_keeps_every_character(client: Client, mailbox: str) -> None:
    """Control characters, escapes, markup and characters of four bytes come back whole."""
    name = "a<b>&\"'_x000A_ \t Zoë 李 😀"
    client.invoke("Set-Mailbox", {"Identity": mailbox, "DisplayName": name})
    answer = next(client.answers("Get-Mailbox", {"Identity": mailbox}, form="clixml"))
    (found,) = _clixml(answer)
    assert found["DisplayName"] == name


def test_clixml_is_paged_and_selected(client: Client) -> None:
    """Pages and `$select` hold in this form too."""
    pages = client.answers(
        "Get-Mailbox", {"ResultSize": "Unlimited"}, page=100, form="clixml", select=("Alias",)
    )
    rows = [row for page in pages for row in _clixml(page)]
    assert len({row["Alias"] for row in rows}) == len(rows) == 250
    assert {tuple(row) for row in rows} == {("Alias",)}


def test_a_failure_is_json_in_every_form(client: Client) -> None:
    """The error of a cmdlet that was to answer in CLIXML is read as any other."""
    with pytest.raises(ExchangeError, match=r"^Ex6F9304\|"):
        next(client.answers("Get-Mailbox", {"Identity": NOBODY}, form="clixml"))


def test_a_batch_answers_each(client: Client, mailbox: str) -> None:
    """Good and bad members each have their own status and body."""
    good, bad, listed = client.batch(
        [
            ("Get-Mailbox", {"Identity": mailbox}),
            ("Get-Mailbox", {"Identity": NOBODY}),
            ("Get-AcceptedDomain", {}),
        ]
    )
    assert [each["status"] for each in (good, bad, listed)] == [200, 404, 200]
    assert good["body"]["value"][0]["PrimarySmtpAddress"] == mailbox  # type: ignore[index]
    assert bad["body"]["error"]["details"][0]["message"].startswith("Ex6F9304|")  # type: ignore[index]


def test_a_batch_has_ten_members_at_most(client: Client) -> None:
    """Ten are answered, eleven are refused as a whole."""
    assert len(client.batch([("Get-AcceptedDomain", {})] * 10)) == 10
    with pytest.raises(ExchangeError) as caught:
        client.batch([("Get-AcceptedDomain", {})] * 11)
    assert caught.value.status == 400


def test_a_batch_member_changes_and_is_seen(client: Client, mailbox: str) -> None:
    """A change in a batch is a change."""
    (done,) = client.batch([("Set-Mailbox", {"Identity": mailbox, "DisplayName": "Batched"})])
    (row,) = client.invoke("Get-Mailbox", {"Identity": mailbox})
    assert (done["status"] in {200, 204}, row["DisplayName"]) == (True, "Batched")


def test_a_batch_member_goes_on_by_its_next_link(client: Client) -> None:
    """A member's next link is followed as any other."""
    (first,) = client.batch([("Get-Mailbox", {"ResultSize": "Unlimited"})])
    body = first["body"]
    assert isinstance(body, dict)
    seen = [row["Guid"] for row in body["value"]]
    if "@odata.nextLink" in body:
        for page in client.connection.pages("GET", body["@odata.nextLink"], {}):
            seen += [row["Guid"] for row in (page or {})["value"]]  # type: ignore[attr-defined]
    assert len(set(seen)) == len(seen) == 250


@pytest.mark.behaviour("exchange.failure.json-code")
def test_details_can_be_json(waits: list[float]) -> None:
    """A detail in the other form gives the same code, type and text as the pipes."""
    with _exchange(errorDetails="json") as changed, _exchange() as usual:
        ways = [server_of(each).client(wait=waits.append) for each in (changed, usual)]
        json_form, pipes = (_refusal(each, "Get-Mailbox", Identity=NOBODY) for each in ways)
    assert json.loads(json_form.body)["error"]["details"][0]["message"].startswith("{")
    assert (json_form.type, json_form.text) == (pipes.type, pipes.text)
    assert str(json_form) == str(pipes)


def test_an_empty_answer_can_have_no_content() -> None:
    """204 is as good as an empty list."""
    with _exchange(emptyAnswers="no-content") as emulator:
        client = server_of(emulator).client()
        (answer,) = client.answers("Get-Mailbox", {"Filter": "Alias -eq 'nobody-at-all'"})
        assert (answer.rows, answer.raw) == ((), {})
