"""How long a reset of the emulator takes, and how many tokens a second it gives."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests

from emulator.testing import CLIENT_ID, TENANT_ID, Emulator, Fault, running, sample_world
from tests.bench.conftest import seconds_of, spread

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

ROUNDS = 20
TOKENS = 5
CONNECTIONS, EACH = 4, 250
_ROOT = Path(__file__).parents[2]
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A tenant of 100,000 mailboxes."""
    with running(sample_world(mailboxes=100_000)) as found:
        yield found


def _form(emulator: Emulator) -> dict[str, str]:
    return {
        "client_id": CLIENT_ID,
        "scope": "https://outlook.office365.com/.default",
        "grant_type": "client_credentials",
        "client_assertion_type": _ASSERTION_TYPE,
        "client_assertion": emulator.issuer.mint(),
    }


def _use(emulator: Emulator, session: requests.Session) -> None:
    """Leave behind what a test does: changed mailboxes, faults, entries, another time."""
    url = f"{emulator.url}/{TENANT_ID}/oauth2/v2.0/token"
    bearer = session.post(url, data=_form(emulator)).json()["access_token"]
    estate = emulator.state.exchange.estate(TENANT_ID)
    for index in range(200):
        estate.change(index, display_name=f"Changed {index}")
        emulator.faults.add(Fault(status=500, path=f"/{index}"))
    invoke = f"{emulator.url}/adminapi/beta/{emulator.world.tenants[0].initial_domain}"
    command = {"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": {"ResultSize": 1000}}}
    headers = {"Authorization": f"Bearer {bearer}"}
    assert session.post(f"{invoke}/InvokeCommand", json=command, headers=headers).ok
    emulator.clocks.whole.shift = timedelta(hours=1)
    emulator.set_token_lifetime(1)


def test_it_is_reset(emulator: Emulator, show: Callable[..., None]) -> None:
    """In process and over HTTP, after each something was left behind."""
    found: dict[str, list[float]] = {"in process": [], "over HTTP": []}
    with requests.Session() as session:
        session.trust_env, session.verify = False, str(emulator.ca_file)
        url = f"{emulator.url}/_emulator/reset"
        for _ in range(ROUNDS):
            for way, reset in (
                ("in process", emulator.reset),
                ("over HTTP", lambda: session.post(url)),
            ):
                _use(emulator, session)
                found[way].append(1000 * seconds_of(reset))
                assert (len(emulator.journal), emulator.faults.waiting) == (0, [])
    show(
        f"A reset after 200 changed mailboxes and 200 faults, {ROUNDS} times",
        *((way, spread(values, "ms", digits=2)) for way, values in found.items()),
    )


def test_it_gives_tokens(emulator: Emulator, show: Callable[..., None]) -> None:
    """Verified workload-identity assertions, asked by a client in another process."""
    rates, costs = [], []
    for faults in (0, 20):
        for number in range(faults):
            emulator.faults.add(Fault(cmdlet=f"Get-{number}", status=500))
        for _ in range(TOKENS):
            began = time.process_time()
            seconds = _asked(emulator)
            costs.append(1000 * (time.process_time() - began) / (CONNECTIONS * EACH))
            rates.append(CONNECTIONS * EACH / seconds)
    show(
        f"{CONNECTIONS * EACH:,} tokens over {CONNECTIONS} connections, {TOKENS} times",
        ("", "tokens a second", "processor time of the server for each"),
        (
            "no fault waits",
            spread(rates[:TOKENS], digits=0),
            spread(costs[:TOKENS], "ms", digits=2),
        ),
        ("20 wait", spread(rates[TOKENS:], digits=0), spread(costs[TOKENS:], "ms", digits=2)),
    )


def _asked(emulator: Emulator) -> float:
    where = {
        "url": emulator.url,
        "ca_file": str(emulator.ca_file),
        "path": f"/{TENANT_ID}/oauth2/v2.0/token",
        "form": urlencode(_form(emulator)),
        "connections": CONNECTIONS,
        "each": EACH,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.asktokens"],
        input=json.dumps(where),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    said = json.loads(done.stdout)
    assert said["statuses"] == [200]
    return float(said["seconds"])
