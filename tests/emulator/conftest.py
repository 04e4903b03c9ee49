"""A running emulator, and the ways to ask it for tokens and cmdlets."""

import base64
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from emulator.clock import system_clock
from emulator.testing import (
    CLIENT_ID,
    ORGANIZATION,
    SAMPLE_CERTIFICATE,
    TENANT_ID,
    Emulator,
    running,
    sample_world,
)

EXCHANGE_SCOPE = "https://outlook.office365.com/.default"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Client:
    """Speaks to one emulator over TLS, without anything that the environment says of TLS."""

    def __init__(self, emulator: Emulator, session: requests.Session) -> None:
        self.emulator = emulator
        self.session = session

    def ask_token(self, *, tenant: str = TENANT_ID, **changes: str | None) -> requests.Response:
        """Send a token request; *changes* replace fields of a good one, `None` removes one."""
        form = {
            "client_id": CLIENT_ID,
            "scope": EXCHANGE_SCOPE,
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            **({} if "client_assertion" in changes else {"client_assertion": self._proof(tenant)}),
            **changes,
        }
        url = f"{self.emulator.url}/{tenant}/oauth2/v2.0/token"
        return self.session.post(url, data={n: v for n, v in form.items() if v is not None})

    def _proof(self, tenant: str) -> str:
        return self.assertion(aud=f"{self.emulator.url}/{tenant}/oauth2/v2.0/token")

    def assertion(
        self,
        *,
        algorithm: str = "PS256",
        key: str | None = None,
        header: dict[str, str] | None = None,
        certificate: str = SAMPLE_CERTIFICATE.certificate,
        **claims: object,
    ) -> str:
        """Return a certificate assertion; *claims* replace those of a good one."""
        now = int(system_clock().timestamp())
        good = {
            "aud": f"{self.emulator.url}/{TENANT_ID}/oauth2/v2.0/token",
            "iss": CLIENT_ID,
            "sub": CLIENT_ID,
            "jti": str(uuid.uuid4()),
            "nbf": now,
            "exp": now + 300,
        }
        chosen = {n: v for n, v in {**good, **claims}.items() if v is not None}
        named = {"x5t#S256": fingerprint(certificate)} if header is None else header
        signing_key = SAMPLE_CERTIFICATE.key if key is None else key
        return jwt.encode(chosen, signing_key, algorithm=algorithm, headers=named)

    def token(self, **changes: str | None) -> str:
        """Return an access token."""
        answer = self.ask_token(**changes)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def invoke(
        self,
        cmdlet: str,
        parameters: dict[str, object] | None = None,
        *,
        token: str | None = None,
        url: str | None = None,
        prefer: str = "",
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        """Run a cmdlet as a REST client does; *headers* replace those of the client."""
        address = url or f"{self.emulator.url}/adminapi/beta/{ORGANIZATION}/InvokeCommand{query}"
        usual = {"Authorization": f"Bearer {token or self.bearer}", "X-CmdletName": cmdlet}
        body = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters or {}}}
        usual |= {"Prefer": prefer} if prefer else {}
        return self.session.post(address, json=body, headers=usual | (headers or {}))

    def rows(self, cmdlet: str, **parameters: object) -> list[dict[str, Any]]:
        """Return what the cmdlet puts out, which must not fail."""
        answer = self.invoke(cmdlet, parameters)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["value"]
        return found

    def refusal(self, cmdlet: str, **parameters: object) -> tuple[int, str]:
        """Return the status and the text with which the cmdlet is refused."""
        answer = self.invoke(cmdlet, parameters)
        error = answer.json()["error"]
        texts = [each["message"] for each in error.get("details", [])]
        inner = error.get("innererror", {}).get("internalexception", {}).get("message", "")
        return answer.status_code, " ".join([*texts, inner])

    def alias(self, number: int = 0) -> str:
        """Return the alias of the mailbox numbered *number*."""
        return str(self.rows("Get-Mailbox", ResultSize=number + 1)[number]["Alias"])

    def get(self, path: str, **headers: str) -> requests.Response:
        """Get a resource of the admin API, or a whole address."""
        whole = f"{self.emulator.url}/adminapi/beta/{TENANT_ID}/{path}"
        address = path if path.startswith("https://") else whole
        return self.session.get(
            address, headers={"Authorization": f"Bearer {self.bearer}", **headers}
        )

    @property
    def bearer(self) -> str:
        """A token, asked for once."""
        if not hasattr(self, "_bearer"):
            self._bearer = self.token()
        return self._bearer


def fingerprint(pem: str, algorithm: hashes.HashAlgorithm | None = None) -> str:
    """Return the certificate's thumbprint as a JWT header carries it."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    digest = certificate.fingerprint(algorithm or hashes.SHA256())
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """An emulator with 120 mailboxes; tests must not change it."""
    with running(sample_world(mailboxes=120)) as started:
        yield started


@pytest.fixture(scope="session")
def client_of() -> Iterator[Callable[[Emulator], Client]]:
    """Makes a client for an emulator."""
    opened = []

    def make(emulator: Emulator) -> Client:
        session = requests.Session()
        session.trust_env = False
        session.verify = str(emulator.ca_file)
        opened.append(session)
        return Client(emulator, session)

    yield make
    for session in opened:
        session.close()


@pytest.fixture(scope="session")
def client(emulator: Emulator, client_of: Callable[[Emulator], Client]) -> Client:
    """A client for the shared emulator."""
    return client_of(emulator)


@pytest.fixture
def own(client_of: Callable[[Emulator], Client]) -> Iterator[Client]:
    """A client of an emulator with 80 mailboxes that only this test changes."""
    with running(sample_world(mailboxes=80)) as started:
        yield client_of(started)


@pytest.fixture(scope="session")
def sha1_fingerprint() -> str:
    """The sample certificate's `x5t`."""
    return fingerprint(SAMPLE_CERTIFICATE.certificate, hashes.SHA1())  # noqa: S303  # a name only
