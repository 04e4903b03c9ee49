"""A walk through all mailboxes by a process of its own, for the benchmark.

`python -m tests.restclient.walk <way> <coding>` reads where to go as JSON from its standard input,
and writes what it saw, and how long each page took in seconds, to its standard output.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.restclient.answers import Answer
from tests.restclient.client import Client
from tests.restclient.server import Server

WAYS: Mapping[str, Callable[[Client], Iterator[Answer]]] = {
    "Get-EXOMailbox, minimum set": lambda client: client.resource(
        "Mailbox", {"PropertySet": "Minimum"}, page=1000
    ),
    "Get-Mailbox, all properties": lambda client: client.answers(
        "Get-Mailbox", {"ResultSize": "Unlimited"}
    ),
    "Get-Mailbox, three selected": lambda client: client.answers(
        "Get-Mailbox",
        {"ResultSize": "Unlimited"},
        select=("PrimarySmtpAddress", "DisplayName", "RecipientTypeDetails"),
    ),
}


def main() -> None:
    """Walk once."""
    way, coding = sys.argv[1:]
    where = json.load(sys.stdin)
    client = Server(**{**where, "ca_file": Path(where["ca_file"])}).client()
    client.connection.session.headers["Accept-Encoding"] = coding
    client.connection.tokens.current()
    seconds: list[float] = []
    widths: set[int] = set()
    seen: set[object] = set()
    rows, mark = 0, time.perf_counter()
    for page in WAYS[way](client):
        seconds.append(time.perf_counter() - mark)
        rows += len(page.rows)
        seen |= {row["PrimarySmtpAddress"] for row in page.rows}
        widths |= {len(row) for row in page.rows}
        mark = time.perf_counter()
    found = {"rows": rows, "different": len(seen), "widths": sorted(widths), "seconds": seconds}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
