"""Limits, faults that pass, tenants that live elsewhere, and the second service."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from emulator.testing import Emulator, running, sample_world
from tests.restclient.client import Client
from tests.restclient.conftest import Hands, server_of, world_of
from tests.restclient.failures import ExchangeError
from tests.restclient.server import Server

COMPLIANCE = "https://ps.compliance.protection.outlook.com/.default"
FRONT_DOOR = "ps.compliance.protection.outlook.com"
REGION = "eur02b.ps.compliance.protection.outlook.com"


@contextmanager
def _exchange(now: Hands | None = None, **settings: object) -> Iterator[Emulator]:
    world = sample_world(mailboxes=20, exchange=settings)
    with running(world, **({"clock": now} if now else {})) as found:  # type: ignore[arg-type]
        yield found


def _refusal(client: Client, cmdlet: str, **parameters: object) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        client.invoke(cmdlet, parameters)
    return caught.value


def test_a_budget_is_told_and_comes_back() -> None:
    """429 says in plain text, when to come again, and the client that waits so long gets on."""
    hands, waits = Hands(), []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        hands.forward(seconds)

    budget = {"requests": 3, "window": "30s"}
    with _exchange(hands, throttling={"budget": budget}) as emulator:
        client = server_of(emulator, hands).client(wait=wait)
        for _ in range(7):
            client.invoke("Get-AcceptedDomain")
    assert len(waits) == 2
    assert all(0 < each <= 30 for each in waits)


def test_a_limit_is_told_in_headers(waits: list[float]) -> None:
    """Limit, what is left of it, and the moment of its return, with a text to read."""
    hands = Hands()
    with _exchange(hands, throttling={"budget": {"requests": 1, "window": "30s"}}) as emulator:
        client = server_of(emulator, hands).client(wait=waits.append)
        client.invoke("Get-AcceptedDomain")
        refusal = _refusal(client, "Get-AcceptedDomain")
    headers = refusal.headers
    assert (refusal.status, headers["Rate-Limit-Limit"], headers["Rate-Limit-Remaining"]) == (
        429,
        "1",
        "0",
    )
    reset = datetime.fromisoformat(headers["Rate-Limit-Reset"])
    assert timedelta() < reset - hands() <= timedelta(seconds=30)
    assert refusal.text.startswith("You have reached the maximum number of ")
    assert waits == [float(headers["Retry-After"])] * 5


@pytest.mark.parametrize(
    "answer",
    [
        "503",
        "504",
        "500",
        "DCOverloadedException",
        "SuitabilityDirectoryException",
        "ServerInMMException",
        "ADServerSettingsChangedException",
        "StorageTransientException",
    ],
)
def test_a_fault_that_passes_is_survived(answer: str) -> None:
    """Every second request fails, and all mailboxes are seen once."""
    waits: list[float] = []
    with _exchange(transient={"every": 2, "answers": [answer]}) as emulator:
        client = server_of(emulator).client(wait=waits.append)
        pages = client.answers("Get-Mailbox", {"ResultSize": "Unlimited"}, page=4)
        seen = [row["Guid"] for page in pages for row in page.rows]
    assert len(set(seen)) == len(seen) == 20
    assert set(waits) == {2.0}


def test_a_tenant_can_live_elsewhere() -> None:
    """The connecting call is redirected, and what follows stays where it led."""
    world = sample_world(mailboxes=20)
    (tenant,) = world.tenants
    moved = world.model_copy(
        update={"tenants": (tenant.model_copy(update={"routing": "by-host"}),)}
    )
    with running(moved) as emulator:
        client = server_of(emulator).client()
        client.connection.hosts = frozenset({"localhost"})
        assert "Get-Mailbox" in client.cmdlets()
        assert client.connection.origin != emulator.url
        pages = client.answers("Get-Mailbox", {"ResultSize": "Unlimited"}, page=6)
        assert [len(page.rows) for page in pages] == [6, 6, 6, 2]


def test_a_cmdlet_of_the_other_service_is_refused_with_nulls(client: Client) -> None:
    """Exchange answers 403 and null bytes for what only compliance hosts."""
    found = _refusal(client, "Get-DlpCompliancePolicy")
    assert (found.status, set(found.body)) == (403, {0})


def test_a_compliance_token_is_no_exchange_token(server: Server, waits: list[float]) -> None:
    """Each service wants its own token."""
    found = _refusal(server.client(scope=COMPLIANCE, wait=waits.append), "Get-Mailbox")
    assert found.status == 401


def test_compliance_answers_at_its_own_host() -> None:
    """With its token and a role of its own it has its cmdlets, and refuses Exchange's as JSON."""
    with running(world_of(directory_roles=("Compliance Administrator",))) as emulator:
        client = server_of(emulator).client(scope=COMPLIANCE, wait=lambda _: None)
        client.connection.tokens.current()  # Entra is asked by its own name
        client.connection.session.headers["Host"] = REGION
        client.connection.hosts = frozenset({REGION})
        assert "Get-DlpCompliancePolicy" in client.cmdlets()
        assert isinstance(client.invoke("Get-DlpCompliancePolicy"), list)
        refusal = _refusal(client, "Get-Mailbox")
        assert refusal.status == 403
        assert refusal.text


def test_compliance_has_a_front_door(server: Server) -> None:
    """The front door sends a client to its region."""
    client = server.client(scope=COMPLIANCE)
    connection = client.connection
    answer = connection.session.get(
        f"{connection.api}/EXOModuleFile?Version=3.9.2",
        headers={"Host": FRONT_DOOR, "Authorization": f"Bearer {connection.tokens.current()}"},
        allow_redirects=False,
    )
    assert answer.status_code in {301, 302, 307, 308}
    assert answer.headers["Location"].startswith("https://")
    assert ".admin.protection.outlook.com:446/" in answer.headers["Location"]
