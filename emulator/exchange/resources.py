"""The OData resources behind the Get-EXO* cmdlets."""

import base64
import binascii
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from emulator.exchange import paging, replies
from emulator.exchange.calls import Call, the_mailbox
from emulator.exchange.failures import RefusedError, bad_request, resource_not_found
from emulator.exchange.mailboxchoice import CHOICE, selected_mailboxes
from emulator.exchange.mailboxrows import mailbox_row
from emulator.exchange.parameters import Parameter, bind
from emulator.exchange.permissioncmdlets import MAILBOX_PERMISSION, RECIPIENT_PERMISSION
from emulator.exchange.propertysets import chosen_properties
from emulator.exchange.views import Row, exo_statistics_row
from emulator.tenant.estate import Estate
from emulator.tenant.mailbox import Mailbox

DEFAULT_PAGE = 100
"""How many objects these resources return where no `Prefer` header asks for more."""

_ADDRESS = re.compile(
    r"(?P<set>mailbox|recipient)(?:\('(?P<id>.*)'\))?(?:/(?P<below>[a-z.]+)(?:\(\))?)?",
    re.IGNORECASE | re.DOTALL,
)
_CHOICES = {each.name for each in CHOICE} - {"Filter"}
_FILTERS = (
    *(each for each in CHOICE if each.name in _CHOICES),
    Parameter(name="Filter", aliases=("$filter",)),
)


def answer(request: Request, estate: Estate, rest: str) -> Response:
    """Answer a GET of the resource *rest*.

    Raises:
        RefusedError: there is no such resource, or no such mailbox.
    """
    match = _ADDRESS.fullmatch(rest)
    kind, identity, below = match.group("set", "id", "below") if match else ("", None, None)
    match (kind.lower(), identity is not None, (below or "").lower()):
        case ("mailbox" | "recipient", False, ""):
            return _listing(request, estate)
        case ("mailbox" | "recipient", True, ""):
            mailbox = _mailbox(request, estate, identity or "")
            return replies.json(_shown(request, mailbox_row(estate, mailbox)))
        case ("mailbox", True, "exchange.getmailboxstatistics"):
            mailbox = _mailbox(request, estate, identity or "")
            return replies.json(replies.typed(exo_statistics_row(mailbox)))
        case ("mailbox", True, "mailboxpermission"):
            return _permissions(request, estate, identity or "", "user")
        case ("recipient", True, "recipientpermission"):
            return _permissions(request, estate, identity or "", "trustee")
        case _:
            raise resource_not_found(f"Resource not found for the segment '{rest}'.")


def _listing(request: Request, estate: Estate) -> Response:
    query = request.query_params
    sent = {n: v for n, v in query.items() if any(p.answers_to(n) for p in _FILTERS)}
    arguments = bind(_FILTERS, {n: _split(n, v) for n, v in sent.items()})
    call = Call(estate=estate, arguments=arguments, start=_number(query, "$skiptoken") or 0)
    output = ((each.index, mailbox_row(estate, each)) for each in selected_mailboxes(call))
    size = paging.page_size(request.headers.get("prefer", ""), default=DEFAULT_PAGE)
    page = paging.page_of(output, size=size, left=_number(query, "$top"))
    following = {**query, "$skiptoken": str(page.next_start)}
    if page.left is not None:
        following["$top"] = str(page.left)
    return replies.json(
        replies.collection(
            request,
            [_shown(request, row) for row in page.rows],
            next_query=None if page.next_start is None else urlencode(following),
            members={},
        )
    )


def _split(name: str, value: str) -> object:
    return value.split(",") if name.lower() == "recipienttypedetails" else value


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise bad_request(f"The query specified in the URI is not valid: {name} is no number.")
    return int(text)


def _shown(request: Request, row: Row) -> object:
    sets = request.query_params.get("PropertySet", "")
    names = chosen_properties(sets, replies.select_names(request))
    return replies.typed(replies.selected(row, names))


def _permissions(request: Request, estate: Estate, identity: str, parameter: str) -> Response:
    mailbox = _mailbox(request, estate, identity)
    wanted = {name.lower(): value for name, value in request.query_params.items()}.get(parameter)
    permission = MAILBOX_PERMISSION if parameter == "user" else RECIPIENT_PERMISSION
    rows = permission.rows(estate, mailbox, wanted)
    if wanted and not rows:
        raise resource_not_found(f"No permissions were found for the user:{wanted}")
    typed = [replies.typed(row) for row in rows]
    return replies.json(replies.collection(request, typed, next_query=None, members={}))


def _mailbox(request: Request, estate: Estate, identity: str) -> Mailbox:
    plain = identity.replace("''", "'")
    is_encoded = request.query_params.get("isEncoded", request.query_params.get("IsEncoded", ""))
    name = _decoded(plain) if is_encoded.lower() == "true" else plain
    try:
        return the_mailbox(estate, name)
    except RefusedError as error:
        raise resource_not_found(error.text) from None


def _decoded(identity: str) -> str:
    try:
        return base64.urlsafe_b64decode(
            identity.replace("+", "-").replace("/", "_") + "=" * (-len(identity) % 4)
        ).decode()
    except (binascii.Error, ValueError):
        raise bad_request(f"The identity '{identity}' is not the base64 of UTF-8 text.") from None
