"""Runs the members of a batch: each becomes a request of its own, and its answer a value."""

import json
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from emulator.exchange import replies
from emulator.exchange.batches import Member, member_of
from emulator.exchange.failures import RefusedError
from emulator.notes import open_note

_OF_THE_BATCH = {"content-length", "content-type", "transfer-encoding", "x-cmdletname"}
"""Headers that say something of the batch and nothing of its members."""

Answer = Callable[[Request, Member], Awaitable[Response]]


async def answer_member(
    sent: tuple[str, Mapping[str, object]], base: str, request: Request, answer: Answer
) -> dict[str, object]:
    """Return the batch's answer to one member, also where the member is none."""
    name, described = sent
    try:
        response = await answer(request, member_of(name, described, base=base))
    except RefusedError as error:
        response = replies.failure_response(error.failure, authority="")
    headers = {n: v for n, v in response.headers.items() if n != "content-length"}
    body = _body(bytes(response.body))
    return {"id": name, "status": response.status_code, "headers": headers, "body": body}


def subrequest(request: Request, member: Member) -> Request | None:
    """Return *member* as a request that came with *request*; `None` is no address of the API.

    What the member does not say in its headers is as in the batch's own.
    """
    parts = member.path.strip("/").split("/")
    start = parts.index("adminapi")
    if len(parts) < start + 3:
        return None
    version, tenant = parts[start + 1 : start + 3]
    rest = "/".join(parts[start + 3 :])
    outer = {n: v for n, v in request.headers.items() if n not in _OF_THE_BATCH}
    headers = {**outer, **member.headers, "host": request.headers.get("host", "")}
    scope = {
        **request.scope,
        "method": member.method,
        "path": member.path,
        "raw_path": member.path.encode(),
        "query_string": member.query.encode(),
        "headers": [(n.encode("latin-1"), v.encode("latin-1")) for n, v in headers.items()],
        "path_params": {"version": version, "tenant": tenant, "rest": rest},
    }
    open_note(scope)

    async def receive() -> Message:
        return {"type": "http.request", "body": member.body, "more_body": False}

    return Request(scope, receive)


def _body(body: bytes) -> object:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
