"""Which calls fail for once: the service is overloaded, or a server is on its way out."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from emulator.exchange.failures import RefusedError, server_fault
from emulator.exchange.settings import Answer
from emulator.world import World

_TYPES = {
    "DCOverloadedException": "Microsoft.Exchange.Data.Directory.DCOverloadedException",
    "SuitabilityDirectoryException": (
        "Microsoft.Exchange.Data.Directory.SuitabilityDirectoryException"
    ),
    "ServerInMMException": "Microsoft.Exchange.Data.Directory.ServerInMMException",
    "ADServerSettingsChangedException": (
        "Microsoft.Exchange.Data.Directory.ADServerSettingsChangedException"
    ),
    "StorageTransientException": "Microsoft.Exchange.Data.Storage.StorageTransientException",
    "ServerBusyException": "Microsoft.Exchange.Data.Storage.ServerBusyException",
}
"""The name spaces are guesses; clients look for the names alone."""


def transient_failure(answer: Answer) -> RefusedError:
    """Return the failure that a setting names.  Pure.

    The status beside an exception is a guess: clients that know the name do not look at it.
    """
    if answer.isdigit():
        text = "The server is currently unable to handle the request."
        kind = "Microsoft.Exchange.Data.Common.TransientException"
        return server_fault(kind, text, status=int(answer))
    kind = _TYPES.get(answer, f"Microsoft.Exchange.Admin.{answer}")
    return server_fault(kind, "The server is too busy at the moment. Please try again later.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transience:
    """Counts each tenant's calls; safe to use from any thread."""

    world: Callable[[], World]
    _calls: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def strike(self, tenant_id: str) -> None:
        """Count a call.

        Raises:
            RefusedError: this is one that fails.
        """
        settings = self.world().exchange.transient
        if settings.every is None:
            return
        with self._lock:
            self._calls[tenant_id] += 1
            number = self._calls[tenant_id]
        if number % settings.every == 0:
            turn = number // settings.every - 1
            raise transient_failure(settings.answers[turn % len(settings.answers)])

    def reset(self) -> None:
        """Begin to count anew."""
        with self._lock:
            self._calls.clear()
