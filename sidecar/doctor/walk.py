"""Walks from the configuration to a call of Exchange, one link after another, for one target.

The first link that is wrong ends the walk: what comes after it would only repeat the same.
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from sidecar.askers import asker_of, environment_ca_file
from sidecar.claims import claims_of
from sidecar.config.settings import Settings
from sidecar.config.targets import Target
from sidecar.credentials.certificatefile import CertificateFile
from sidecar.credentials.kinds import CredentialKind
from sidecar.credentials.proofs import Credential
from sidecar.doctor import exchange
from sidecar.doctor.findings import Finding, Verdict, note, right, skipped, wrong
from sidecar.doctor.judgement import (
    assertion_finding,
    certificate_finding,
    claims_finding,
    clock_finding,
    exchange_finding,
)
from sidecar.doctor.questions import answer_to
from sidecar.entra.answers import failure_of
from sidecar.entra.failures import Failure
from sidecar.entra.inspection import objections_to
from sidecar.entra.networkfailures import network_failure
from sidecar.entra.transport import Transport, UnexpectedAnswerError
from sidecar.errors import CredentialError

_OWN_WAY = {CredentialKind.MANAGED_IDENTITY, CredentialKind.DEVELOPER}
"""Kinds that do not ask Entra's token endpoint from here."""


@dataclass(slots=True, kw_only=True)
class Walk:
    """The walk for one target."""

    settings: Settings
    target: Target
    conceal: Callable[[str], None]
    """Told of every secret before it can be shown anywhere."""
    now: Callable[[], datetime]
    _date: datetime | None = None
    _token: str = ""

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each link, as soon as it is known."""
        went_wrong = False
        for link, look in self._steps().items():
            finding = skipped(link) if went_wrong else look()
            went_wrong = went_wrong or finding.verdict is Verdict.WRONG
            yield finding

    def _steps(self) -> Mapping[str, Callable[[], Finding]]:
        return {
            "name": self._name,
            "proxy": self._proxy,
            "discovery": self._discovery,
            "clock": lambda: clock_finding(self._date, now=self.now()),
            "credential": self._credential,
            "token": self._ask,
            "claims": lambda: claims_finding(self._token, self.target),
            "exchange": self._exchange,
        }

    def _name(self) -> Finding:
        host = urlsplit(self.target.authority).hostname or ""
        if self._proxies():
            return note("name", f"{host} is looked up by the proxy")
        try:
            found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
        except OSError as error:
            return wrong(
                "name",
                f"{host} has no address: {error.strerror}",
                "Check the cluster's DNS, the pod's dnsPolicy, and that egress to DNS is allowed.",
            )
        addresses = dict.fromkeys(str(each[4][0]) for each in found)
        return right("name", f"{host} is {', '.join(addresses)}")

    def _proxy(self) -> Finding:
        proxies = self._proxies()
        shown = urlsplit(proxies.get("https", ""))
        if not proxies:
            return right("proxy", "none for this address")
        # Never the whole address: a password may be in it.
        return note("proxy", f"requests go through {shown.hostname}:{shown.port} (HTTPS_PROXY)")

    def _discovery(self) -> Finding:
        target = self.target
        path = f"/{target.tenant_id}/v2.0/.well-known/openid-configuration"
        try:
            with self._transport() as transport:
                transport.get(target.authority + path)
                self._date = _date_of(transport.date)
        except UnexpectedAnswerError as error:
            return _of_failure("discovery", failure_of(error.answer, now=self.now()))
        except requests.RequestException as error:
            return _of_failure("discovery", network_failure(error, target.authority))
        return right("discovery", f"{target.authority} knows tenant {target.tenant_id}")

    def _credential(self) -> Finding:
        credential, target = self.settings.credentials[self.target.name], self.target
        if credential.kind in _OWN_WAY:
            return note("credential", f"{credential.kind}: there is no file to look at")
        try:
            return self._shown(credential)  # type: ignore[arg-type]  # the others are gone by kind
        except CredentialError as error:
            return wrong(
                "credential", str(error), f"Mend it, and mount it for {target.connection}."
            )

    def _shown(self, credential: Credential) -> Finding:
        endpoint = f"{self.target.authority}/{self.target.tenant_id}/oauth2/v2.0/token"
        proof = credential.prove(client_id=self.target.client_id, token_endpoint=endpoint)
        self.conceal(proof.assertion)
        if isinstance(credential, CertificateFile):
            return certificate_finding(credential.thumbprint, proof.expires_at, now=self.now())
        if credential.kind is CredentialKind.ASSERTION:
            return assertion_finding(proof.assertion, self.target, now=self.now())
        return note("credential", "a client secret; nothing here tells when it ends")

    def _ask(self) -> Finding:
        result = asker_of(self.settings, self.target, self.conceal)(self.target).result
        if isinstance(result, Failure):
            return _of_failure("token", result)
        problems = objections_to(result, self.target, now=self.now())
        if problems:
            return wrong(
                "token",
                f"a token that was not asked for: {'; '.join(problems)}",
                "Check the scope, tenantId, clientId and endpoints.authority.",
            )
        self._token = result.access_token
        return right("token", f"lives {result.expires_in.total_seconds():.0f} s")

    def _exchange(self) -> Finding:
        if self.target.resource != "exchange":
            return skipped("exchange", f"not called for {self.target.resource}")
        tenant = claims_of(self._token).get("tid")
        try:
            said = exchange.call(
                self.target,
                self._token,
                tenant_id=str(tenant or self.target.tenant_id),
                ca_file=self.settings.ca_file or environment_ca_file(),
                timeout=self.settings.attempt_timeout.total_seconds(),
            )
        except requests.RequestException as error:
            return _of_failure("exchange", network_failure(error, "Exchange"))
        return exchange_finding(said.status, said.message, said.organization, self.target)

    def _transport(self) -> Transport:
        return Transport(
            ca_file=self.settings.ca_file or environment_ca_file(),
            timeout=self.settings.attempt_timeout.total_seconds(),
            proxies=self._proxies(),
        )

    def _proxies(self) -> dict[str, str]:
        found: dict[str, str] = requests.utils.get_environ_proxies(self.target.authority)
        return {scheme: found[scheme] for scheme in ("https", "all") if scheme in found}


def _of_failure(link: str, failure: Failure) -> Finding:
    question = answer_to(failure.summary)
    remedy = f"{failure.remedy} {question.remedy}" if question else failure.remedy
    return wrong(link, f"{failure.reason}: {failure.summary}", remedy)


def _date_of(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def placed(finding: Finding, target: Target) -> Finding:
    """Return *finding* with the addresses of *target* in its remedy."""
    filled = (
        finding.remedy.replace("<authority>", target.authority)
        .replace("<tenantId>", target.tenant_id)
        .replace("<clientId>", target.client_id)
    )
    return replace(finding, remedy=filled)
