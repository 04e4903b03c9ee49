"""Every mailbox of a large tenant is seen exactly once, whatever happens to the token meanwhile."""

import time
from collections.abc import Callable, Iterable, Iterator

import pytest

from emulator.testing import Emulator, running, sample_world
from tests.restclient.answers import Answer
from tests.restclient.client import Client
from tests.restclient.conftest import MAILBOXES, Hands, server_of

LARGE = 100_000
ENOUGH = "There are more results available than are currently displayed."

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def large() -> Iterator[Emulator]:
    """A tenant of 100,000 mailboxes."""
    with running(sample_world(mailboxes=LARGE)) as found:
        yield found


def _addresses(pages: Iterable[Answer]) -> list[object]:
    return [row["PrimarySmtpAddress"] for page in pages for row in page.rows]


def test_a_cmdlet_pages_through_all(large: Emulator) -> None:
    """A hundred pages by POST have each of 100,000 mailboxes once, and only what was selected."""
    client = server_of(large).client()
    pages = client.answers(
        "Get-Mailbox", {"ResultSize": "Unlimited"}, select=("PrimarySmtpAddress",)
    )
    sizes, seen = [], set()
    for page in pages:
        sizes.append(len(page.rows))
        seen |= {row["PrimarySmtpAddress"] for row in page.rows}
        assert all(len(row) == 1 for row in page.rows)
        assert not page.warnings
    assert (sizes, len(seen)) == ([1000] * 100, LARGE)


def test_a_resource_pages_through_all(large: Emulator) -> None:
    """A hundred pages by GET have each of 100,000 mailboxes once."""
    client = server_of(large).client()
    options = {"PropertySet": "Minimum"}
    found = _addresses(client.resource("Mailbox", options, page=1000))
    assert (len(found), len(set(found))) == (LARGE, LARGE)


def test_both_ways_see_the_same_mailboxes(client: Client) -> None:
    """A cmdlet by POST, a cmdlet by GET and a resource tell the same addresses."""
    ways = (
        client.answers("Get-Mailbox", {"ResultSize": "Unlimited"}, page=100),
        client.answers("Get-Mailbox", {"ResultSize": "Unlimited"}, page=70, following="GET"),
        client.resource("Mailbox"),
    )
    first, second, third = (_addresses(way) for way in ways)
    assert len(first) == MAILBOXES
    assert sorted(map(str, first)) == sorted(map(str, second)) == sorted(map(str, third))


@pytest.mark.parametrize(
    ("wanted", "page", "sizes"),
    [
        pytest.param(None, 100, [100], id="as much as a page without a ResultSize"),
        pytest.param(30, 100, [30], id="less than a page"),
        pytest.param(100, 100, [100], id="a page"),
        pytest.param(150, 100, [100, 50], id="a page and a half"),
        pytest.param(MAILBOXES, 100, [100, 100, 50], id="all there are"),
        pytest.param(1000, 100, [100, 100, 50], id="more than there are"),
        pytest.param("Unlimited", 100, [100, 100, 50], id="unlimited"),
        pytest.param("Unlimited", 125, [125, 125], id="unlimited, and the last page is full"),
    ],
)
def test_result_size_ends_early(
    client: Client, wanted: object, page: int, sizes: list[int]
) -> None:
    """No page has more rows than are still wanted, and none is asked for in vain."""
    parameters = {} if wanted is None else {"ResultSize": wanted}
    found = [len(each.rows) for each in client.answers("Get-Mailbox", parameters, page=page)]
    assert found == sizes


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        pytest.param(150, True, id="fewer than there are"),
        pytest.param(MAILBOXES, False, id="all there are"),
        pytest.param("Unlimited", False, id="unlimited"),
    ],
)
def test_a_warning_tells_of_more(client: Client, wanted: object, told: bool) -> None:  # noqa: FBT001 - a column of the table
    """A limit that cut the answer off is told once, with the last page."""
    pages = list(client.answers("Get-Mailbox", {"ResultSize": wanted}, page=100))
    warnings = [text for page in pages for text in page.warnings]
    assert [text.startswith(ENOUGH) for text in warnings] == [True] * told


def test_the_pages_of_a_selection_have_the_selection(client: Client) -> None:
    """The next link remembers `$select`, though the body does not."""
    pages = client.answers(
        "Get-Mailbox", {"ResultSize": "Unlimited"}, page=100, select=("Alias", "DisplayName")
    )
    assert {tuple(row) for page in pages for row in page.rows} == {("Alias", "DisplayName")}


def test_the_pages_of_a_filter_have_the_filter(client: Client) -> None:
    """The next link goes on with the rows that the filter lets through."""
    parameters = {"ResultSize": "Unlimited", "Filter": "RecipientTypeDetails -eq 'SharedMailbox'"}
    pages = list(client.answers("Get-Mailbox", parameters, page=4))
    kinds = [row["RecipientTypeDetails"] for page in pages for row in page.rows]
    assert len(pages) > 2
    assert kinds == ["SharedMailbox"] * len(kinds)


def test_a_resource_has_a_hundred_rows_a_page(client: Client) -> None:
    """A resource gives 100 rows where nobody asks for another size."""
    assert [len(page.rows) for page in client.resource("Mailbox")] == [100, 100, 50]
    assert [len(page.rows) for page in client.resource("Mailbox", page=200)] == [200, 50]


def test_a_page_has_a_thousand_rows_at_most(large: Emulator) -> None:
    """`odata.maxpagesize` over 1000 is no way around it."""
    client = server_of(large).client()
    answer = next(
        client.answers("Get-Mailbox", {"ResultSize": "Unlimited"}, page=5000, select=("Alias",))
    )
    assert len(answer.rows) == 1000
    assert answer.next_link


@pytest.mark.parametrize("way", ["cmdlet by POST", "cmdlet by GET", "resource"])
def test_a_token_renewed_in_time_loses_nothing(way: str) -> None:
    """Tokens of eight seconds and pages five seconds apart: each page has a token that lives."""
    hands, waits = Hands(), []
    with running(sample_world(mailboxes=MAILBOXES, tokenLifetime="8s"), clock=hands) as emulator:
        client = server_of(emulator, hands).client(wait=waits.append)
        seen = []
        for page in _walk(client, way):
            seen += [row["PrimarySmtpAddress"] for row in page.rows]
            hands.forward(5)
        assert (len(seen), len(set(seen))) == (MAILBOXES, MAILBOXES)
        assert (waits, client.connection.tokens.asked) == ([], 5)


def test_a_token_that_died_unnoticed_is_replaced() -> None:
    """A client whose clock stands still hears 401, waits two seconds, and goes on where it was."""
    hands, still, waits = Hands(), Hands(), []
    with running(sample_world(mailboxes=MAILBOXES, tokenLifetime="60s"), clock=hands) as emulator:
        client = server_of(emulator, still).client(wait=waits.append)
        seen = []
        for number, page in enumerate(_walk(client, "cmdlet by POST")):
            seen += [row["PrimarySmtpAddress"] for row in page.rows]
            if number == 2:
                hands.forward(61)
        assert (len(seen), len(set(seen))) == (MAILBOXES, MAILBOXES)
        assert (waits, client.connection.tokens.asked) == ([2.0], 2)


def test_tokens_that_really_die_lose_nothing() -> None:
    """On the real clock: each page is asked for when the token of the page before is dead."""
    with running(sample_world(mailboxes=MAILBOXES, tokenLifetime="2s")) as emulator:
        client, waits = server_of(emulator).client(), []
        client.connection.wait = waits.append
        tokens, seen = client.connection.tokens, []
        for page in client.answers("Get-Mailbox", {"ResultSize": "Unlimited"}, page=100):
            seen += [row["PrimarySmtpAddress"] for row in page.rows]
            _until(lambda: tokens.is_dead)
        assert (len(set(seen)), tokens.asked, waits) == (MAILBOXES, 3, [])


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _walk(client: Client, way: str) -> Iterator[Answer]:
    if way == "resource":
        return client.resource("Mailbox", page=50)
    following = "GET" if way.endswith("GET") else "POST"
    return client.answers("Get-Mailbox", {"ResultSize": "Unlimited"}, page=50, following=following)
