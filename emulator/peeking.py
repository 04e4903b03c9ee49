"""What stands in a request that a fault may be for, read without taking it away."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from emulator.faults import Traits

_LONGEST_PEEK = 1 << 20  # bytes of a body that is read to see which cmdlet it runs


def traits_of(scope: Scope, body: bytes) -> Traits:
    """Return what a fault may ask of the request in *scope*; *body* may be empty."""
    headers = Headers(scope=scope)
    content = _members(headers.get("content-type", ""), body)
    command = content.get("CmdletInput")
    named = command.get("CmdletName") if isinstance(command, dict) else None
    client_id = content.get("client_id") or _client_in(scope, headers.get("authorization", ""))
    return Traits(
        method=scope["method"],
        path=scope["path"],
        host=headers.get("host", "").rpartition(":")[0] or headers.get("host", ""),
        cmdlet=named if isinstance(named, str) else headers.get("x-cmdletname", ""),
        members=tuple(_batched(content.get("requests"))),
        client_id=client_id if isinstance(client_id, str) else "",
    )


def _client_in(scope: Scope, authorization: str) -> object:
    """Return who the bearer's token, or the query of a managed identity, says that it is."""
    if b"client_id=" in scope["query_string"]:
        return dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("client_id")
    claims = authorization.partition(".")[2].partition(".")[0]
    if not claims:
        return None
    try:
        said = json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    except (ValueError, RecursionError):
        return None
    return said.get("appid") if isinstance(said, dict) else None


def _batched(requests: object) -> Iterator[str]:
    for each in requests if isinstance(requests, list) else []:
        match each:
            case {"body": {"CmdletInput": {"CmdletName": str(name)}}}:
                yield name
            case _:
                pass


def _members(content_type: str, body: bytes) -> Mapping[str, object]:
    if not body:
        return {}
    if "json" in content_type.lower():
        try:
            members = json.loads(body)
        except (ValueError, RecursionError):
            return {}
        return members if isinstance(members, dict) else {}
    return dict(parse_qsl(body.decode("utf-8", "replace")))


async def peeked(receive: Receive) -> tuple[bytes, Receive]:
    """Read a body of a sensible size, for a fault that asks what stands in it.

    Return what was read, and a `receive` that hands out all of it again.
    """
    body, is_cut = b"", True
    while is_cut and len(body) <= _LONGEST_PEEK:
        message = await receive()
        body += message.get("body", b"")
        is_cut = bool(message.get("more_body"))
    return body, replayed(body, receive, is_cut=is_cut)


async def whole(receive: Receive) -> bytes:
    """Read a body to its end."""
    body = bytearray()
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return bytes(body)


def replayed(body: bytes, receive: Receive, *, is_cut: bool = False) -> Receive:
    """Return a `receive` that hands out *body* first, as if it had not been read.

    *is_cut* tells that *body* is only its beginning.
    """
    left = [body]

    async def again() -> Message:
        if left:
            part = left.pop()
            return {"type": "http.request", "body": part, "more_body": is_cut}
        return await receive()

    return again
