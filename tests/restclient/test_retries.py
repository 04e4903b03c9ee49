"""What is asked again, after how long, and what is not."""

import pytest
from requests.structures import CaseInsensitiveDict

from emulator.testing import Emulator, Fault
from tests.restclient.client import Client
from tests.restclient.failures import ExchangeError
from tests.restclient.retries import pause_after

BODY = '{"error":{"code":"ServiceUnavailable","message":"Busy"}}'


@pytest.mark.parametrize(
    ("status", "type_name", "after", "pauses"),
    [
        pytest.param(401, "", "", [2, 4, 8, 16, 32, None], id="token refused"),
        pytest.param(503, "", "", [2, 4, 8, 16, 32, None], id="unavailable"),
        pytest.param(504, "", "", [2, 4, 8, 16, 32, None], id="gateway timeout"),
        pytest.param(429, "", "", [2, 4, 8, 16, 32, None], id="throttled"),
        pytest.param(429, "", "7", [7, 7, 7, 7, 7, None], id="throttled, with a time"),
        pytest.param(503, "", "7", [2], id="a time is heard with 429 only"),
        pytest.param(400, "A.DCOverloadedException", "", [2, 4], id="domain controller overloaded"),
        pytest.param(400, "A.StorageTransientException", "", [2], id="storage"),
        pytest.param(400, "A.OtherException", "", [None], id="another exception"),
        pytest.param(404, "", "", [None], id="not found"),
        pytest.param(500, "", "", [2, 4, None], id="server fault"),
    ],
)
def test_the_pause_after_a_try(
    status: int, type_name: str, after: str, pauses: list[float | None]
) -> None:
    """Two to the power of the try, six tries in all, or what the service asks for."""
    headers = CaseInsensitiveDict({"Retry-After": after} if after else {})
    found = [
        pause_after(tries, status=status, type_name=type_name, headers=headers, body=b"{}")
        for tries, _ in enumerate(pauses, start=1)
    ]
    assert found == pauses


def test_an_empty_answer_is_not_asked_again() -> None:
    """Without a body there is nothing to tell it from a wrong address."""
    nothing = CaseInsensitiveDict[str]()
    assert pause_after(1, status=401, type_name="", headers=nothing, body=b"") is None


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        pytest.param({"status": 503, "body": BODY, "times": 2}, [2, 4], id="unavailable twice"),
        pytest.param(
            {"status": 429, "body": "Please wait.", "headers": {"Retry-After": "7"}, "times": 3},
            [7, 7, 7],
            id="throttled three times",
        ),
        pytest.param({"status": 504, "body": BODY, "times": 5}, [2, 4, 8, 16, 32], id="five times"),
    ],
)
def test_paging_survives(
    emulator: Emulator,
    client: Client,
    waits: list[float],
    fault: dict[str, object],
    waited: list[float],
) -> None:
    """A page that failed for a while is asked for again, and none is seen twice."""
    seen = []
    for number, page in enumerate(
        client.answers("Get-Mailbox", {"ResultSize": "Unlimited"}, page=100)
    ):
        seen += [row["Guid"] for row in page.rows]
        if number == 0:
            emulator.faults.add(Fault(cmdlet="Get-Mailbox", **fault))  # type: ignore[arg-type]
    assert (waits, len(seen), len(set(seen))) == (waited, 250, 250)


def test_six_tries_are_the_end(emulator: Emulator, client: Client, waits: list[float]) -> None:
    """The last failure is told."""
    emulator.faults.add(Fault(cmdlet="Get-Mailbox", status=503, body=BODY, times=6))
    with pytest.raises(ExchangeError) as caught:
        client.invoke("Get-Mailbox")
    assert (caught.value.status, caught.value.text, sum(waits)) == (503, "Busy", 62)
