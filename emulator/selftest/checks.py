"""The checks of a self-test, in the order in which a client meets things."""

import uuid
from collections.abc import Callable, Iterator

import jwt
import requests

from emulator.clock import Clock
from emulator.selftest.client import ASSERTION, Client
from emulator.selftest.outcome import NotMadeError, Outcome, Result, UnexpectedError, expect
from emulator.selftest.target import Target

_FEW = 3
_WRONG_SECRET = "7000215"  # noqa: S105  # the number of an error
_DISCOVERY = "/v2.0/.well-known/openid-configuration"


def outcomes(target: Target, *, clock: Clock) -> Iterator[Outcome]:
    """Make every check, each though others fail."""
    with Client(target, clock) as client:
        for name, check in CHECKS.items():
            yield _outcome(name, check, client)


def _outcome(name: str, check: Callable[[Client], None], client: Client) -> Outcome:
    try:
        check(client)
    except UnexpectedError as error:
        return Outcome(name=name, result=Result.FAILED, expected=error.expected, came=error.came)
    except NotMadeError as error:
        return Outcome(name=name, result=Result.SKIPPED, came=str(error))
    except (requests.RequestException, OSError, ValueError, LookupError) as error:
        came = f"{type(error).__name__}: {error}"
        return Outcome(name=name, result=Result.FAILED, expected="an answer", came=came)
    return Outcome(name=name, result=Result.OK)


def _discovery(client: Client) -> None:
    answer = client.ask("GET", f"/{client.target.tenant_id}{_DISCOVERY}")
    expect("200", answer.status_code, good=answer.status_code == 200)
    endpoint = answer.json().get("token_endpoint")
    expect("a token endpoint", endpoint, good=str(endpoint).endswith("/oauth2/v2.0/token"))


def _keys(client: Client) -> None:
    answer = client.ask("GET", f"/{client.target.tenant_id}/discovery/v2.0/keys")
    keys = {each["kid"]: jwt.PyJWK.from_dict(each, "RS256") for each in answer.json()["keys"]}
    kid = jwt.get_unverified_header(client.token).get("kid")
    expect(f"the key {kid} of the tokens", list(keys), good=kid in keys)
    try:
        # Only the signature matters here, and the emulator's clock may be set off.
        jwt.PyJWS().decode(client.token, keys[kid], ["RS256"])
    except jwt.InvalidTokenError as error:
        raise UnexpectedError("a token that the key verifies", type(error).__name__) from None


def _by_certificate(client: Client) -> None:
    assertion = client.certificate_assertion()
    _has_token(client.ask_token(client_assertion_type=ASSERTION, client_assertion=assertion))


def _by_federation(client: Client) -> None:
    projected = client.target.secret("projected-token")
    _has_token(client.ask_token(client_assertion_type=ASSERTION, client_assertion=projected))


def _by_secret(client: Client) -> None:
    _has_token(client.ask_token(client_secret=client.target.secret("client-secret")))


def _has_token(answer: requests.Response) -> None:
    # A refusal tells what is wrong; a body with a token in it must not be shown.
    came = f"{answer.status_code}" if answer.ok else f"{answer.status_code} {answer.text}"
    expect("a token", came, good=answer.ok and "access_token" in answer.json())


def _refusal(client: Client) -> None:
    answer = client.ask_token(client_secret="a-wrong-secret")  # noqa: S106  # meant to be refused
    codes = [str(code) for code in answer.json().get("error_codes", ())]
    came = f"{answer.status_code} with {', '.join(codes)}"
    is_refused = (answer.status_code, codes) == (401, [_WRONG_SECRET])
    expect(f"401 with {_WRONG_SECRET}", came, good=is_refused)


def _paging(client: Client) -> None:
    wanted = _mailboxes(client)
    page = client.invoke("Get-Mailbox", size=1, ResultSize=_FEW)
    pages = [page]
    while (link := page.get("@odata.nextLink")) and len(pages) <= _FEW:
        page = client.invoke("Get-Mailbox", url=str(link), size=1, ResultSize=_FEW)
        pages.append(page)
    found = [row["Guid"] for each in pages for row in each["value"]]
    came = f"{len(found)} on {len(pages)}"
    expect(f"{len(wanted)} mailboxes, a page each", came, good=found == wanted)


def _mailboxes(client: Client) -> list[str]:
    rows = client.invoke("Get-Mailbox", ResultSize=_FEW)["value"]
    if not rows:
        raise NotMadeError("the tenant has no mailbox")
    return [row["Guid"] for row in rows]


def _resource(client: Client) -> None:
    answer = client.get("Mailbox")
    expect("200", f"{answer.status_code} {answer.text}", good=answer.status_code == 200)
    expect("a list", answer.text, good=isinstance(answer.json().get("value"), list))


def _write(client: Client) -> None:
    mailbox, written = _mailboxes(client)[0], f"selftest {uuid.uuid4()}"

    def name() -> object:
        (row,) = client.invoke("Get-Mailbox", Identity=mailbox)["value"]
        return row["DisplayName"]

    before = name()
    client.invoke("Set-Mailbox", Identity=mailbox, DisplayName=written)
    try:
        read = name()
        expect("the value that was written", read, good=read == written)
    finally:
        client.invoke("Set-Mailbox", Identity=mailbox, DisplayName=before)


def _wrong_token(client: Client) -> None:
    answer = client.get("Mailbox", token="not.a.token")  # noqa: S106  # meant to be refused
    expect("401", answer.status_code, good=answer.status_code == 401)


def _fault(client: Client) -> None:
    unique = f"selftest-{uuid.uuid4()}"
    path = f"/{unique}{_DISCOVERY}"
    added = client.ask("POST", "/_emulator/faults", body={"path": unique, "status": 503})
    if added.status_code == 403:
        raise NotMadeError("control is for the emulator's own machine; see --remote-control")
    expect("a fault that is taken", added.status_code, good=added.status_code == 201)
    number = added.json()[0]["id"]
    try:
        struck = client.ask("GET", path)
        expect("503 by the fault", struck.status_code, good=struck.status_code == 503)
        entries = client.ask("GET", f"/_emulator/journal?path={unique}").json()
        found = [(each["status"], each["fault"]) for each in entries]
        expect("the journal to name the fault", found, good=found == [(503, number)])
    finally:
        client.ask("DELETE", f"/_emulator/faults/{number}")


def _proxy(client: Client) -> None:
    address = f"https://login.microsoftonline.com/{client.target.tenant_id}{_DISCOVERY}"
    answer = client.ask("GET", address, proxy=_reachable(client.target.proxy_url))
    came = answer.json().get("token_endpoint", answer.text)
    expect("Microsoft's own address", came, good=str(came).startswith("https://login.microsoft"))


def _proxy_refusal(client: Client) -> None:
    proxy = _reachable(client.target.proxy_url)
    try:
        answer = client.ask("GET", "https://example.invalid/", proxy=proxy)
    except requests.exceptions.ProxyError as error:
        expect("403 by the proxy", error, good="403" in str(error))
    else:
        raise UnexpectedError("403 by the proxy", str(answer.status_code))


def _metadata(client: Client) -> None:
    url = _reachable(client.target.metadata_url)
    answer = client.ask("GET", f"{url}/metadata/identity/oauth2/token")
    expect("400 without its header", answer.status_code, good=answer.status_code == 400)


def _reachable(url: str) -> str:
    if not url:
        raise NotMadeError("only --url is reached")
    return url


CHECKS: dict[str, Callable[[Client], None]] = {
    "discovery of the tenant": _discovery,
    "signing keys verify a token": _keys,
    "token by certificate": _by_certificate,
    "token by federated credential": _by_federation,
    "token by client secret": _by_secret,
    "refusal of a wrong secret": _refusal,
    "InvokeCommand, page by page": _paging,
    "Get-EXO resource": _resource,
    "write, and read back": _write,
    "401 for a wrong token": _wrong_token,
    "fault, and its journal entry": _fault,
    "Microsoft's address by proxy": _proxy,
    "another address is refused": _proxy_refusal,
    "metadata service": _metadata,
}
