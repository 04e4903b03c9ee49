"""What stands in a request that a fault may be for, read without taking it away."""

import json
from collections.abc import Mapping
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
    client_id = content.get("client_id")
    return Traits(
        method=scope["method"],
        path=scope["path"],
        host=headers.get("host", "").rpartition(":")[0] or headers.get("host", ""),
        cmdlet=named if isinstance(named, str) else headers.get("x-cmdletname", ""),
        client_id=client_id if isinstance(client_id, str) else "",
    )


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


async def peeked(receive: Receive) -> bytes:
    """Read a body of a sensible size, for a fault that asks what stands in it."""
    body = b""
    while len(body) <= _LONGEST_PEEK:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that hands out *body* first, as if it had not been read."""
    left = [body]

    async def again() -> Message:
        if left:
            part = left.pop()
            return {"type": "http.request", "body": part, "more_body": len(part) > _LONGEST_PEEK}
        return await receive()

    return again
