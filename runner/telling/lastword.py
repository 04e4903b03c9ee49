"""The termination message: where Kubernetes looks first for how a container ended."""

import logging
from pathlib import Path

_log = logging.getLogger("exo-job")
_USUAL = Path("/dev/termination-log")


def say(message: str, wanted: Path | None) -> None:
    """Write *message* to *wanted*, or to where Kubernetes mounts its file if it does."""
    path = wanted or (_USUAL if _USUAL.exists() else None)
    if path is None:
        return
    try:
        path.write_text(message)  # in place: Kubernetes mounts this very file
    except OSError as error:
        _log.warning("termination.unwritten", extra={"fields": {"reason": str(error)}})
