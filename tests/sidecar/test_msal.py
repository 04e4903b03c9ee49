"""msal's two caches stay out of the way, in this version of it and in the next."""

from collections.abc import Iterator
from pathlib import Path

import msal
import pytest
import requests

from contract.token import TokenDocument
from emulator.testing import CLIENT_ID, TENANT_ID, Emulator, Fault, running, sample_world
from sidecar import clock
from sidecar.entra.failures import Failure
from tests.sidecar.edge import TOKEN, Edge, edge_at, refused

SCOPE = ["https://outlook.office365.com/.default"]


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Edge]:
    """An Entra whose tokens live an hour."""
    with running(sample_world(token_lifetime="1h")) as emulator:
        yield edge_at(emulator, tmp_path, clock.now)


def _asked(emulator: Emulator) -> int:
    return len([each for each in emulator.journal if each.path.endswith(TOKEN)])


def test_every_attempt_reaches_entra_and_brings_a_token_of_its_own(edge: Edge) -> None:
    """Five in a row, each with an hour to live: five requests, five different tokens."""
    tokens = set()
    for _ in range(5):
        edge.succeeds()
        tokens.add(TokenDocument.from_json(edge.file.read_bytes()).access_token)
    assert (len(tokens), _asked(edge.emulator)) == (5, 5)


@pytest.mark.parametrize("status", [400, 429, 503])
def test_no_failure_is_a_replay(edge: Edge, status: int) -> None:
    """The same assertion, seconds apart: each failure is Entra's own, and the sixth succeeds."""
    body = refused(700027)
    edge.emulator.faults.add(Fault(path=TOKEN, status=status, body=body, times=5))
    failures = [edge.attempt().outcome for _ in range(5)]
    assert [type(each) for each in failures] == [Failure] * 5
    assert _asked(edge.emulator) == 5
    edge.succeeds()


def test_one_application_of_msal_would_do_both(edge: Edge) -> None:
    """Why msal is built anew: kept, it gives the old token, and replays a 400 unasked.

    When this fails, msal has changed, and ADR 3 should be read again.
    """
    assertion = (edge.folder / "projected").read_text()
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(edge.emulator.ca_file)
        kept = msal.ConfidentialClientApplication(
            CLIENT_ID,
            authority=f"{edge.emulator.url}/{TENANT_ID}",
            client_credential={"client_assertion": lambda: assertion},
            instance_discovery=False,
            http_client=session,
        )
        first, second = (kept.acquire_token_for_client(SCOPE) for _ in range(2))
        assert first["access_token"] == second["access_token"]
        kept.remove_tokens_for_client()
        edge.emulator.faults.add(Fault(path=TOKEN, status=400, body=refused(700027)))
        before = _asked(edge.emulator)
        errors = [
            kept.acquire_token_for_client(["https://graph.microsoft.com/.default"])
            for _ in range(2)
        ]
        assert [each["error_codes"] for each in errors] == [[700027], [700027]]
        assert _asked(edge.emulator) == before + 1
