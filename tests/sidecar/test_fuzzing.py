"""Whatever comes from outside: a value of the right kind or a refusal of ours, and no quotation."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contract.errors import TokenMalformedError
from contract.token import TokenDocument
from sidecar.claims import claims_of, expiry_of
from sidecar.config.environment import config_in
from sidecar.config.file import load_config
from sidecar.config.model import Config
from sidecar.config.surroundings import surroundings_of
from sidecar.config.targets import Target
from sidecar.config.variables import VARIABLES
from sidecar.doctor.judgement import assertion_finding, claims_finding, exchange_finding
from sidecar.entra.answers import Answer, failure_of, parse_retry_after
from sidecar.entra.failures import Failure
from sidecar.entra.inspection import Grant, grant_of, objections_to
from sidecar.errors import ConfigError
from tests.sidecar.edge import jwt

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TARGET = Target(
    connection="contoso",
    resource="exchange",
    tenant_id="11111111-1111-4111-8111-111111111111",
    organization="contoso.onmicrosoft.com",
    client_id="22222222-2222-4222-8222-222222222222",
    environment="worldwide",
    authority="https://login.microsoftonline.com",
    scope="https://outlook.office365.com/.default",
)
DOCUMENT = TokenDocument(
    connection="contoso",
    resource="exchange",
    audience="https://outlook.office365.com",
    tenant_id=TARGET.tenant_id,
    organization=TARGET.organization,
    client_id=TARGET.client_id,
    environment="worldwide",
    access_token="a.b.c",
    acquired_at=NOON,
    expires_at=NOON + timedelta(hours=1),
    refresh_at=NOON + timedelta(minutes=30),
    sequence=1,
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=20)
    | st.sampled_from(["", "1e999", "2026-03-01T12:00:00Z", "\x00", "\U0001d518", "-1"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
MEMBERS = sorted(json.loads(DOCUMENT.to_json()))
CLAIMS = ("aud", "tid", "exp", "appid", "azp", "roles", "wids", "scp", "iss", "sub")
CANARY = "canary-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789"


def _document(data: bytes) -> TokenDocument | None:
    """Return the document that *data* is; refused, it must say why and quote nothing."""
    told: list[str] = []
    try:
        return TokenDocument.from_json(data)
    except TokenMalformedError as error:
        told += error.problems
    assert told
    assert CANARY not in " ".join(told)
    return None


@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_document_or_malformed(data: bytes) -> None:
    """Nothing but the one error comes out of the parser."""
    document = _document(data)
    if document is not None:
        assert TokenDocument.from_json(document.to_json()) == document


@given(st.dictionaries(st.sampled_from([*MEMBERS, "future"]), VALUES, max_size=4))
def test_a_document_with_any_members_changed_is_one_or_malformed(
    changed: dict[str, object],
) -> None:
    """A member of the wrong kind is told by its name, and its value is not quoted."""
    members = json.loads(DOCUMENT.to_json()) | {"access_token": CANARY} | changed
    document = _document(json.dumps(members).encode())
    if document is not None:
        assert isinstance(document.sequence, int)
        assert document.expires_at.tzinfo is not None


@given(st.text() | st.dictionaries(st.sampled_from(CLAIMS), VALUES).map(lambda each: jwt(**each)))
@example("..")
@example("a.W10.c")
def test_any_text_can_be_looked_at_as_a_token(token: str) -> None:
    """Claims, expiry and every judgement are total: an odd token is an odd token."""
    assert isinstance(claims_of(token), dict)
    ends = expiry_of(token)
    assert ends is None or ends.tzinfo is not None
    grant = Grant(access_token=token, expires_in=timedelta(hours=1), refresh_in=None)
    assert all(isinstance(each, str) for each in objections_to(grant, TARGET, now=NOON))
    for finding in (
        claims_finding(token, TARGET),
        assertion_finding(token, TARGET, now=NOON),
        exchange_finding(200, token, token, TARGET),
    ):
        assert finding.says


@given(st.text(max_size=40) | st.integers().map(str))
@example("9" * 5000)
@example("Thu, 99 Foo 2026 99:99:99 GMT")
@example("Thu, 01 Jan 99999 00:00:00 GMT")
@example("٣")
def test_any_retry_after_is_a_pause_or_nothing(text: str) -> None:
    """Never negative, never an exception, and never beyond what a timedelta can hold."""
    found = parse_retry_after(text, now=NOON)
    assert found is None or timedelta() <= found


@given(
    st.integers(100, 599),
    st.text(max_size=60)
    | st.dictionaries(
        st.sampled_from(["error", "error_description", "error_codes", "future"]),
        VALUES | st.just(f"AADSTS70021: {CANARY}") | st.just([70021]),
    ).map(json.dumps),
)
def test_any_answer_that_is_no_grant_has_a_class(status: int, body: str) -> None:
    """A class, one bounded line, a remedy; and no long word of what was answered."""
    failure = failure_of(Answer(status=status, retry_after=None, body=body), now=NOON)
    assert isinstance(failure, Failure)
    assert failure.remedy
    assert len(failure.summary) < 400
    assert "\n" not in failure.summary
    assert CANARY not in failure.summary


@given(st.dictionaries(st.sampled_from(["access_token", "expires_in", "refresh_in"]), VALUES))
def test_any_response_is_a_grant_or_none(response: dict[str, object]) -> None:
    """A grant has a token and a life; whatever else came is none."""
    grant = grant_of(response)
    assert grant is None or (grant.access_token and isinstance(grant.expires_in, timedelta))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a good configuration in it."""
    folder = tmp_path_factory.mktemp("ground")
    (folder / "tokens").mkdir()
    (folder / "token").write_text("a.b.c")
    (folder / "good.yaml").write_text(
        "connections:\n  contoso:\n"
        "    tenantId: 11111111-1111-4111-8111-111111111111\n"
        "    organization: contoso.onmicrosoft.com\n"
        "    clientId: 22222222-2222-4222-8222-222222222222\n"
        "    environment: worldwide\n"
        "    resources: [exchange, {name: mine, scope: https://x/.default}]\n"
        "    credential: {workloadIdentity: {tokenFile: token}}\n"
        'refresh: {startSplay: 1s, workers: 3}\noutput: {directory: tokens, mode: "0640"}\n'
        "server: {address: 127.0.0.1, port: 9464}\n"
    )
    return folder


def _refused(load: Callable[[], Config]) -> tuple[str, ...]:
    """Return why *load* refuses, nothing when it gives a configuration; nothing else may happen."""
    try:
        assert isinstance(load(), Config)
    except ConfigError as error:
        return error.problems
    return ()


ODD = ["null", "~", "1e999", "0o17", "<<: *a", "%YAML 9.9", "---\n", "\x00", "\ufeff", "? "]
SIGNS = [
    "",
    "\t",
    "  ",
    ":",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "&a",
    "*a",
    "!!python/name:os.x ",
    "\n",
    "#",
]
PIECES = st.sampled_from([*SIGNS, *ODD, '"', "\U0001d518"])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 600), st.integers(0, 40), PIECES | st.text(max_size=5)), max_size=4
    )
)
def test_any_change_of_a_configuration_is_a_configuration_or_refused(
    ground: Path, changes: list[tuple[int, int, str]]
) -> None:
    """Each problem names the file; nothing else is ever raised, and nothing is written."""
    text = (ground / "good.yaml").read_text()
    for at, length, piece in changes:
        text = text[:at] + piece + text[at + length :]
    file = ground / "changed.yaml"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    told = _refused(lambda: load_config(file, surroundings_of(file)))
    assert all(each.startswith(str(file)) for each in told)
    assert list((ground / "tokens").iterdir()) == []


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["EXO_CONNECTION", "EXO_NEW", "AZURE_CLIENT_ID", *VARIABLES]),
        st.text(alphabet=st.characters(exclude_characters="\x00"), max_size=20),
    )
)
def test_any_environment_is_a_configuration_or_refused(environ: dict[str, str]) -> None:
    """A value of the wrong kind is told by the name of its variable."""
    told = _refused(lambda: config_in(environ, surroundings_of(None, environ)))
    assert all(": " in each for each in told)
