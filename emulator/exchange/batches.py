"""Takes a `$batch` apart into the requests that it carries.  Pure.

Read from clients that send one (go-exoscc, and the module's own batching): at most ten members,
each with its own id, and one bad member spoils no other.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from emulator.exchange.failures import RefusedError, bad_request, method_not_allowed

MOST_MEMBERS = 10

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")
_API = "/adminapi/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One request of a batch."""

    id: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def raw_members(members: Mapping[str, object]) -> list[tuple[str, Mapping[str, object]]]:
    """Return each request of a batch with its id, as it was sent.

    Raises:
        RefusedError: there is no list of requests, there are too many, or ids are missing or
            the same: then no answer could be told from another.
    """
    requests = members.get("requests")
    if not isinstance(requests, list) or not requests:
        raise bad_request("The batch request must have a non-empty array 'requests'.")
    if len(requests) > MOST_MEMBERS:
        raise bad_request(
            f"The batch request has {len(requests)} requests; the limit is {MOST_MEMBERS}."
        )
    found = []
    for number, each in enumerate(requests, start=1):
        name = each.get("id") if isinstance(each, dict) else None
        if not isinstance(name, str) or not name:
            raise bad_request(f"Request {number} of the batch has no 'id'.")
        found.append((name, each))
    if len({name for name, _ in found}) < len(found):
        raise bad_request("The ids of the requests of a batch must differ.")
    return found


def member_of(name: str, sent: Mapping[str, object], *, base: str) -> Member:
    """Return the request that *sent* describes; *base* is the path that its `url` may begin at.

    Raises:
        RefusedError: it describes none, or another batch.
    """
    method, url = sent.get("method", "POST"), sent.get("url")
    if not isinstance(method, str) or method.upper() not in {"GET", "POST"}:
        raise method_not_allowed(str(method)[:40])
    path, query = _address(url, base)
    if path.lower().rstrip("/").endswith("/$batch"):
        raise bad_request("A batch cannot hold another batch.")
    body = sent.get("body")
    return Member(
        id=name,
        method=method.upper(),
        path=path,
        query=query,
        headers=_headers(sent.get("headers")),
        body=b"" if body is None else json.dumps(body).encode(),
    )


def _address(url: object, base: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
        query = parts.query.encode("ascii").decode()
    except ValueError:
        raise _bad_address() from None
    path = unquote(parts.path)
    if parts.scheme or parts.netloc:
        start = path.lower().find(_API)
        if parts.scheme.lower() != "https" or start < 0:
            raise _bad_address()
        prefix = base[: base.index(_API)]
        return f"{prefix}{_API}{path[start + len(_API) :]}", query
    if not path.strip("/"):
        raise _bad_address()
    return f"{base}/{path.lstrip('/')}", query


def _bad_address() -> RefusedError:
    return bad_request("The 'url' of a request of the batch is not an address of this service.")


def _headers(sent: object) -> dict[str, str]:
    headers = sent if isinstance(sent, dict) else {}
    fits = sent is None or isinstance(sent, dict)
    for name, value in headers.items():
        fits = fits and bool(_HEADER_NAME.fullmatch(name)) and isinstance(value, str)
        fits = fits and bool(_HEADER_VALUE.fullmatch(value))
    if not fits:
        raise bad_request("The 'headers' of a request of the batch are not headers.")
    return {name.lower(): value for name, value in headers.items()}
