"""How a request gets to Exchange: a fresh token each time, redirects followed, failures retried."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import requests

from tests.restclient.failures import ExchangeError, failure_of
from tests.restclient.retries import pause_after
from tests.restclient.tokens import Tokens

MODULE_VERSION = "3.9.2"
_REDIRECTS = 3
_TIMEOUT = 120  # seconds without a byte


@dataclass(kw_only=True)
class Connection:
    """One tenant at one Exchange."""

    session: requests.Session
    """Trusts the server, and keeps the cookie that ties this client to one of its machines."""
    origin: str
    """`https://host[:port]`; a redirect replaces it for what follows."""
    tenant: str
    organization: str
    tokens: Tokens
    wait: Callable[[float], None]
    """Waits so many seconds."""
    version: str = "beta"
    hosts: frozenset[str] = frozenset()
    """Hosts that a token may be sent to, beside that of the origin and those below it."""
    new_id: Callable[[], str] = field(default=lambda: str(uuid4()))
    connection_id: str = ""

    def __post_init__(self) -> None:
        self.connection_id = self.connection_id or self.new_id()

    @property
    def api(self) -> str:
        """Where the tenant's admin API is."""
        return f"{self.origin}/adminapi/{self.version}/{self.tenant}"

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: object = None
    ) -> requests.Response:
        """Return the good answer.  Raises ExchangeError when there is none in six tries."""
        if "client-request-id" not in headers:
            headers = {**headers, "client-request-id": self.new_id()}
        tries = 0
        while True:
            tries += 1
            answer = self._follow(method, url, headers, body)
            if answer.ok:
                return answer
            failure = failure_of(answer.status_code, answer.headers, answer.content)
            pause = pause_after(
                tries,
                status=failure.status,
                type_name=failure.type,
                headers=failure.headers,
                body=failure.body,
            )
            if pause is None:
                raise failure
            if failure.status == requests.codes.unauthorized:
                self.tokens.drop()
            self.wait(pause)

    def pages(
        self, method: str, url: str, headers: Mapping[str, str], body: object = None
    ) -> Iterator[dict[str, object] | None]:
        """Yield the JSON of every page; the reader asks for the next one by going on."""
        following = url
        while following:
            answer = self.send(method, following, headers, body)
            page = answer.json() if answer.content else None
            yield page
            following = str((page or {}).get("@odata.nextLink") or "")
            if following:
                self.trusted(following)

    def trusted(self, url: str) -> str:
        """Return the origin of *url*.  Raises ValueError when no token may go there."""
        there, here = urlsplit(url), urlsplit(self.origin)
        host, known = there.hostname or "", {here.hostname, *self.hosts}
        if there.scheme != "https" or not (host in known or host.endswith(f".{here.hostname}")):
            raise ValueError(f"{here.netloc} sent us to {there.scheme}://{there.netloc}")
        return f"https://{there.netloc}"

    def _follow(
        self, method: str, url: str, headers: Mapping[str, str], body: object
    ) -> requests.Response:
        for _ in range(_REDIRECTS):
            answer = self._once(method, url, headers, body)
            location = answer.headers.get("Location")
            if not answer.is_redirect or location is None:
                return answer
            url = urljoin(url, location)
            self.origin = self.trusted(url)
        raise ExchangeError(
            status=answer.status_code, text=f"over {_REDIRECTS} redirects", headers=answer.headers
        )

    def _once(
        self, method: str, url: str, headers: Mapping[str, str], body: object
    ) -> requests.Response:
        token = self.tokens.current()  # before every page: a long walk outlives many
        sent = {**self._common(), **headers, "Authorization": f"Bearer {token}"}
        data = None if body is None else json.dumps(body).encode()
        return self.session.request(
            method, url, headers=sent, data=data, allow_redirects=False, timeout=_TIMEOUT
        )

    def _common(self) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Charset": "UTF-8",
            "Accept-Encoding": "gzip",
            "Accept-Language": "en-US",
            "X-AnchorMailbox": f"UPN:OAuthUser@{self.organization}",
            "X-ClientModuleVersion": MODULE_VERSION,
            "X-ClientApplication": "ExoManagementModule",
            "connection-id": self.connection_id,
        }
