"""How fast the emulator pages, as a REST client in another process sees it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emulator.testing import Emulator, running, sample_world
from tests.bench.conftest import spread
from tests.restclient.conftest import server_of
from tests.restclient.walk import WAYS

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

MAILBOXES = 100_000
PAGE = 1000
_ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def large() -> Iterator[Emulator]:
    """A tenant of 100,000 mailboxes."""
    with running(sample_world(mailboxes=MAILBOXES)) as found:
        yield found


def _walk(emulator: Emulator, way: str, coding: str) -> dict[str, list[float]]:
    """Return what a client in another process saw, that came with nothing but a certificate."""
    server = server_of(emulator)
    names = ("url", "tenant", "organization", "client_id", "certificate", "key")
    where = {name: getattr(server, name) for name in names} | {"ca_file": str(server.ca_file)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.restclient.walk", way, coding],
        input=json.dumps(where),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return dict(json.loads(done.stdout))


def test_it_pages_through_a_large_tenant(large: Emulator, show: Callable[..., None]) -> None:
    """All of 100,000 mailboxes are seen once in each way; the client's reading counts too."""
    cases = [(way, coding) for way in WAYS for coding in ("identity", "gzip")]
    found = {case: _walk(large, *case) for case in cases}
    show(
        f"Pages of {PAGE:,} of {MAILBOXES:,} mailboxes, over TLS, with the client's parsing",
        ("", "coding", "properties", "pages a second", "a page", f"all {MAILBOXES:,}"),
        *(
            (
                way,
                coding,
                " to ".join(str(each) for each in sorted({min(widths), max(widths)})),
                f"{len(seconds) / sum(seconds):.1f}",
                spread((each * 1000 for each in seconds), "ms"),
                f"{sum(seconds):.1f} s",
            )
            for way, coding, seconds, widths in (
                (*case, walk["seconds"], walk["widths"]) for case, walk in found.items()
            )
        ),
    )
    for walk in found.values():
        assert (walk["rows"], walk["different"]) == (MAILBOXES, MAILBOXES)
        assert len(walk["seconds"]) == MAILBOXES // PAGE
