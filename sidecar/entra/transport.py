"""One HTTP exchange with Entra: bounded in time and size, never followed, never repeated."""

import time
from collections.abc import Mapping
from pathlib import Path
from threading import Timer
from typing import Self

import requests
from urllib3.exceptions import HTTPError

from sidecar.entra.answers import Answer, json_object
from sidecar.entra.deadline import CuttableAdapter
from sidecar.entra.trust import context_for

_LARGEST = 1 << 20  # bytes; a token response is a few thousand
_CHUNK = 16384
_CONNECT = 5.0  # seconds for one address to accept a connection


class UnexpectedAnswerError(Exception):
    """Entra, or something before it, gave an answer that is not what was asked for."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"HTTP status {answer.status}")
        self.answer = answer


class Reply:
    """An answer in the shape that msal reads."""

    def __init__(self, answer: Answer) -> None:
        self.status_code = answer.status
        self.text = answer.body
        self.headers: Mapping[str, str] = {}

    def raise_for_status(self) -> None:
        """Do nothing: only good answers become replies."""


class Transport:
    """The HTTP client that msal is given for one attempt.

    Whatever is not the JSON object that was hoped for is raised as `UnexpectedAnswerError`, so
    that msal neither caches it nor writes it to its log.
    """

    def __init__(self, *, ca_file: Path | None, timeout: float, proxies: Mapping[str, str]) -> None:
        self._session = requests.Session()
        # With it on, REQUESTS_CA_BUNDLE would override the configured CA, and ~/.netrc would be
        # read; proxies from the environment are passed in instead.
        self._session.trust_env = False
        self._session.proxies.update(proxies)
        adapter = CuttableAdapter(context_for(ca_file))
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)  # the metadata service of a managed identity
        self._timeout = timeout
        self._alarm = Timer(timeout, adapter.cut)
        self._alarm.daemon = True
        self._until = time.monotonic() + timeout
        self.granted: Mapping[str, object] | None = None
        """The token response as it came: msal keeps `refresh_in` to itself."""
        self.date: str | None = None
        """The Date header of the last answer."""

    def __enter__(self) -> Self:
        self._alarm.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._alarm.cancel()
        self._session.close()

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Fetch a discovery document.

        Raises:
            UnexpectedAnswerError: it is not a JSON object with status 200.
            requests.RequestException: no answer, or not in time.
        """
        return self._exchange("GET", url, params=params, headers=headers)

    def post(
        self,
        url: str,
        data: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Ask for a token.  Raises as `get` does."""
        reply = self._exchange("POST", url, params=params, headers=headers, data=data)
        self.granted = json_object(reply.text)
        return reply

    def _exchange(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        data: Mapping[str, str] | None = None,
    ) -> Reply:
        with self._session.request(
            method,
            url,
            params=params,
            headers=headers,
            data=data,
            # A host may have eight addresses, and each gets the time to connect.
            timeout=(min(_CONNECT, self._left()), self._left()),
            allow_redirects=False,  # an assertion must not follow wherever a proxy points
            stream=True,
        ) as response:
            self.date = response.headers.get("Date")
            answer = Answer(
                status=response.status_code,
                retry_after=response.headers.get("Retry-After"),
                body=self._body(response),
            )
        if answer.status != requests.codes.ok or json_object(answer.body) is None:
            raise UnexpectedAnswerError(answer)
        return Reply(answer)

    def _body(self, response: requests.Response) -> str:
        body = bytearray()
        try:
            # Not iter_content: it waits for a whole chunk, and a drip would never time out.
            while chunk := response.raw.read1(_CHUNK, decode_content=True):
                body += chunk
                if len(body) > _LARGEST:
                    raise requests.exceptions.ContentDecodingError(f"more than {_LARGEST} bytes")
                self._left()
        except HTTPError as error:
            raise requests.exceptions.ConnectionError(type(error).__name__) from error
        self._left()  # a connection that was cut looks like one that has said all
        return body.decode("utf-8", "replace")

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise requests.exceptions.ReadTimeout(f"no whole answer within {self._timeout:g} s")
        return left
