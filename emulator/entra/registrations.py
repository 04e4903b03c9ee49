"""Since when does a federated credential exist?  A new one reaches Entra's servers late."""

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta

from emulator.applications import Application, FederatedCredential
from emulator.world import World


class Registrations:
    """Remembers when each federated credential was seen first.

    `known` are those that were there before the emulator began: they have propagated long ago.
    """

    def __init__(self, known: World) -> None:
        self._known = {
            (application.client_id, each)
            for tenant in known.tenants
            for application in tenant.applications
            for each in application.federated_credentials
        }
        self._since: dict[tuple[str, FederatedCredential], datetime] = {}
        self._lock = threading.Lock()

    def too_new(
        self, application: Application, *, now: datetime, propagation: timedelta
    ) -> frozenset[FederatedCredential]:
        """Return those of the application's credentials that have not propagated yet."""
        with self._lock:
            return frozenset(self._young(application, now, propagation))

    def _young(
        self, application: Application, now: datetime, propagation: timedelta
    ) -> Iterable[FederatedCredential]:
        for each in application.federated_credentials:
            key = (application.client_id, each)
            if key not in self._known and now - self._since.setdefault(key, now) < propagation:
                yield each

    def reset(self) -> None:
        """Forget what was added since the start."""
        with self._lock:
            self._since.clear()
