"""Long answers are compressed for who wants it, and for nobody else."""

import pytest

from emulator.testing import Fault, running, sample_world

PLAIN = ["identity", "gzip;q=0", "br, deflate", "gzip; q=0.0, identity"]


def length(client, accepted):
    """Return the coding of a page, and what it says after decoding."""
    answer = client.get("Mailbox?$top=100", **{"Accept-Encoding": accepted})
    return answer.headers.get("Content-Encoding"), len(answer.json()["value"])


@pytest.mark.behaviour("exchange.gzip")
def test_who_takes_gzip_gets_it(client):
    """The same rows arrive, in a tenth of the bytes."""
    assert length(client, "deflate, gzip;q=0.5") == ("gzip", 100)
    assert length(client, "*") == ("gzip", 100)
    sizes = [
        int(client.get("Mailbox", **{"Accept-Encoding": each}).headers["Content-Length"])
        for each in ("gzip", "identity")
    ]
    assert sizes[0] * 3 < sizes[1]


@pytest.mark.behaviour("exchange.gzip.refused")
@pytest.mark.parametrize("accepted", PLAIN)
def test_who_does_not_take_it_gets_plain_bytes(client, accepted):
    """Other codings, and gzip with a weight of zero, leave the answer as it is."""
    assert length(client, accepted) == (None, 100)


def test_a_short_answer_is_not_compressed(client):
    """An empty list is not worth it."""
    answer = client.invoke("Get-Mailbox", {"Filter": "Alias -eq 'nobody'"})
    assert "Content-Encoding" not in answer.headers


@pytest.mark.behaviour("exchange.gzip.refused")
def test_a_fault_changes_what_can_be_read(client_of):
    """An answer that a fault changes is not compressed, whatever the client takes."""
    with running(sample_world()) as emulator:
        client = client_of(emulator)
        emulator.faults.add(Fault(endpoint="resource", headers={"x-changed": "yes"}))
        assert length(client, "gzip")[0] is None
        emulator.faults.add(Fault(endpoint="resource", executes=True, body='{"value": [1]}'))
        assert length(client, "gzip") == (None, 1)
        assert length(client, "gzip")[0] == "gzip"
