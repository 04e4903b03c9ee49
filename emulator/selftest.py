"""Does this installation work?  A walk through an emulator of its own, as a client takes it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import jwt
import requests

from emulator.faults import Fault
from emulator.testing import (
    CLIENT_ID,
    ORGANIZATION,
    SAMPLE_CERTIFICATE,
    TENANT_ID,
    Emulator,
    running,
    sample_world,
)

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SCOPE = "https://outlook.office365.com/.default"
_MAILBOXES = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was tried."""

    name: str
    expected: object
    found: object

    @property
    def is_good(self) -> bool:
        """Whether it went as it should."""
        return self.found == self.expected

    def line(self) -> str:
        """Return it for a person to read."""
        if self.is_good:
            return f"ok      {self.name}"
        return f"FAILED  {self.name}: expected {self.expected!r}, found {self.found!r}"


def selftest() -> list[Check]:
    """Start an emulator, walk through it, and return what was tried."""
    with running(sample_world(mailboxes=_MAILBOXES)) as emulator, requests.Session() as session:
        session.trust_env = False
        session.verify = str(emulator.ca_file)
        return list(_Walk(emulator, session).checks())


def as_json(checks: list[Check]) -> str:
    """Return the checks for a program to read."""
    good = [each.is_good for each in checks]
    listed = [{"name": each.name, "ok": each.is_good, "found": each.found} for each in checks]
    return json.dumps(
        {"passed": sum(good), "failed": good.count(False), "checks": listed}, indent=1
    )


class _Walk:
    """A client that knows what should come."""

    def __init__(self, emulator: Emulator, session: requests.Session) -> None:
        self._emulator, self._session = emulator, session
        self._api = f"{emulator.url}/adminapi/beta/{ORGANIZATION}"

    def checks(self) -> Iterator[Check]:
        """Try one thing after the other."""
        steps: dict[str, tuple[object, Callable[[], object]]] = {
            "the discovery document leads to the keys": ("RSA", self._key_type),
            "a certificate gets a token": (200, self._by_certificate),
            "a federated token gets a token": (200, self._by_federation),
            "another subject is refused with its code": ([700213], self._refused),
            "pages hold every mailbox once": (_MAILBOXES, self._paged),
            "a Get-EXO* resource answers": (_MAILBOXES, self._listed),
            "a change can be read back": ("Changed", self._changed),
            "a token that is none is refused": (401, self._unauthorized),
            "what does not exist is not found": (404, self._not_found),
            "a fault strikes, and is in the journal": ((503, 503), self._struck),
            "a reset takes back the change": (False, self._reset),
        }
        for name, (expected, step) in steps.items():
            try:
                found = step()
            except (requests.RequestException, ValueError, KeyError, IndexError) as error:
                found = f"{type(error).__name__}: {error}"
            yield Check(name=name, expected=expected, found=found)

    def _key_type(self) -> object:
        url = f"{self._emulator.url}/{TENANT_ID}/v2.0/.well-known/openid-configuration"
        keys = self._session.get(self._session.get(url).json()["jwks_uri"]).json()
        return keys["keys"][0]["kty"]

    def _token(self, assertion: str) -> requests.Response:
        form = {
            "client_id": CLIENT_ID,
            "scope": _SCOPE,
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": assertion,
        }
        return self._session.post(f"{self._emulator.url}/{TENANT_ID}/oauth2/v2.0/token", data=form)

    def _by_certificate(self) -> object:
        now = int(self._emulator.clocks.entra().timestamp())
        claims = {
            "aud": f"{self._emulator.url}/{TENANT_ID}/oauth2/v2.0/token",
            "iss": CLIENT_ID,
            "sub": CLIENT_ID,
            "jti": "selftest",
            "nbf": now,
            "exp": now + 300,
        }
        thumbprint = {"x5t#S256": SAMPLE_CERTIFICATE.x5t_s256}
        assertion = jwt.encode(claims, SAMPLE_CERTIFICATE.key, "PS256", headers=thumbprint)
        return self._token(assertion).status_code

    def _by_federation(self) -> object:
        answer = self._token(self._emulator.issuer.mint())
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer.status_code

    def _refused(self) -> object:
        wrong = self._emulator.issuer.mint(subject="system:serviceaccount:other:other")
        return self._token(wrong).json()["error_codes"]

    def _invoke(self, cmdlet: str, *, url: str = "", **parameters: object) -> requests.Response:
        body = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}
        headers = {"X-CmdletName": cmdlet, "Prefer": "odata.maxpagesize=10"}
        return self._session.post(url or f"{self._api}/InvokeCommand", json=body, headers=headers)

    def _paged(self) -> object:
        url, seen = f"{self._api}/InvokeCommand", set()
        while url:
            page = self._invoke("Get-Mailbox", url=url, ResultSize="Unlimited").json()
            seen |= {row["Guid"] for row in page["value"]}
            url = page.get("@odata.nextLink", "")
        return len(seen)

    def _listed(self) -> object:
        return len(self._session.get(f"{self._api}/Mailbox").json()["value"])

    def _name(self) -> tuple[str, str]:
        row = self._invoke("Get-Mailbox").json()["value"][0]
        return row["Guid"], row["DisplayName"]

    def _changed(self) -> object:
        self._invoke("Set-Mailbox", Identity=self._name()[0], DisplayName="Changed")
        return self._name()[1]

    def _unauthorized(self) -> object:
        return self._session.get(
            f"{self._api}/Mailbox", headers={"Authorization": "Bearer none"}
        ).status_code

    def _not_found(self) -> object:
        return self._invoke("Get-Mailbox", Identity="nobody").status_code

    def _struck(self) -> object:
        self._emulator.faults.add(Fault(cmdlet="Get-AcceptedDomain", status=503))
        status = self._invoke("Get-AcceptedDomain").status_code
        return status, list(self._emulator.journal)[-1].status

    def _reset(self) -> object:
        self._emulator.reset()
        return self._name()[1] == "Changed"
