"""Every code that Entra is known to refuse a token request with is provoked by its real cause."""

import base64
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from emulator.clock import system_clock
from emulator.entra.refusals import Code
from emulator.testing import (
    CLIENT_ID,
    OBJECT_ID,
    Application,
    Emulator,
    FederatedCredential,
    running,
    sample_world,
)

SUBJECT = "system:serviceaccount:reports:exo-jobs"
SECRET = {"id": "44444444-4444-4444-8444-444444444444", "value": "a-right-secret"}
EXPIRED = {
    "id": "55555555-5555-4555-8555-555555555555",
    "value": "an-old-secret",
    "expires": "2020-01-01T00:00:00Z",
}
BY_SECRET = {"client_assertion": None, "client_secret": SECRET["value"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A cause, and what Entra makes of it."""

    code: int
    error: str = "invalid_client"
    status: int = 401
    application: dict[str, object] | None = None
    """What is different about the application."""
    entra: dict[str, object] | None = None
    """What is different about Entra."""
    ask: dict[str, object] | None = None
    """What is different about the request; a callable is given the emulator."""


def _forged(emulator: Emulator) -> str:
    head, body, _ = emulator.issuer.mint().split(".")
    return f"{head}.{body}.{base64.urlsafe_b64encode(bytes(256)).decode().rstrip('=')}"


def _minted(**changes: object) -> Callable[[Emulator], str]:
    return lambda emulator: emulator.issuer.mint(**changes)


def _users_token(emulator: Emulator) -> str:
    return emulator.issuer.mint(iss="https://login.microsoftonline.com/x/v2.0", scp="User.Read")


CASES = {
    "no record fits": Case(
        code=70021,
        application={"federated_credentials": []},
        ask={"client_assertion": _minted()},
    ),
    "another issuer": Case(code=700211, ask={"client_assertion": _minted(iss="https://o.example")}),
    "another audience": Case(code=700212, ask={"client_assertion": _minted(audience="other")}),
    "another subject": Case(code=700213, ask={"client_assertion": _minted(subject="other")}),
    "a subject in other case": Case(
        code=7002138, ask={"client_assertion": _minted(subject=SUBJECT.upper())}
    ),
    "an issuer in other case": Case(
        code=7002137,
        ask={"client_assertion": lambda e: e.issuer.mint(iss=e.issuer.url.replace("iss", "Iss"))},
    ),
    "an assertion of yesterday": Case(
        code=700024, ask={"client_assertion": _minted(lifetime=timedelta(days=-1))}
    ),
    "a certificate that is not registered": Case(code=700027, application={"certificates": []}),
    "a secret's id in place of its value": Case(
        code=7000215, ask=BY_SECRET | {"client_secret": SECRET["id"]}
    ),
    "an expired secret": Case(code=7000222, ask=BY_SECRET | {"client_secret": EXPIRED["value"]}),
    "no credential": Case(code=7000218, ask={"client_assertion": None}),
    "an unknown application": Case(
        code=700016,
        error="unauthorized_client",
        status=400,
        ask={"client_id": "99999999-9999-4999-8999-999999999999"},
    ),
    "a disabled application": Case(
        code=7000112, error="unauthorized_client", status=400, application={"enabled": False}
    ),
    "an unknown tenant": Case(
        code=90002, error="invalid_request", status=400, ask={"tenant": "nowhere.example"}
    ),
    "a resource of another cloud": Case(
        code=500011,
        error="invalid_resource",
        status=400,
        ask={"scope": "https://outlook.office365.us/.default"},
    ),
    "a scope that is not .default": Case(
        code=70011,
        error="invalid_scope",
        status=400,
        ask={"scope": "https://outlook.office365.com/Mail.Read"},
    ),
    "two resources": Case(
        code=700022,
        error="invalid_scope",
        status=400,
        ask={
            "scope": "https://outlook.office365.com/.default https://graph.microsoft.com/.default"
        },
    ),
    "a permission of Exchange asked of Graph": Case(
        code=650053,
        error="invalid_scope",
        status=400,
        ask={"scope": "https://graph.microsoft.com/Exchange.ManageAsApp"},
    ),
    "no admin consent": Case(
        code=65001, error="invalid_grant", status=400, application={"admin_consent": False}
    ),
    "a blocked address": Case(
        code=53003,
        error="access_denied",
        status=400,
        application={"conditional_access": {"blockedAddresses": ["127.0.0.0/8"]}},
    ),
    "a device that is required": Case(
        code=50005,
        error="invalid_grant",
        status=400,
        application={"conditional_access": {"deviceRequired": True}},
    ),
    "a token of a person as assertion": Case(
        code=700229,
        application={
            "federated_credentials": [
                FederatedCredential(
                    issuer="https://login.microsoftonline.com/x/v2.0", subject=SUBJECT
                )
            ]
        },
        ask={"client_assertion": _users_token},
    ),
    "a forged signature": Case(code=50013, ask={"client_assertion": _forged}),
    "a parameter missing": Case(
        code=900144, error="invalid_request", status=400, ask={"scope": None}
    ),
    "an issuer that cannot be reached": Case(
        code=90061,
        error="invalid_request",
        status=400,
        application={
            "federated_credentials": [
                FederatedCredential(issuer="https://127.0.0.1:9", subject=SUBJECT)
            ]
        },
        ask={"client_assertion": _minted(iss="https://127.0.0.1:9")},
    ),
    **{
        f"an outage, told as {code}": Case(
            code=code, error="temporarily_unavailable", status=503, entra={"outage": str(code)}
        )
        for code in (90006, 90024, 90033)
    },
}
ELSEWHERE = {
    90055: "test_a_tenant_that_asks_too_often_is_told_when_to_come_back",
    900382: "test_a_tenant_lives_in_one_cloud",
    90038: "test_a_tenant_lives_in_one_cloud",
    700030: "test_a_chain_is_trusted_by_subject_and_issuer",
}
REFERENCE = {
    *(70021, 700211, 700212, 700213, 7002138, 7002137, 700024, 700027, 7000215, 7000222, 7000218),
    *(700016, 7000112, 90002, 900382, 90038, 500011, 70011, 700022, 65001, 700030, 50005, 53003),
    *(700229, 50013, 900144, 650053, 90061, 90024, 90006, 90033, 90055),
}
"""Every code that users of workload identities and certificates report."""


def own_world(case: Case):
    """Return the sample world with what *case* changes."""
    world = sample_world()
    tenant = world.tenants[0]
    changed = {
        **tenant.applications[0].model_dump(),
        "secrets": [SECRET, EXPIRED],
        **(case.application or {}),
    }
    application = Application.model_validate(changed)
    settings = world.entra.model_copy(update=case.entra or {})
    tenants = (tenant.model_copy(update={"applications": (application,)}),)
    return world.model_copy(update={"tenants": tenants, "entra": settings})


@pytest.mark.behaviour("entra.refusal")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_cause_has_its_code_in_entras_shape(client_of, case: Case):
    """Code, OAuth error, status, ids and address are all where a client looks for them."""
    with running(own_world(case)) as emulator:
        client = client_of(emulator)
        ask = {n: v(emulator) if callable(v) else v for n, v in (case.ask or {}).items()}
        answer = client.ask_token(**ask)
    body = answer.json()
    told = (body["error_codes"], body["error"], answer.status_code)
    assert told == ([case.code], case.error, case.status)
    assert body["error_description"].startswith(f"AADSTS{case.code}: ")
    assert f"Trace ID: {body['trace_id']} Correlation ID: " in body["error_description"]
    assert body["error_uri"] == f"{emulator.url}/error?code={case.code}"
    assert uuid.UUID(body["trace_id"])
    assert answer.headers["x-ms-request-id"] == body["trace_id"]


def test_no_reported_code_is_left_out():
    """Each code of the list is provoked by a case here, or by the test that is named."""
    provoked = {case.code for case in CASES.values()}
    assert provoked | set(ELSEWHERE) == REFERENCE
    assert provoked <= set(Code)
    for name in ELSEWHERE.values():
        assert callable(globals()[name])


@pytest.mark.behaviour("entra.throttling")
def test_a_tenant_that_asks_too_often_is_told_when_to_come_back(client_of):
    """429 carries Retry-After; who waits so long gets a token, and another clock tick is needed."""
    now = [datetime(2026, 3, 1, tzinfo=UTC)]
    world = own_world(Case(code=0, entra={"requests_per_second": 0.5}))
    with running(world, clock=lambda: now[0]) as emulator:
        client = client_of(emulator)
        first, second = client.ask_token(**BY_SECRET), client.ask_token(**BY_SECRET)
        wait = int(second.headers["Retry-After"])
        now[0] += timedelta(seconds=wait - 0.5)
        early = client.ask_token(**BY_SECRET)
        now[0] += timedelta(seconds=1)
        later = client.ask_token(**BY_SECRET)
    assert [each.status_code for each in (first, second, early, later)] == [200, 429, 429, 200]
    assert second.json()["error_codes"] == [90055]
    assert second.json()["error"] == "temporarily_unavailable"
    assert wait == 2


@pytest.mark.behaviour("entra.cloud.tenant")
@pytest.mark.parametrize(
    ("cloud", "home", "abroad"),
    [
        ("worldwide", "login.microsoftonline.com", "login.microsoftonline.us"),
        ("gccHigh", "login.microsoftonline.us", "login.microsoftonline.com"),
        ("dod", "login.microsoftonline.us", "login.partner.microsoftonline.cn"),
        ("china", "login.chinacloudapi.cn", "login.windows.net"),
    ],
)
def test_a_tenant_lives_in_one_cloud(client_of, cloud, home, abroad):
    """Its own authority answers by any name; another cloud's sends it away, with two codes."""
    world = own_world(Case(code=0))
    tenant = world.tenants[0].model_copy(update={"cloud": cloud})
    with running(world.model_copy(update={"tenants": (tenant,)})) as emulator:
        client = client_of(emulator)
        url = f"{emulator.url}/{tenant.id}"
        form = {
            "client_id": CLIENT_ID,
            "grant_type": "client_credentials",
            "scope": f"{tenant.in_cloud.exchange}/.default",
            "client_secret": SECRET["value"],
        }
        token, path = "/oauth2/v2.0/token", "/v2.0/.well-known/openid-configuration"
        good = client.session.post(url + token, data=form, headers={"Host": home})
        bad = client.session.post(url + token, data=form, headers={"Host": abroad})
        found = client.session.get(url + path, headers={"Host": home})
        lost = client.session.get(url + path, headers={"Host": abroad})
    assert good.status_code == 200, good.text
    assert bad.json()["error_codes"] == [900382]
    assert found.json()["token_endpoint"].startswith(f"https://{home}/")
    assert lost.json()["error_codes"] == [90038]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """An authority that issues certificates to applications."""
    return trustme.CA(key_type=trustme.KeyType.RSA)


@pytest.fixture
def by_name(authority: trustme.CA) -> Iterator[Emulator]:
    """An emulator whose application trusts jobs.example from that authority."""
    pem = authority.cert_pem.bytes().decode()
    names = [{"subject": "jobs.example", "issuer": pem}]
    with running(own_world(Case(code=0, application={"subject_names": names}))) as emulator:
        yield emulator


@pytest.mark.behaviour("entra.certificate.subject-name-issuer")
@pytest.mark.parametrize(("name", "code"), [("jobs.example", None), ("other.example", 700030)])
def test_a_chain_is_trusted_by_subject_and_issuer(client_of, by_name, authority, name, code):
    """A certificate that nobody registered proves the application by its name alone."""
    issued = authority.issue_cert(name, key_type=trustme.KeyType.RSA)
    leaf = issued.cert_chain_pems[0].bytes().decode()
    der = x509.load_pem_x509_certificate(leaf.encode()).public_bytes(Encoding.DER)
    client = client_of(by_name)
    assertion = client.assertion(
        key=issued.private_key_pem.bytes().decode(),
        header={"x5t#S256": "unregistered", "x5c": [base64.b64encode(der).decode()]},
    )
    answer = client.ask_token(client_assertion=assertion)
    assert answer.json().get("error_codes") == ([code] if code else None), answer.text


def test_a_chain_from_elsewhere_is_no_proof(client_of, by_name):
    """A name alone is nothing: who issued it counts."""
    stranger = trustme.CA(key_type=trustme.KeyType.RSA)
    issued = stranger.issue_cert("jobs.example", key_type=trustme.KeyType.RSA)
    leaf = issued.cert_chain_pems[0].bytes().decode()
    der = x509.load_pem_x509_certificate(leaf.encode()).public_bytes(Encoding.DER)
    client = client_of(by_name)
    assertion = client.assertion(
        key=issued.private_key_pem.bytes().decode(),
        header={"x5t#S256": "unregistered", "x5c": [base64.b64encode(der).decode()]},
    )
    assert client.ask_token(client_assertion=assertion).json()["error_codes"] == [700030]


@pytest.mark.behaviour("entra.federated.propagation")
def test_a_new_federated_credential_is_unknown_for_a_while(client_of):
    """Added at run time, it counts only when it has reached every server."""
    now = [system_clock()]
    world = own_world(
        Case(
            code=0,
            application={"federated_credentials": []},
            entra={"propagation": timedelta(minutes=3)},
        )
    )
    with running(world, clock=lambda: now[0]) as emulator:
        client = client_of(emulator)
        tenant = world.tenants[0]
        application = tenant.applications[0].model_copy(
            update={"federated_credentials": (FederatedCredential(subject=SUBJECT),)}
        )
        changed = tenant.model_copy(update={"applications": (application,)})
        emulator.state.world = world.model_copy(update={"tenants": (changed,)})
        early = client.ask_token(client_assertion=emulator.issuer.mint())
        now[0] += timedelta(minutes=3)
        later = client.ask_token(client_assertion=emulator.issuer.mint())
    assert early.json()["error_codes"] == [70021]
    assert later.status_code == 200


@pytest.mark.behaviour("entra.secret")
def test_a_secret_gets_a_token_that_says_so(client_of):
    """The right value counts, one that has not expired among several, and `appidacr` is 1."""
    import jwt

    with running(own_world(Case(code=0))) as emulator:
        answer = client_of(emulator).ask_token(**BY_SECRET)
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert (claims["appidacr"], claims["oid"]) == ("1", OBJECT_ID)


def test_no_secret_is_shown_by_a_world():
    """Neither its text nor its JSON has a secret's value."""
    world = own_world(Case(code=0))
    assert SECRET["value"] not in repr(world)
    assert SECRET["value"] not in world.model_dump_json()


def test_a_certificate_counts_beside_secrets(client_of):
    """An application may have every kind of credential at once."""
    with running(own_world(Case(code=0))) as emulator:
        assert client_of(emulator).ask_token().status_code == 200
