"""Whatever is sent to the admin API is answered in its own way: no crash, no hang."""

import asyncio
import json
import socket
import ssl
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.testing import ORGANIZATION, TENANT_ID, running, sample_world

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
REST = st.sampled_from(
    [
        "InvokeCommand",
        "$batch",
        "EXOModuleFile",
        "EXOBanner('x')",
        "",
        "$metadata",
        "Mailbox",
        "Mailbox('x')",
        "Mailbox('x')/Exchange.GetMailboxStatistics()",
        "Recipient('eA==')/RecipientPermission",
    ]
)
CMDLETS = st.sampled_from(
    [
        "Get-Mailbox",
        "Set-Mailbox",
        "Get-MailboxPermission",
        "Get-InboxRule",
        "Get-Label",
        "Get-AcceptedDomain",
    ]
)
NAMES = st.sampled_from(
    [
        "Identity",
        "ResultSize",
        "Filter",
        "Confirm",
        "Anr",
        "RecipientTypeDetails",
        "User",
        "Archive",
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**40, -(10**25), 1e300, "Unlimited", "Alias -eq 'x'", "\0", "\ud800"])
    | st.floats()
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
COMMANDS = st.fixed_dictionaries(
    {
        "CmdletInput": st.fixed_dictionaries(
            {"CmdletName": CMDLETS | TEXT, "Parameters": st.dictionaries(NAMES | TEXT, VALUES)}
        )
    }
)
MEMBERS = st.dictionaries(
    st.sampled_from(["id", "method", "url", "headers", "body"]),
    VALUES | REST | st.sampled_from(["GET", "POST", "/InvokeCommand", "https://[", "//", "?a=b"]),
)
WHOLE_MEMBERS = st.fixed_dictionaries(
    {"id": TEXT, "url": REST | TEXT, "body": COMMANDS | VALUES, "headers": VALUES}
)
DOCUMENTS = COMMANDS | st.fixed_dictionaries(
    {"requests": st.lists(MEMBERS | WHOLE_MEMBERS | VALUES, max_size=12)}
)
BODIES = (
    st.binary(max_size=40)
    | (DOCUMENTS | VALUES).map(lambda value: json.dumps(value).encode())
    | st.sampled_from(
        [
            b"[" * 50_000,
            b'{"a":' * 3_000,
            b"1" * 10_000,
            b"\xff\xfe{}",
            b'{"CmdletInput":{"a":NaN}}',
        ]
    )
)
HEADER_VALUES = st.binary(max_size=20).map(
    lambda text: bytes(each for each in text if each >= 32 and each != 127)
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            b"prefer",
            b"x-anchormailbox",
            b"commandname",
            b"x-responseformat",
            b"client-request-id",
            b"connection-id",
            b"x-cmdletname",
            b"accept",
            b"content-type",
            b"content-length",
        ]
    ),
    HEADER_VALUES | st.sampled_from([b"odata.maxpagesize=0", b"clixml"]),
)
HOSTS = st.just(b"127.0.0.1:443") | st.sampled_from(
    [b"localhost", b"[::1]:5", b"", b"[", b"a:99999", b"ps.compliance.protection.outlook.com"]
)
QUERIES = st.sampled_from(
    [b"", b"$skiptoken=", b"$top=1", b"$filter=", b"isEncoded=true", b"$select="]
)
QUERY_TAIL = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=20)


@pytest.fixture(scope="module")
def changing(client_of):
    """A client of an emulator of its own, since some of the requests may change it."""
    world = sample_world()
    tenant = world.tenants[0]
    almighty = {"directory_roles": ("Global Administrator",)}
    member = tenant.applications[0].model_copy(update=almighty)
    tenants = (tenant.model_copy(update={"applications": (member,)}),)
    with running(world.model_copy(update={"tenants": tenants})) as emulator:
        yield client_of(emulator)


@pytest.fixture(scope="module")
def compliance_token(changing):
    """A token for Security & Compliance."""
    return changing.token(scope="https://ps.compliance.protection.outlook.com/.default")


def ask(app, method, path, *, query, headers, body):
    """Send a request to the application itself, and return the status, headers and body."""
    messages = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        messages.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "https",
        "method": method,
        "path": path,
        "raw_path": b"",
        "root_path": "",
        "query_string": query,
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 443),
    }
    asyncio.run(asyncio.wait_for(app(scope, receive, send), 20))
    start = messages[0]
    return (
        start["status"],
        dict(start["headers"]),
        b"".join(each.get("body", b"") for each in messages[1:]),
    )


def answered(client, method, path, **parts):
    """Send a request, check that the answer is of the API's own kind, and return its status."""
    status, sent, text = ask(client.emulator.state.app, method, path, **parts)
    assert status < 500
    assert b"request-id" in sent
    if sent.get(b"content-type", b"").startswith(b"application/json"):
        document = json.loads(text)
        assert ("error" in document) == (status >= 400)
    else:
        assert status in {200, 204, 302, 307} or (status == 403 and not text.strip(b"\0"))
    return status


@pytest.mark.behaviour("exchange.odd-requests")
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    method=st.sampled_from(["GET", "POST", "PUT"]),
    version=st.sampled_from(["beta", "v1.0", "v2.0", "x"]),
    place=st.sampled_from([("", ORGANIZATION), ("", "nowhere"), ("/compliance", TENANT_ID)]),
    rest=REST | TEXT,
    query=st.tuples(QUERIES, QUERY_TAIL),
    headers=HEADERS,
    host=HOSTS,
    body=BODIES,
)
def test_any_request_is_answered_in_the_apis_own_way(  # noqa: PLR0917  # one a part
    changing, compliance_token, method, version, place, rest, query, headers, host, body
):
    """No status of 500, valid JSON, and each refusal an error of the API."""
    prefix, tenant = place
    token = compliance_token if prefix else changing.bearer
    whole = {b"host": host, b"authorization": f"Bearer {token}".encode(), **headers}
    answered(
        changing,
        method,
        f"{prefix}/adminapi/{version}/{tenant}/{rest}",
        query=query[0] + query[1].encode(),
        headers=list(whole.items()),
        body=body,
    )


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    command=st.tuples(CMDLETS, st.dictionaries(NAMES, VALUES | st.just("room1"), max_size=4)),
    headers=HEADERS,
    is_batch=st.booleans(),
)
def test_any_parameters_of_a_real_cmdlet_bind_or_are_refused(changing, command, headers, is_batch):
    """Also in a batch, whose other members are answered in any case."""
    cmdlet, parameters = command
    body = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}
    member = {"id": "odd", "url": "/InvokeCommand", "body": body}
    sent = {"requests": [member, {"id": "x"}, {**member, "id": "y"}]} if is_batch else body
    usual = {b"host": b"localhost", b"authorization": f"Bearer {changing.bearer}".encode()}
    status = answered(
        changing,
        "POST",
        f"/adminapi/beta/{ORGANIZATION}/{'$batch' if is_batch else 'InvokeCommand'}",
        query=b"",
        headers=list((usual | headers).items()),
        body=json.dumps(sent).encode(),
    )
    assert status in {200, 400, 403, 404}


def with_note(value):
    """Return a command that would run, with an annotation that nobody reads."""
    command = b'{"CmdletInput":{"CmdletName":"Get-AcceptedDomain","Parameters":{"@a":%b}}}'
    return command % value


NO_COMMANDS = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "no command": b'{"CmdletInput":{}}',
    "no UTF-8": b'{"a":"\xff"}',
    "not a number": with_note(b"NaN"),
    "more than a double": with_note(b"1e999"),
    "half of a pair": with_note(b'"\\ud800"'),
    "half a character": b'{"CmdletInput":{"CmdletName":"Get-\\ud800","Parameters":{}}}',
    "a number of 10,000 digits": with_note(b"1" * 10_000),
    "lists in lists": with_note(b"[" * 70 + b"]" * 70),
    "no end of lists": b"[" * 100_000,
    "parameters that are a list": b'{"CmdletInput":{"CmdletName":"Get-Mailbox","Parameters":[]}}',
}


@pytest.mark.parametrize("body", NO_COMMANDS.values(), ids=NO_COMMANDS)
def test_a_body_that_is_no_command_is_refused(client, body):
    """Nothing is half read, and nothing is repeated that could not be sent."""
    url = f"{client.emulator.url}/adminapi/beta/{ORGANIZATION}/InvokeCommand"
    headers = {"Authorization": f"Bearer {client.bearer}"}
    answer = client.session.post(url, data=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


def test_a_command_with_a_note_runs(client):
    """What makes the bodies above wrong is the value alone."""
    url = f"{client.emulator.url}/adminapi/beta/{ORGANIZATION}/InvokeCommand"
    headers = {"Authorization": f"Bearer {client.bearer}"}
    for value in (b"1", b"[" * 20 + b"]" * 20, b"1" * 4_000):
        assert client.session.post(url, data=with_note(value), headers=headers).json()["value"]


@pytest.mark.parametrize("parameters", [{}, {"Parameters": None}, {"Parameters": {}}])
def test_parameters_may_be_left_out(client, parameters):
    """A cmdlet's name alone is a command."""
    url = f"{client.emulator.url}/adminapi/beta/{ORGANIZATION}/InvokeCommand"
    headers = {"Authorization": f"Bearer {client.bearer}"}
    body = {"CmdletInput": {"CmdletName": "Get-AcceptedDomain", **parameters}}
    assert client.session.post(url, json=body, headers=headers).json()["value"]


def test_the_journal_can_be_read_after_odd_requests(client):
    """What was noted of a request can be told, whatever it held."""
    client.invoke("Get-Mailbox", {"Identity": "\ufffe\0", "a": {"b": [1e308]}})
    answer = client.session.get(f"{client.emulator.url}/_emulator/journal")
    assert answer.status_code == 200
    assert answer.json()


RAW = {
    "an odd host": b"GET /adminapi/beta/x/Mailbox HTTP/1.1\r\nHost: [\r\n\r\n",
    "an encoded null": b"GET /adminapi/beta/x%00/%ff%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no length that is true": (
        b"POST /adminapi/beta/x/InvokeCommand HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Length: -1\r\n\r\n"
    ),
    "latin letters": (
        b"GET /adminapi/beta/x/Mailbox HTTP/1.1\r\nHost: localhost\r\nAuthorization: \xe9\r\n\r\n"
    ),
}


@pytest.mark.parametrize("request_bytes", RAW.values(), ids=RAW)
def test_odd_bytes_on_the_wire_are_a_client_error(emulator, request_bytes):
    """Over real TLS, too, the answer is of the 400s, and comes at once."""
    port = urlsplit(emulator.url).port
    context = ssl.create_default_context(cafile=str(emulator.ca_file))
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as wire,
    ):
        wire.sendall(request_bytes)
        assert wire.recv(1_000).startswith(b"HTTP/1.1 4")
