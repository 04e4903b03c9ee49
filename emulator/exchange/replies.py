"""How an answer of the admin API looks on the wire."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator.exchange.calls import SERVER
from emulator.exchange.failures import Failure
from emulator.exchange.mailboxrows import MailboxRow
from emulator.exchange.views import Row, annotated


def collection(
    request: Request,
    rows: Sequence[object],
    *,
    next_query: str | None,
    members: Mapping[str, object],
) -> dict[str, object]:
    """Return the OData document of *rows*, which are `typed`.

    *next_query* is where the next page is asked for.
    """
    type_name = "#Collection(Exchange.GenericHashTable)"
    document: dict[str, object] = {
        "@odata.context": context(request, type_name),
        **members,
        "value": list(rows),
    }
    if next_query is not None:
        base = str(request.base_url).rstrip("/")
        document["@odata.nextLink"] = f"{base}{quote(str(request.scope['path']))}?{next_query}"
    return document


def context(request: Request, type_name: str) -> str:
    """Return the `@odata.context` of an answer of that type."""
    root = str(request.scope["path"]).partition("adminapi/")[0]
    tenant = quote(request.path_params["tenant"])
    return f"{str(request.base_url).rstrip('/')}{root}adminapi/beta/{tenant}/$metadata{type_name}"


def json(document: object, *, status: int = 200) -> Response:
    """Return *document* as the body of an answer."""
    return Response(
        orjson.dumps(document), status_code=status, media_type="application/json; charset=utf-8"
    )


def typed(row: Row) -> object:
    """Return *row* for `json`, with the type annotations that Exchange puts beside members."""
    if isinstance(row, MailboxRow):
        return orjson.Fragment(row.json())
    return annotated(row)


def selected(row: Row, names: frozenset[str]) -> Row:
    """Return of *row* what *names* (in lower case) choose, or all where they choose nothing."""
    if not names:
        return row
    if isinstance(row, MailboxRow):
        return row.selected(names)
    return {name: value for name, value in row.items() if name.lower() in names}


def select_names(request: Request) -> frozenset[str]:
    """Return the names in `$select`, in lower case."""
    listed = request.query_params.get("$select", "").split(",")
    return frozenset(each.strip().lower() for each in listed if each.strip())


def failure_response(failure: Failure, *, authority: str, claims: str | None = None) -> Response:
    """Return the answer that says *failure*; *claims* make a 401 a claims challenge."""
    headers = {"X-ExceptionType": failure.exception_type} if failure.exception_type else {}
    if failure.status == 401:
        headers["WWW-Authenticate"] = _challenge(authority, claims)
    headers |= failure.headers
    if isinstance(failure.body, bytes):
        return Response(failure.body, status_code=failure.status, headers=headers)
    return JSONResponse(failure.body, status_code=failure.status, headers=headers)


def _challenge(authority: str, claims: str | None) -> str:
    """Return what a client should do to be let in.

    A claims challenge is told by another error, and by the claims that the next token must have;
    from Entra's "Claims challenges, claims requests, and client capabilities".
    """
    error = 'error="invalid_token"' if claims is None else 'error="insufficient_claims"'
    parts = [
        'client_id="00000002-0000-0ff1-ce00-000000000000"',
        f'authorization_uri="{authority}/common/oauth2/authorize"',
        error,
        *([] if claims is None else [f'claims="{claims}"']),
    ]
    return f"Bearer {', '.join(parts)}"


def standard_headers(request: Request, cmdlet: str, unique: str) -> dict[str, str]:
    """Return the headers that every answer carries."""
    asked = request.headers.get("client-request-id", "")
    return {
        "request-id": unique,
        "client-request-id": asked if asked.isascii() and asked.isprintable() else "",
        "X-CalculatedBETarget": SERVER.lower(),
        **({"Cmdlet-Name": cmdlet} if cmdlet.isascii() and cmdlet.isprintable() else {}),
    }
