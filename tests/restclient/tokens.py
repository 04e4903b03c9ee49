"""Which token goes with a request: one that is not due for renewal."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import requests

EXCHANGE_SCOPE = "https://outlook.office365.com/.default"
_GRANT = {
    "grant_type": "client_credentials",
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
}


class TokenRefusedError(Exception):
    """Entra gave no token."""

    def __init__(self, status: int, error: str, codes: tuple[int, ...], text: str) -> None:
        super().__init__(f"Entra answered {status} {error} {list(codes)}: {text}")
        self.status, self.error, self.codes, self.text = status, error, codes, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token, and when to ask for the next one."""

    text: str = field(repr=False)
    renew: datetime
    expires: datetime


@dataclass(kw_only=True)
class Tokens:
    """The tokens of one application for one resource, by client assertion."""

    session: requests.Session
    endpoint: str
    """URL of the token endpoint, which is also the audience of a certificate's assertion."""
    client_id: str
    assertion: Callable[[], str] = field(repr=False)
    """Makes, or reads anew, the assertion of one request."""
    now: Callable[[], datetime]
    scope: str = EXCHANGE_SCOPE
    asked: int = 0
    """How many tokens were asked for."""
    _held: Token | None = None

    @property
    def is_dead(self) -> bool:
        """Tell whether the held token, if any, has expired."""
        return self._held is None or self.now() > self._held.expires

    def current(self) -> str:
        """Return a token that is not due for renewal; ask for one if need be."""
        now = self.now()
        if self._held is None or now >= self._held.renew:
            self._held = self._new(now)
        return self._held.text

    def drop(self) -> None:
        """Do not use the held token again."""
        self._held = None

    def _new(self, now: datetime) -> Token:
        self.asked += 1
        form = _GRANT | {
            "client_id": self.client_id,
            "scope": self.scope,
            "client_assertion": self.assertion(),
        }
        answer = self.session.post(self.endpoint, data=form, timeout=30)
        body = answer.json()
        if answer.status_code != requests.codes.ok:
            raise TokenRefusedError(
                answer.status_code,
                body["error"],
                tuple(body["error_codes"]),
                body["error_description"],
            )
        life = timedelta(seconds=int(body["expires_in"]))
        renew = timedelta(seconds=int(body["refresh_in"])) if "refresh_in" in body else life / 2
        return Token(text=body["access_token"], renew=now + renew, expires=now + life)
