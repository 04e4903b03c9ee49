"""Both credentials of one sidecar carry a job; a token that will not do starts none."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jwt
import pytest

from contract import volume
from contract.token import TokenDocument
from emulator.testing import CLIENT_ID, TENANT_ID
from tests.together.stage import BY_CERTIFICATE, BY_WORKLOAD_IDENTITY
from tests.together.work import Work


@pytest.mark.parametrize("connection", [BY_CERTIFICATE, BY_WORKLOAD_IDENTITY])
def test_either_credential_of_one_sidecar_carries_a_job(work: Work, connection: str) -> None:
    """Certificate and workload identity each bring a token of the right tenant and app."""
    document = work.stage.document(connection)
    claims = jwt.decode(document.access_token, options={"verify_signature": False})
    assert (claims["appid"], claims["tid"]) == (CLIENT_ID, TENANT_ID)
    assert TENANT_ID in claims["iss"]
    assert claims["aud"] == document.audience == "https://outlook.office365.com"

    script = "Get-EXOMailbox -ResultSize 3 | Select-Object -Property PrimarySmtpAddress"
    done = work.run(script, "--connection", connection)
    assert done.code == 0, done.stdout + done.stderr
    assert len(done.rows) == 3
    record = json.loads((done.folder / "run.json").read_text())
    assert record["connection"] == connection


def test_the_two_connections_hold_two_tokens(work: Work) -> None:
    """One sidecar keeps the tokens of its connections apart."""
    tokens = {work.stage.document(each).access_token for each in (BY_CERTIFICATE, "contoso-wi")}
    assert len(tokens) == 2


Spoil = Callable[[Path, TokenDocument], object]


def _cut(path: Path, _: TokenDocument) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _expire(path: Path, document: TokenDocument) -> None:
    ago = timedelta(hours=2)
    aged = replace(
        document, acquired_at=document.acquired_at - ago, expires_at=document.acquired_at - ago / 2
    )
    volume.publish(path.parent.parent, aged)


@pytest.mark.parametrize(
    ("spoil", "options", "code", "named"),
    [
        pytest.param(_cut, (), 75, "not JSON, or cut off", id="cut in half"),
        pytest.param(
            lambda *_: None,
            ("--tenant-id", "99999999-9999-4999-8999-999999999999"),
            84,
            "tenant_id",
            id="another tenant",
        ),
        pytest.param(_expire, (), 75, "expired", id="expired"),
        pytest.param(lambda path, _: path.unlink(), (), 75, "no token file yet", id="missing"),
        pytest.param(lambda path, _: path.write_bytes(b""), (), 75, "is empty", id="empty"),
        pytest.param(
            lambda path, document: volume.publish(
                path.parent.parent, replace(document, audience="https://graph.microsoft.com")
            ),
            (),
            84,
            "audience",
            id="another resource",
        ),
    ],
)
def test_a_token_that_will_not_do_starts_no_pwsh(  # noqa: PLR0917 - a row of the table
    work: Work, tmp_path: Path, spoil: Spoil, options: tuple[str, ...], code: int, named: str
) -> None:
    """The run ends with the token's own code, says which file and why, and has started nothing."""
    tokens = tmp_path / "tokens"
    tokens.mkdir()
    document = work.stage.document()
    path = volume.publish(tokens, document)
    spoil(path, document)
    job = work.job("'ran' | Set-Content ran", timeouts={"token": "300ms"})
    done = work.finish(work.start(job, *options, tokens=tokens))
    assert (done.code, done.result["rule"]) == (code, "token.unusable"), done.stdout
    assert named in done.result["reason"]
    assert str(path) in done.result["reason"]
    assert done.result["pwsh_exit_code"] is None
    assert [line["event"] for line in done.log] == ["run.finished"]
    assert list((done.folder / "files").iterdir()) == []
    assert document.access_token not in done.stdout + done.stderr
