"""How an answer of the admin API looks on the wire."""

import json
from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator.exchange.calls import SERVER
from emulator.exchange.failures import Failure, bad_request
from emulator.exchange.views import Row

_ROW_TYPE = {"@odata.type": "#Exchange.GenericHashTable"}


def collection(
    request: Request, rows: list[Row], *, next_query: str | None, members: Mapping[str, object]
) -> dict[str, object]:
    """Return the OData document of *rows*; *next_query* is where the next page is asked for."""
    base = str(request.base_url)
    _, tenant, *_ = request.url.path.lstrip("/").split("/")[1:]
    context = f"{base}adminapi/beta/{tenant}/$metadata#Collection(Exchange.GenericHashTable)"
    document: dict[str, object] = {"@odata.context": context, **members, "value": rows}
    if next_query is not None:
        document["@odata.nextLink"] = f"{base.rstrip('/')}{quote(request.url.path)}?{next_query}"
    return document


def typed(row: Row) -> Row:
    """Return *row* with the type annotations that Exchange puts beside its members."""
    lists: Row = {
        f"{name}@odata.type": "#Collection(String)"
        for name, value in row.items()
        if isinstance(value, list)
    }
    return {**_ROW_TYPE, **lists, **row}


def selected(row: Row, names: set[str]) -> Row:
    """Return of *row* what *names* (in lower case) choose, or all where they choose nothing."""
    if not names:
        return row
    return {name: value for name, value in row.items() if name.lower() in names}


def select_names(request: Request) -> set[str]:
    """Return the names in `$select`, in lower case."""
    listed = request.query_params.get("$select", "").split(",")
    return {each.strip().lower() for each in listed if each.strip()}


async def body_members(request: Request) -> dict[str, object]:
    """Return the body, a JSON object.

    Raises:
        RefusedError: it is something else.
    """
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise bad_request("The request payload is not a JSON object.")
    return body


def failure_response(failure: Failure, *, authority: str) -> Response:
    """Return the answer that says *failure*."""
    headers = {"X-ExceptionType": failure.exception_type} if failure.exception_type else {}
    if failure.status == 401:
        headers["WWW-Authenticate"] = (
            'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", '
            f'authorization_uri="{authority}/common/oauth2/authorize", error="invalid_token"'
        )
    return JSONResponse(failure.body, status_code=failure.status, headers=headers)


def standard_headers(request: Request, cmdlet: str, unique: str) -> dict[str, str]:
    """Return the headers that every answer carries."""
    asked = request.headers.get("client-request-id", "")
    return {
        "request-id": unique,
        "client-request-id": asked if asked.isascii() and asked.isprintable() else "",
        "X-CalculatedBETarget": SERVER.lower(),
        **({"Cmdlet-Name": cmdlet} if cmdlet.isascii() and cmdlet.isprintable() else {}),
    }
