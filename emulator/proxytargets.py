"""Who answers a request that came to the proxy: the emulator, or nobody.  Pure.

Nothing is ever passed on to the network: a test must not reach the real service.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from emulator.clouds import authority_at, clouds_at
from emulator.servernames import admin_hosts

METADATA_HOST = "169.254.169.254"
METADATA_PATH = "/metadata/"
LONGEST_HEAD = 16_384
_PORTS = {443, 446}
"""446 is where Security & Compliance sends its clients."""

_CONNECT = re.compile(
    r"CONNECT (?:\[(?P<six>[0-9a-f:.]{2,45})\]|(?P<name>[a-z0-9.-]{1,253})):(?P<port>\d{1,5})"
    r" HTTP/1\.[01]",
    re.IGNORECASE,
)
_HTTP = re.compile(r"http://(?P<host>[^/?#]*)(?P<path>[^?#]*).*", re.DOTALL)
_PLAIN = re.compile(r"[A-Z]{3,10} (?P<target>http://\S+|/\S*) HTTP/1\.[01]")


@dataclass(frozen=True, slots=True)
class Tunnel:
    """The emulator's TLS begins on this connection."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata service answers on this connection."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer of the proxy itself."""

    status: int
    reason: str
    """A sentence in ASCII; it stands in the status line too, where clients show it."""


def destination(head: bytes, *, own: Collection[str], port: int) -> Tunnel | Metadata | Refused:
    """Decide by the *head* of a request; *own* names with *port* are the emulator itself."""
    line = head.partition(b"\r\n")[0].decode("latin-1")
    if match := _CONNECT.fullmatch(line):
        return _tunnel((match["six"] or match["name"]).lower(), int(match["port"]), own, port)
    if line.startswith("CONNECT "):
        return Refused(400, "CONNECT needs a host and a port")
    match = _PLAIN.fullmatch(line)
    if match is None:
        return Refused(400, "this is not a request to a proxy")
    found = metadata_path(match["target"])
    return Metadata() if found else Refused(403, _UNANSWERED.format(_shown(match["target"])))


def metadata_path(target: str) -> str | None:
    """Return the path of the metadata service that *target* names; `None` is another place."""
    match = _HTTP.fullmatch(target)
    if match is None:
        return target if target.startswith(METADATA_PATH) else None
    is_there = match["host"] in {METADATA_HOST, f"{METADATA_HOST}:80"}
    return match["path"] if is_there and match["path"].startswith(METADATA_PATH) else None


def is_microsofts(host: str) -> bool:
    """Tell whether *host* is one that the emulator plays."""
    is_admin = any(host.endswith(f".{each}") for each in admin_hosts())
    return is_admin or authority_at(host) is not None or clouds_at(host) is not None


_UNANSWERED = "exo-emulator does not play {} and connects to nobody else"


def _tunnel(host: str, asked: int, own: Collection[str], port: int) -> Tunnel | Refused:
    is_theirs = asked in _PORTS and is_microsofts(host)
    is_own = asked == port and host in own
    return Tunnel() if is_theirs or is_own else Refused(403, _UNANSWERED.format(f"{host}:{asked}"))


def _shown(target: str) -> str:
    # Only the host: the rest may hold a secret, or characters that end a header.
    match = _HTTP.fullmatch(target)
    host = match["host"].rpartition("@")[2] if match else ""
    return re.sub(r"[^A-Za-z0-9.:\[\]-]", "?", host)[:80] or "that address"
