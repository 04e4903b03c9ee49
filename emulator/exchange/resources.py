"""The OData resources behind the Get-EXO* cmdlets, and other entity sets."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from emulator.exchange import paging, replies
from emulator.exchange.binding import bind
from emulator.exchange.calls import REQUIRED_IDENTITY, Call, Cmdlet, numbered
from emulator.exchange.failures import RefusedError, bad_request, forbidden, resource_not_found
from emulator.exchange.mailboxcmdlets import STATISTICS, exo_statistics
from emulator.exchange.mailboxrows import ALL, MailboxRow
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.propertysets import STATISTICS_MINIMUM, chosen_properties
from emulator.exchange.resourcepaths import Target, target_of
from emulator.exchange.service import Session, exported
from emulator.exchange.views import Row

DEFAULT_PAGE = 100
"""How many objects these resources return where no `Prefer` header asks for more."""
_WHOSE = {"Get-MailboxPermission": "User", "Get-RecipientPermission": "Trustee"}

_STATISTICS = Cmdlet(name="Get-EXOMailboxStatistics", parameters=STATISTICS, run=exo_statistics)


def answer(request: Request, session: Session, rest: str) -> Response:
    """Answer a GET of the resource *rest*.

    Raises:
        RefusedError: there is no such resource, or no such object.
    """
    query = {name.lower(): value for name, value in request.query_params.items()}
    target = target_of(rest, is_encoded=query.get("isencoded", "").lower() == "true")
    cmdlet = _cmdlet(target, session)
    arguments = bind(cmdlet.parameters, {**_options(cmdlet, request), **target.arguments})
    start = 0 if target.is_single else _number(request.query_params, "$skiptoken") or 0
    call = Call(estate=session.estate, arguments=arguments, start=start, now=session.now)
    try:
        return _reply(request, call, cmdlet, target)
    except RefusedError as error:
        raise resource_not_found(error.text) if error.failure.has_details else error from None


def _cmdlet(target: Target, session: Session) -> Cmdlet:
    if target.cmdlet == _STATISTICS.name:
        return _STATISTICS
    if target.cmdlet == "Get-CmdletInfo":
        return _cmdlet_info(session)
    if not session.hosted.allows(target.cmdlet, session.caller.roles):
        raise forbidden(f"The application has no role that allows the cmdlet '{target.cmdlet}'.")
    return session.hosted.cmdlets[target.cmdlet.lower()]


def _cmdlet_info(session: Session) -> Cmdlet:
    """Return the cmdlet that lists what the caller may run; the properties are a guess."""
    rows: list[Row] = [
        {"CmdletName": each.name, "Parameters": [parameter.name for parameter in each.parameters]}
        for each in exported("*", session)
    ]
    identity = Parameter(name=REQUIRED_IDENTITY.name)
    return Cmdlet(
        name="Get-CmdletInfo",
        parameters=(identity,),
        run=lambda call: numbered(
            [row for row in rows if call.text("Identity") in {None, row["CmdletName"]}], call.start
        ),
    )


def _options(cmdlet: Cmdlet, request: Request) -> dict[str, object]:
    """Return what of the query are parameters; other options have no effect here."""
    sent: dict[str, object] = {}
    for name, value in request.query_params.items():
        plain = "Filter" if name.lower() == "$filter" else name
        for parameter in cmdlet.parameters:
            if parameter.answers_to(plain) and parameter.name not in {"Identity", "ResultSize"}:
                is_list = parameter.kind is Kind.STRINGS
                sent[plain] = value.split(",") if is_list else value
    return sent


def _reply(request: Request, call: Call, cmdlet: Cmdlet, target: Target) -> Response:
    if target.is_single:
        found = next(iter(cmdlet.run(call)), None)
        if found is None:
            raise resource_not_found(f"There is nothing at '{request.url.path}'.")
        return replies.json(_shown(request, cmdlet, found[1]))
    query = request.query_params
    size = paging.page_size(request.headers.get("prefer", ""), default=DEFAULT_PAGE)
    page = paging.page_of(cmdlet.run(call), size=size, left=_number(query, "$top"))
    who = call.text(_WHOSE.get(cmdlet.name, "")) if cmdlet.name in _WHOSE else None
    if who and not page.rows:
        raise resource_not_found(f"No permissions were found for the user:{who}")
    following = {**query, "$skiptoken": str(page.next_start)}
    if page.left is not None:
        following["$top"] = str(page.left)
    return replies.json(
        replies.collection(
            request,
            [_shown(request, cmdlet, row) for row in page.rows],
            next_query=None if page.next_start is None else urlencode(following),
            members={},
        )
    )


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise bad_request(f"The query specified in the URI is not valid: {name} is no number.")
    return int(text)


def _shown(request: Request, cmdlet: Cmdlet, row: Row) -> object:
    names, sets = replies.select_names(request), request.query_params.get("PropertySet")
    if isinstance(row, MailboxRow):
        names = chosen_properties(sets or "", names)
    elif cmdlet.name == _STATISTICS.name and names:
        names |= STATISTICS_MINIMUM
    elif sets is not None:
        names = ALL  # which property sets the others have is not known here; they show everything
    return replies.typed(replies.selected(row, names))
