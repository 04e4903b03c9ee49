"""Whatever is sent to whatever address: an answer in the right shape, never a failure of our own.

The addresses and the cmdlets come from the emulator's own tables, so that new ones are tried too.
"""

import base64
import json
from urllib.parse import quote

import pytest
import requests
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from emulator.exchange.cmdlets import CMDLETS
from emulator.testing import CLIENT_ID, TENANT_ID, running, sample_world
from tests.emulator.conftest import ASSERTION_TYPE, EXCHANGE_SCOPE

SECONDS = 10
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
LATENCY = {HealthCheck.too_slow, HealthCheck.function_scoped_fixture}
DEEP = b"[" * 100_000
HUGE = b'{"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": {"ResultSize": %s}}}'


def few(count):
    """Return settings for *count* examples, or for what the profile says if that is more."""
    return settings(
        max_examples=max(count, settings().max_examples if is_long() else 0),
        deadline=None,
        suppress_health_check=LATENCY,
    )


def is_long():
    """Tell whether a profile for a longer run is chosen."""
    return settings().max_examples > 100


@pytest.fixture(scope="module")
def own():
    """An emulator for this file alone, for what is sent may change it."""
    with running(sample_world(mailboxes=5)) as started:
        yield started


@pytest.fixture(scope="module")
def asker(own, client_of):
    """A client for it."""
    return client_of(own)


def routes_of(emulator):
    """Return the paths of all routes."""
    app = emulator.state.app
    while not hasattr(app, "routes"):
        app = app.app  # the routes lie behind what every request passes
    return [route.path for route in app.routes if isinstance(route, Route)]


with running(sample_world(mailboxes=1)) as _started:
    ROUTES = routes_of(_started)

text = st.text(max_size=30)
pieces = st.one_of(
    st.sampled_from(
        [TENANT_ID, "common", "beta", "v1.0", "InvokeCommand", "Mailbox('x')", "..", ""]
    ),
    text,
)
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False),
        text,
        st.sampled_from([10**30, -1, "Unlimited", "\x00", "'", "*", "$null", "a" * 5_000]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(text, inner, max_size=3)),
    max_leaves=8,
)
bodies = st.one_of(
    st.binary(max_size=60),
    values.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(st.sampled_from(["CmdletInput", "value", "grant_type"]), values).map(
        lambda value: json.dumps(value).encode()
    ),
    st.sampled_from([DEEP, b"\xff\xfe", b"\x00", HUGE % (b"9" * 5_000), HUGE % b"1e999"]),
)
headers = st.dictionaries(
    st.sampled_from(
        ["Authorization", "Prefer", "X-CmdletName", "CommandName", "Content-Type",
         "client-request-id", "X-AnchorMailbox", "Accept"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40).map(str.strip),
)  # fmt: skip
queries = st.dictionaries(
    st.sampled_from(["$skiptoken", "$filter", "$select", "$top", "$expand", "api-version", "x"]),
    text,
)


def send(asker, method, path, **what):
    """Send it below the emulator's address; the answer must be none of a failure of the server."""
    request = requests.Request(method, asker.emulator.url, **what).prepare()
    query = request.url.partition("?")[2]
    request.url = asker.emulator.url + path + ("?" + query if query else "")
    answer = asker.session.send(request, timeout=SECONDS, allow_redirects=False)
    assert answer.status_code < 500, (method, path, what, answer.text[:300])
    return answer


def filled(route, fillings):
    """Return *route* with its parameters replaced in turn."""
    for piece in route.split("{")[1:]:
        name = piece.partition("}")[0]
        route = route.replace("{" + name + "}", quote(next(fillings), safe="/()'$"), 1)
    return route


@pytest.fixture(autouse=True)
def still_serves(asker):
    """After every test a good request is answered well."""
    yield
    asker.emulator.faults.clear()
    assert asker.invoke("Get-Mailbox", token=asker.token()).status_code == 200


@pytest.mark.parametrize("route", ROUTES)
def test_no_request_breaks_an_address(asker, route):
    """Any method, path, query, headers and body, with and without a good token."""

    @few(25)
    @given(
        method=st.sampled_from(METHODS),
        path=st.lists(pieces, min_size=5, max_size=5),
        query=queries,
        header=headers,
        body=bodies,
        signed_in=st.booleans(),
    )
    def tried(*, method, path, query, header, body, signed_in):
        if signed_in:
            header = {**header, "Authorization": f"Bearer {asker.bearer}"}
        asker.emulator.faults.clear()  # a valid fault is not a failure
        address = filled(route, iter(path))
        answer = send(asker, method, address, params=query, headers=header, data=body)
        if answer.headers.get("content-type", "").startswith("application/json") and answer.text:
            answer.json()

    tried()


@pytest.mark.parametrize("cmdlet", CMDLETS.values(), ids=lambda each: each.name)
def test_no_argument_breaks_a_cmdlet(asker, cmdlet):
    """Any value for any parameter: rows, or an OData error."""
    names = [parameter.name for parameter in cmdlet.parameters]
    known = st.dictionaries(st.sampled_from(names), values) if names else st.just({})

    @few(25)
    @given(parameters=st.one_of(known, st.dictionaries(text, values, max_size=2)))
    def tried(parameters):
        answer = post(asker, {"CmdletInput": {"CmdletName": cmdlet.name, "Parameters": parameters}})
        assert_odata(answer)

    tried()


def post(asker, document, **query):
    """Send *document* to InvokeCommand."""
    return send(
        asker,
        "POST",
        f"/adminapi/beta/{TENANT_ID}/InvokeCommand",
        params=query,
        data=json.dumps(document).encode(),
        headers={"Authorization": f"Bearer {asker.bearer}", "Content-Type": "application/json"},
    )


def assert_odata(answer):
    """The answer is a page of rows, or an error with a code and a message."""
    body = answer.json()
    if answer.status_code == 200:
        assert isinstance(body["value"], list)
    else:
        assert body["error"]["code"]
        assert isinstance(body["error"]["message"], str)


skip_tokens = st.one_of(
    st.just(base64.urlsafe_b64encode(DEEP[:20_000]).decode()),
    text,
    st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode()),
    values.map(lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode()),
    st.tuples(st.sampled_from(["Get-Mailbox", "Nope"]), values, values, values).map(
        lambda parts: base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()
    ),
)


def test_no_skip_token_breaks_a_page(asker):
    """Text, bad base64 and good base64 of wrong things are refused as OData."""

    @few(100)
    @given(token=skip_tokens)
    def tried(token):
        assert_odata(post(asker, {}, **{"$skiptoken": token}))

    tried()


words = ["Alias", "-eq", "-like", "-and", "-not", "(", ")", "'a*'", "'", "$true", "{", "}", "\x00"]


def test_no_filter_breaks_a_search(asker):
    """Any row of words and any text is a filter, or an error that says so."""

    @few(100)
    @given(
        text=st.one_of(text, st.lists(st.sampled_from(words), max_size=12).map(" ".join)),
    )
    def tried(text):
        parameters = {"Filter": text}
        assert_odata(
            post(asker, {"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": parameters}})
        )

    tried()


segment = st.one_of(
    values.map(
        lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    ),
    text,
)
assertions = st.one_of(text, st.lists(segment, min_size=3, max_size=3).map(".".join))


def test_no_assertion_breaks_the_token_endpoint(asker):
    """Bad assertions, scopes, grants and clients get Entra's own kind of refusal."""

    @few(150)
    @given(
        changes=st.fixed_dictionaries(
            {"client_assertion": assertions},
            optional={
                "scope": text,
                "client_id": text,
                "grant_type": text,
                "client_assertion_type": text,
                "client_secret": text,
            },
        )
    )
    def tried(changes):
        good = {
            "client_id": CLIENT_ID,
            "scope": EXCHANGE_SCOPE,
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
        }
        answer = send(asker, "POST", f"/{TENANT_ID}/oauth2/v2.0/token", data={**good, **changes})
        body = answer.json()
        assert answer.status_code in {400, 401}
        assert body["error"]
        assert body["error_description"].startswith(f"AADSTS{body['error_codes'][0]}:")

    tried()


def test_no_bearer_breaks_exchange(asker):
    """A bad token is 401 and nothing else."""

    @few(80)
    @given(token=assertions.filter(lambda each: each.isascii() and each.isprintable()))
    def tried(token):
        assume(token == token.strip())
        answer = send(
            asker,
            "GET",
            f"/adminapi/beta/{TENANT_ID}/Mailbox",
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 401

    tried()
