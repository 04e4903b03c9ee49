"""A client of Entra and Exchange that knows only their protocols."""

import base64
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import jwt
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from emulator.clock import Clock
from emulator.credentials import ClientCertificate
from emulator.selftest.outcome import expect
from emulator.selftest.target import Target

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SCOPE = "https://outlook.office365.com/.default"
_SECONDS = 30


class Client(AbstractContextManager["Client"]):
    """Asks one emulator; nothing that the environment says of proxies or trust counts."""

    def __init__(self, target: Target, clock: Clock) -> None:
        self.target = target
        self._clock = clock
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(target.folder / "ca.pem")
        self._token = ""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def ask(  # noqa: PLR0913  # each is a part of a request
        self,
        method: str,
        address: str,
        *,
        form: Mapping[str, str] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        proxy: str = "",
    ) -> requests.Response:
        """Send one request to a path of the emulator, or to a whole address.

        Raises:
            requests.RequestException: no answer came.
        """
        url = address if "://" in address else self.target.url + address
        proxies = {"https": proxy, "http": proxy} if proxy else None
        return self._session.request(
            method, url, data=form, json=body, headers=headers, proxies=proxies, timeout=_SECONDS
        )

    def ask_token(self, **proof: str) -> requests.Response:
        """Ask for a token for Exchange."""
        form = {
            "client_id": self.target.client_id,
            "scope": SCOPE,
            "grant_type": "client_credentials",
            **proof,
        }
        return self.ask("POST", f"/{self.target.tenant_id}/oauth2/v2.0/token", form=form)

    def certificate_assertion(self) -> str:
        """Return a signed statement by the certificate in the state folder."""
        client = ClientCertificate.from_pem(self.target.secret("client.pem"))
        now = self._clock()
        claims = {
            "aud": f"{self.target.url}/{self.target.tenant_id}/oauth2/v2.0/token",
            "iss": self.target.client_id,
            "sub": self.target.client_id,
            "jti": str(uuid.uuid4()),
            "nbf": now,
            "exp": now + timedelta(minutes=5),
        }
        certificate = x509.load_pem_x509_certificate(client.certificate.encode())
        digest = certificate.fingerprint(hashes.SHA256())
        thumbprint = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return jwt.encode(claims, client.key, "PS256", headers={"x5t#S256": thumbprint})

    @property
    def token(self) -> str:
        """A token for Exchange, asked for once."""
        if not self._token:
            answer = self.ask_token(client_secret=self.target.secret("client-secret"))
            expect("a token by the client secret", answer.status_code, good=answer.ok)
            self._token = str(answer.json()["access_token"])
        return self._token

    def get(self, resource: str, *, token: str = "") -> requests.Response:
        """Get a resource of the admin API."""
        return self.ask(
            "GET",
            f"/adminapi/beta/{self.target.tenant_id}/{resource}",
            headers={"Authorization": f"Bearer {token or self.token}"},
        )

    def invoke(
        self, cmdlet: str, *, url: str = "", size: int = 1_000, **parameters: object
    ) -> dict[str, Any]:
        """Run a cmdlet and return the document that is answered."""
        answer = self.ask(
            "POST",
            url or f"/adminapi/beta/{self.target.organization}/InvokeCommand",
            body={"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}},
            headers={
                "Authorization": f"Bearer {self.token}",
                "Prefer": f"odata.maxpagesize={size}",
                "X-CmdletName": cmdlet,
            },
        )
        expect(f"{cmdlet} to be answered with 200", _said(answer), good=answer.status_code == 200)
        document: dict[str, Any] = answer.json()
        return document


def _said(answer: requests.Response) -> str:
    return f"{answer.status_code} {answer.text}"
