"""Asks for tokens as fast as it can, over a few connections: python -m tests.bench.asktokens.

Reads {"url", "ca_file", "path", "form", "connections", "each"} and prints the seconds it took.
"""

import http.client
import json
import ssl
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit


def ask(where: dict[str, object]) -> set[int]:
    """Send requests over one connection, and return the statuses that came."""
    parts = urlsplit(str(where["url"]))
    context = ssl.create_default_context(cafile=str(where["ca_file"]))
    connection = http.client.HTTPSConnection(str(parts.hostname), parts.port, context=context)
    statuses = set()
    for _ in range(int(str(where["each"]))):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", str(where["path"]), str(where["form"]), headers)
        answer = connection.getresponse()
        answer.read()
        statuses.add(answer.status)
    connection.close()
    return statuses


def main() -> None:
    """Ask over all connections at once."""
    where = json.load(sys.stdin)
    count = where["connections"]
    began = time.perf_counter()
    with ThreadPoolExecutor(count) as pool:
        statuses = set().union(*pool.map(ask, [where] * count))
    json.dump({"seconds": time.perf_counter() - began, "statuses": sorted(statuses)}, sys.stdout)


if __name__ == "__main__":
    main()
