"""One real attempt against a real server over TLS, and what it must leave alone."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from contract.token import TokenDocument
from contract.volume import document_path, publish
from emulator.testing import CLIENT_ID, ORGANIZATION, TENANT_ID, Emulator
from sidecar.config.targets import Target
from sidecar.credentials.kinds import CredentialKind
from sidecar.credentials.textfiles import FederatedToken
from sidecar.entra.asking import Entra
from sidecar.entra.failures import Failure, Reason
from sidecar.refresh.policy import Schedule
from sidecar.refresh.renewal import Attempted, Renewal, Renewed

TOKEN = "/oauth2/v2.0/token"
DISCOVERY = "openid-configuration"
CANARY = "canary-Zm9vYmFyYmF6"


@dataclass(slots=True)
class Edge:
    """Where Entra ends and the sidecar begins."""

    folder: Path
    emulator: Emulator
    now: Callable[[], datetime]
    timeout: float = 10.0
    ca_file: Path | None = None
    authority: str = ""
    proxies: dict[str, str] = field(default_factory=dict)
    concealed: list[str] = field(default_factory=list)

    @property
    def target(self) -> Target:
        """What is asked for."""
        return Target(
            connection="contoso",
            resource="exchange",
            tenant_id=TENANT_ID,
            organization=ORGANIZATION,
            client_id=CLIENT_ID,
            environment="worldwide",
            authority=self.authority or self.emulator.url,
            scope="https://outlook.office365.com/.default",
        )

    @property
    def file(self) -> Path:
        """Where the token's document lies."""
        return document_path(self.folder, "contoso", "exchange")

    def attempt(self) -> Attempted:
        """Ask once, check, and write."""
        entra = Entra(
            credential=FederatedToken(self.folder / "projected"),
            conceal=self.concealed.append,
            now=self.now,
            timeout=self.timeout,
            proxies=lambda _: self.proxies,
            ca_file=self.ca_file or self.emulator.ca_file,
        )
        renewal = Renewal(
            target=self.target,
            kind=CredentialKind.ASSERTION,
            ask=entra.ask,
            publish=partial(publish, self.folder),
            now=self.now,
            schedule=Schedule(),
        )
        return renewal.attempt(sequence=2, chance=0.0)

    def fails(self, reason: Reason) -> Failure:
        """Attempt, and check that it fails as *reason*, tells no secret, and writes nothing."""
        (self.folder / "contoso").mkdir(exist_ok=True)
        self.file.write_bytes(b"the old file")
        outcome = self.attempt().outcome
        assert isinstance(outcome, Failure), outcome
        assert outcome.reason is reason, outcome
        assert outcome.remedy
        self._tells_no_secret(repr(outcome))
        assert self.file.read_bytes() == b"the old file"
        assert [each.name for each in self.file.parent.iterdir()] == ["exchange.json"]
        return outcome

    def succeeds(self) -> Renewed:
        """Attempt, and check that the file holds the new token."""
        outcome = self.attempt().outcome
        assert isinstance(outcome, Renewed), outcome
        assert TokenDocument.from_json(self.file.read_bytes()).sequence == 2
        return outcome

    def _tells_no_secret(self, text: str) -> None:
        assert CANARY not in text
        for secret in self.concealed:
            assert not [part for part in secret.split(".") if len(part) > 20 and part in text]


def jwt(**claims: object) -> str:
    """Return a token that says *claims*, signed by nobody, with a canary for a signature."""
    parts = [json.dumps(each).encode() for each in ({"alg": "none"}, claims)]
    head, body = (base64.urlsafe_b64encode(each).decode().rstrip("=") for each in parts)
    return f"{head}.{body}.{CANARY}"


def granted(token: object = "opaque-token", **members: object) -> str:  # noqa: S107 - not one
    """Return a token response; a member that is `...` is left out."""
    response = {"token_type": "Bearer", "expires_in": 3600, "access_token": token, **members}
    return json.dumps({name: value for name, value in response.items() if value is not ...})


def refused(code: int, **members: object) -> str:
    """Return a refusal of Entra's with an AADSTS code."""
    body = {
        "error": "invalid_client",
        "error_description": f"AADSTS{code}: It was refused. Trace ID: t",
        "error_codes": [code],
        **members,
    }
    return json.dumps({name: value for name, value in body.items() if value is not ...})


def edge_at(emulator: Emulator, folder: Path, now: Callable[[], datetime]) -> Edge:
    """Return an edge with a projected token that the emulator takes."""
    (folder / "projected").write_text(emulator.issuer.mint())
    return Edge(folder=folder, emulator=emulator, now=now)


def hours(count: float) -> timedelta:
    """Return so many hours."""
    return timedelta(hours=count)
