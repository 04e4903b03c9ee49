"""Which token a run may start on, by a clock that the test sets."""

import base64
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import volume
from contract.exitcodes import ExitCode
from contract.freshness import Wanted
from contract.token import TokenDocument
from runner.notices import Notice
from runner.tokens import claims, gate
from runner.tokens.gate import NoToken

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TENANT = "11111111-1111-4111-8111-111111111111"
WANTED = Wanted(connection="contoso", resource="exchange")


def jwt(**members: object) -> str:
    """Return a token with these claims; nobody here looks at its signature."""
    body = base64.urlsafe_b64encode(json.dumps(members).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJSUzI1NiJ9.{body}.c2lnbmF0dXJl"


def document(**changes: object) -> TokenDocument:
    """Return a document of an hour's life with *changes*."""
    plain = TokenDocument(
        connection="contoso",
        resource="exchange",
        audience="https://outlook.office365.com",
        tenant_id=TENANT,
        organization="contoso.onmicrosoft.com",
        client_id="22222222-2222-4222-8222-222222222222",
        environment="worldwide",
        access_token="opaque",
        acquired_at=NOON,
        expires_at=NOON + timedelta(hours=1),
        refresh_at=NOON + timedelta(minutes=30),
        sequence=1,
    )
    return replace(plain, **changes)


GOOD = {"tid": TENANT, "exp": NOON.timestamp() + 3600}
USER = {"user_principal_name": "ada@contoso.com"}


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        pytest.param({}, None, "", id="opaque token"),
        pytest.param({"access_token": jwt(**GOOD)}, None, "", id="claims agree"),
        pytest.param({"access_token": jwt(tid="other")}, 84, "tid is 'other'", id="other tenant"),
        pytest.param({"access_token": jwt(exp=NOON.timestamp())}, 75, "exp is past", id="expired"),
        pytest.param({"access_token": jwt(exp=-1e300)}, 75, "any date", id="absurd exp"),
        pytest.param({"access_token": jwt(exp=True)}, None, "", id="exp is no number"),
        pytest.param({"access_token": jwt(tid="x", exp=1)}, 84, "exp is past", id="both wrong"),
        pytest.param(USER, None, "", id="delegated and opaque"),
        pytest.param(
            {"access_token": jwt(upn="ADA@contoso.com"), **USER}, None, "", id="delegated"
        ),
        pytest.param(
            {"access_token": jwt(upn="bob@contoso.com"), **USER}, 84, "bob@", id="another user"
        ),
        pytest.param({"access_token": jwt(**GOOD), **USER}, 84, "'missing'", id="no user at all"),
        pytest.param({"expires_at": NOON}, 75, "expired", id="document expired"),
        pytest.param({"connection": "fabrikam"}, 84, "connection", id="another connection"),
        pytest.param({"audience": "https://graph.example"}, 84, "audience", id="another audience"),
        pytest.param(
            {"environment": "dod", "audience": "https://webmail.apps.mil/"}, None, "", id="cloud"
        ),
    ],
)
def test_a_token_must_be_what_its_document_says(tmp_path, changes, code, words):
    """The token's readable claims, its time and its purpose decide whether a run may start."""
    path = tmp_path / "exchange.json"
    path.write_text(document(**changes).to_json())
    found = gate.look(path, WANTED, now=NOON)
    if code is None:
        assert isinstance(found, TokenDocument)
    else:
        assert isinstance(found, NoToken)
        assert found.code == code
        assert words in found.reason


@given(st.one_of(st.text(), st.binary().map(lambda data: f"a.{base64.b64encode(data).decode()}.b")))
def test_no_token_is_too_strange_to_be_looked_at(token: str):
    """Whatever stands where claims should be, reading them yields a mapping and never fails."""
    assert isinstance(claims.claims_of(token), dict)


@dataclass
class Clock:
    """A clock that only waiting moves."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        """Return noon and the seconds waited."""
        return NOON + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        """Return the seconds waited."""
        return self.seconds

    def wait(self, seconds: float) -> Notice | None:
        """Let *seconds* pass."""
        self.waits.append(seconds)
        self.seconds += seconds
        return None


def test_patience_is_kept_exactly(tmp_path):
    """Without a token the gate waits as long as it was told, then says what is missing."""
    clock, path = Clock(), tmp_path / "none.json"
    patience = timedelta(seconds=1.1)
    found = gate.await_token(path, WANTED, patience=patience, clock=clock, wait=clock.wait)
    assert isinstance(found, NoToken)
    assert found.code is ExitCode.TEMPORARY
    assert sum(clock.waits) == pytest.approx(1.1)


def test_a_token_that_comes_late_is_taken(tmp_path):
    """A document that appears while the gate waits lets the run begin."""
    clock = Clock()
    (tmp_path / "contoso").mkdir()
    path = tmp_path / "contoso" / "exchange.json"

    def wait(seconds: float) -> None:
        clock.wait(seconds)
        volume.publish(tmp_path, document())

    found = gate.await_token(path, WANTED, patience=timedelta(hours=1), clock=clock, wait=wait)
    assert found == document()
    assert len(clock.waits) == 1


def test_a_stop_ends_the_wait(tmp_path):
    """A stop signal is handed back at once."""
    found = gate.await_token(
        tmp_path / "none.json",
        WANTED,
        patience=timedelta(hours=1),
        clock=Clock(),
        wait=lambda _: Notice.TERMINATE,
    )
    assert found is Notice.TERMINATE
