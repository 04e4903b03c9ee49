"""How long to wait before asking again, by what the module's generated functions do."""

from collections.abc import Mapping

TRIES = 6
TRIES_OF_FAULTS = 3
"""Where the server failed in another way; that "limit 2" means two retries is guessed."""
_STATUSES = {401, 503, 504}
_TYPES = (
    "DCOverloadedException",
    "SuitabilityDirectoryException",
    "ServerInMMException",
    "ADServerSettingsChangedException",
    "StorageTransientException",
)


def pause_after(
    tries: int, *, status: int, type_name: str, headers: Mapping[str, str], body: bytes
) -> float | None:
    """Return the seconds to wait after try number *tries* failed, or `None` to give up.

    An answer with nothing in it is not asked for again, whatever its status.
    """
    if tries >= TRIES or not body:
        return None
    after = headers.get("Retry-After", "")
    if status == 429 and after.isdecimal():
        return float(after)
    if status == 429 or status in _STATUSES or type_name.rpartition(".")[2] in _TYPES:
        return float(2**tries)
    return float(2**tries) if status >= 500 and tries < TRIES_OF_FAULTS else None
