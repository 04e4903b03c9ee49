"""A hundred clients at once get right answers, each its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.testing import CLIENT_ID, ORGANIZATION, TENANT_ID, running, sample_world
from tests.emulator.conftest import EXCHANGE_SCOPE

CLIENTS = 100
MAILBOXES = 120
PAGE = 30
PROGRAM = Path(__file__).parent / "hundred_clients.py"


@pytest.fixture(scope="module")
def served():
    """What 100 clients in another process met, and the emulator they met it at."""
    with running(sample_world(mailboxes=MAILBOXES)) as emulator:
        plan = {
            "url": emulator.url,
            "ca": str(emulator.ca_file),
            "tenant": TENANT_ID,
            "organization": ORGANIZATION,
            "client": CLIENT_ID,
            "scope": EXCHANGE_SCOPE,
            "page": PAGE,
            "assertions": [emulator.issuer.mint() for _ in range(CLIENTS)],
        }
        done = subprocess.run(
            [sys.executable, str(PROGRAM)],
            input=json.dumps(plan),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout), list(emulator.journal)


def test_every_client_sees_every_mailbox_once(served):
    """Page after page, each client gets the same 120 mailboxes in the same order."""
    met, _ = served
    assert len(met) == CLIENTS
    assert {tuple(each["guids"]) for each in met} == {tuple(met[0]["guids"])}
    assert len(set(met[0]["guids"])) == len(met[0]["guids"]) == MAILBOXES


def test_every_client_reads_what_it_wrote(served):
    """A hundred changes of a hundred mailboxes: none is lost, none lands elsewhere."""
    met, _ = served
    assert [each["read"] for each in met] == [f"Client {number}" for number in range(CLIENTS)]
    assert len({each["changed"] for each in met}) == CLIENTS


def test_the_journal_has_every_request_once(served):
    """One entry for a request: tokens, pages, changes and reads, all answered well."""
    _, journal = served
    pages = CLIENTS * MAILBOXES // PAGE
    counted = [sum(entry.cmdlet == name for entry in journal) for name in ("", "Set-Mailbox")]
    reads = sum(entry.cmdlet == "Get-Mailbox" for entry in journal)
    assert counted == [CLIENTS, CLIENTS]
    assert reads == pages + CLIENTS
    assert {entry.status for entry in journal} == {200}
