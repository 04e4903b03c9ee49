"""A client of a running emulator, in one call."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import requests

from tests.restclient.assertions import certificate_assertion
from tests.restclient.client import Client
from tests.restclient.connection import Connection
from tests.restclient.tokens import EXCHANGE_SCOPE, Tokens

_BEGAN = datetime.fromtimestamp(time.time_ns() / 1e9, UTC), time.monotonic()


def wall_clock() -> datetime:
    """Return the time."""
    began, tick = _BEGAN
    return began + timedelta(seconds=time.monotonic() - tick)


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where a server is, and who may use it."""

    url: str
    ca_file: Path
    tenant: str
    organization: str
    client_id: str
    certificate: str
    key: str = field(repr=False)
    now: Callable[[], datetime] = wall_clock

    @property
    def token_endpoint(self) -> str:
        """Where this tenant's tokens come from."""
        return f"{self.url}/{self.tenant}/oauth2/v2.0/token"

    def client(
        self,
        *,
        scope: str = EXCHANGE_SCOPE,
        assertion: Callable[[], str] | None = None,
        wait: Callable[[float], None] = time.sleep,
        **changes: str,
    ) -> Client:
        """Return a client; *changes* are those of this server's own fields."""
        there = replace(self, **changes)  # type: ignore[arg-type]
        session = requests.Session()
        session.verify = str(there.ca_file)
        session.trust_env = False  # no proxy of the machine's
        tokens = Tokens(
            session=session,
            endpoint=there.token_endpoint,
            client_id=there.client_id,
            assertion=assertion or there.assertion,
            now=there.now,
            scope=scope,
        )
        connection = Connection(
            session=session,
            origin=there.url,
            tenant=there.tenant,
            organization=there.organization,
            tokens=tokens,
            wait=wait,
        )
        return Client(connection=connection)

    def assertion(self) -> str:
        """Return a new assertion, signed with the certificate's key."""
        return certificate_assertion(
            certificate=self.certificate,
            key=self.key,
            client_id=self.client_id,
            audience=self.token_endpoint,
            jti=str(uuid4()),
            now=self.now(),
        )
