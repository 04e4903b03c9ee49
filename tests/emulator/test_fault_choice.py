"""A fault hits the requests that it is for, as often as it says."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from emulator.faults import Endpoint, Fault, Faults, Traits

TENANT = "11111111-1111-4111-8111-111111111111"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
TOKEN = Traits(method="POST", path=f"/{TENANT}/oauth2/v2.0/token", host="h", client_id="app")

PATHS = {
    "/common/discovery/instance": Endpoint.DISCOVERY,
    f"/{TENANT}/v2.0/.well-known/openid-configuration": Endpoint.DISCOVERY,
    f"/{TENANT}/discovery/v2.0/keys": Endpoint.JWKS,
    f"/{TENANT}/oauth2/token": Endpoint.TOKEN,
    "/metadata/identity/oauth2/token": Endpoint.IMDS,
    "/adminapi/beta/contoso.com/InvokeCommand": Endpoint.INVOKE,
    "/compliance/AdminApi/beta/contoso.com/$batch": Endpoint.BATCH,
    "/AdminApi/v1.0/contoso.com/EXOModuleFile": Endpoint.MODULE_FILE,
    "/adminapi/beta/contoso.com/Mailbox": Endpoint.RESOURCE,
    "/nowhere": Endpoint.OTHER,
}


@pytest.mark.parametrize(("path", "endpoint"), PATHS.items())
def test_an_endpoint_is_told_by_its_address(path, endpoint):
    """Every kind of address has its name."""
    assert Traits(method="GET", path=path).endpoint is endpoint


FITS = {
    "endpoint": ({"endpoint": "token"}, {"endpoint": "jwks"}),
    "method": ({"method": "POST"}, {"method": "GET"}),
    "host": ({"host": "H"}, {"host": "other"}),
    "tenant": ({"tenant": TENANT}, {"tenant": "contoso.com"}),
    "client id": ({"client_id": "APP"}, {"client_id": "other"}),
    "path": ({"path": "OAUTH2"}, {"path": "adminapi"}),
}


@pytest.mark.behaviour("control.fault.choice")
@pytest.mark.parametrize(("right", "wrong"), FITS.values(), ids=FITS)
def test_each_trait_chooses(right, wrong):
    """A request that differs in that trait alone is spared."""
    assert Fault(**right).fits(TOKEN)
    assert not Fault(**wrong).fits(TOKEN)


def hits(fault: Fault, count: int, *, clock=lambda: NOW) -> list[int]:
    """Return which of *count* requests a fault hits."""
    faults = Faults(clock)
    faults.add(fault)
    return [number for number in range(count) if faults.take(TOKEN)]


@pytest.mark.behaviour("control.fault.count")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"after": 2, "times": 2}, [2, 3]),
        ({"every": 3, "times": None}, [2, 5, 8]),
        ({"after": 1, "every": 2, "times": 2}, [2, 4]),
    ],
)
def test_requests_are_counted(changes, expected):
    """The first are spared, each n-th is hit, and a used-up fault hits no more."""
    assert hits(Fault(**changes), 10) == expected


@pytest.mark.behaviour("control.fault.probability")
def test_chance_falls_the_same_way_for_the_same_seed():
    """About the share is hit, and the same requests each time."""
    fault = Fault(probability=0.3, seed=5, times=None)
    first = hits(fault, 1_000)
    assert first == hits(fault, 1_000)
    assert 230 < len(first) < 370
    assert first != hits(Fault(probability=0.3, seed=6, times=None), 1_000)


@pytest.mark.behaviour("control.fault.window")
def test_a_fault_has_its_time():
    """It hits from its beginning to its end, by the emulator's clock."""
    now = [NOW]
    faults = Faults(lambda: now[0])
    faults.add(Fault(begins="10s", ends="20s", times=None))
    struck = []
    for second in range(0, 30, 5):
        now[0] = NOW + timedelta(seconds=second)
        struck.append(faults.take(TOKEN) is not None)
    assert struck == [False, False, True, True, False, False]


def test_many_threads_use_a_fault_up_exactly():
    """Five times is five times, however many ask at once."""
    faults, struck = Faults(), []
    faults.add(Fault(times=5))

    def ask() -> None:
        struck.extend(1 for _ in range(50) if faults.take(TOKEN))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(struck) == 5
    assert faults.waiting == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"begins": "5s", "ends": "5s"},
        {"bodySize": 5},
        {"hang": True, "status": 500},
        {"probability": 0},
    ],
    ids=str,
)
def test_a_fault_that_makes_no_sense_is_refused(wrong):
    """What could never do what it says is told at once."""
    with pytest.raises(ValueError, match=r"ends|bodySize|hang|probability"):
        Fault.model_validate(wrong)
