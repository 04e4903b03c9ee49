"""Who asks too much is told so with 429, and may come again when it says."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.clock import system_clock
from emulator.exchange.settings import Budget
from emulator.exchange.throttling import verdict
from emulator.testing import running, sample_world

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Later:
    """A clock that is ahead by as much as a test says."""

    def __init__(self):
        self.ahead = timedelta()

    def __call__(self):
        """Return the time of that moment."""
        return system_clock() + self.ahead


@pytest.mark.behaviour("exchange.throttling.budget", "exchange.throttling.headers")
def test_a_spent_budget_is_429_until_retry_after(client_of):
    """The body is plain text, the headers tell what is left, and Retry-After comes true."""
    clock = Later()
    limits = {"throttling": {"budget": {"requests": 3, "window": "20s"}}}
    with running(sample_world(exchange=limits), clock=clock) as emulator:
        client = client_of(emulator)
        answers = [client.invoke("Get-Mailbox", {"ResultSize": 1}) for _ in range(4)]
        assert [each.status_code for each in answers] == [200, 200, 200, 429]
        left = [each.headers["Rate-Limit-Remaining"] for each in answers]
        assert left == ["2", "1", "0", "0"]
        refused = answers[-1]
        assert refused.headers["Content-Type"].startswith("text/plain")
        assert refused.text.startswith("You have reached the maximum number of")
        assert refused.headers["Rate-Limit-Limit"] == "3"
        reset = datetime.fromisoformat(refused.headers["Rate-Limit-Reset"])
        wait = timedelta(seconds=int(refused.headers["Retry-After"]))
        assert timedelta() < reset - clock() <= wait <= timedelta(seconds=20)
        clock.ahead += wait
        assert client.invoke("Get-Mailbox", {"ResultSize": 1}).status_code == 200


@given(st.lists(st.floats(0, 30), min_size=1, max_size=60), st.integers(1, 5), st.integers(1, 20))
def test_never_more_than_the_budget_fits_and_waiting_helps(pauses, requests, window):
    """In each stretch no more fit than allowed; whoever waits as told is let in at once."""
    budget = Budget(requests=requests, window=window)
    now, spent, fitting = NOW, None, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        judged = verdict(budget, spent, now=now)
        spent = judged.spent
        fitting += [(spent.since, now)] if judged.fits else []
        if not judged.fits:
            later = now + timedelta(seconds=int(judged.headers["Retry-After"]))
            assert verdict(budget, spent, now=later).fits
    starts = [since for since, _ in fitting]
    assert all(starts.count(start) <= requests for start in starts)


@pytest.mark.behaviour("exchange.throttling.message-trace")
def test_a_cmdlet_has_its_own_budget(client_of):
    """What one cmdlet used up does not stop another; pages and failures count, too."""
    limits = {"throttling": {"cmdlets": {"Get-AcceptedDomain": {"requests": 2, "window": "5m"}}}}
    with running(sample_world(exchange=limits)) as emulator:
        client = client_of(emulator)
        found = [client.invoke("get-accepteddomain", {"Identity": n}) for n in ("x", "y", "z")]
        assert [each.status_code for each in found] == [404, 404, 429]
        assert client.invoke("Get-Mailbox", {"ResultSize": 1}).status_code == 200
    usual = sample_world().exchange.throttling
    assert usual.cmdlets["get-messagetracev2"] == Budget(requests=100, window="5m")
    assert usual.budget is usual.concurrent is None


@pytest.mark.behaviour("exchange.throttling.concurrency")
def test_too_many_at_once_are_429(client_of):
    """One running request fills the one place; when it has ended there is room again."""
    limits = {"throttling": {"concurrent": 1}}
    with running(sample_world(exchange=limits, latency="1s")) as emulator:
        client = client_of(emulator)
        client.bearer  # noqa: B018  # asked for before the race

        def ask(_):
            return client.invoke("Get-Mailbox", {"ResultSize": 1})

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(ask, range(4)))
        assert sorted(each.status_code for each in answers) == [200, 429, 429, 429]
        refused = next(each for each in answers if each.status_code == 429)
        assert refused.text == (
            "You have reached the maximum number of concurrent requests per tenant. Please wait "
            "and try again."
        )
        assert refused.headers["Retry-After"] == "1"
        assert ask(0).status_code == 200


@pytest.mark.behaviour("exchange.transient")
def test_transient_failures_go_away_when_sent_again(client_of):
    """Each third call fails before it does anything, in turn with what is set."""
    settings = {
        "transient": {"every": 3, "answers": ["503", "DCOverloadedException", "504", "500"]}
    }
    with running(sample_world(exchange=settings)) as emulator:
        client = client_of(emulator)
        answers = [client.invoke("Get-Mailbox", {"ResultSize": 1}) for _ in range(12)]
    assert [each.status_code for each in answers[2::3]] == [503, 500, 504, 500]
    assert {each.status_code for n, each in enumerate(answers, 1) if n % 3} == {200}
    assert answers[5].headers["X-ExceptionType"].endswith(".DCOverloadedException")
    fault = answers[11].json()["error"]
    assert (fault["code"], fault["message"]) == ("InternalServerError", "Internal server error")
    assert fault["innererror"]["internalexception"]["internalexception"]["message"]
