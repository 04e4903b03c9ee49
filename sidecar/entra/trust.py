"""Whom to trust: the public authorities, and the one that the configuration names.

Loading the public ones takes 27 ms and 0.7 MiB, so one context serves every attempt of the process,
and is made anew when the named file changes.
"""

import ssl
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import certifi
import requests

Signature = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """A context, and what its file was like then."""

    signature: Signature | None
    context: ssl.SSLContext


_known: dict[Path | None, Known] = {}
_lock = Lock()


def context_for(ca_file: Path | None) -> ssl.SSLContext:
    """Return the context that trusts *ca_file* beside the public authorities.

    A file that cannot be used any more leaves the last good one in use.

    Raises:
        requests.exceptions.SSLError: there has never been a good one.
    """
    with _lock:
        known = _known.get(ca_file)
        try:
            signature = _signature(ca_file)
            if known is None or known.signature != signature:
                known = _known[ca_file] = Known(signature, _made(ca_file))
        except OSError as error:  # an ssl.SSLError is one
            if known is None:
                raise requests.exceptions.SSLError(f"{ca_file} is no CA file") from error
        return known.context


def _made(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


def _signature(ca_file: Path | None) -> Signature | None:
    if ca_file is None:
        return None
    status = ca_file.stat()
    return (status.st_mtime_ns, status.st_ino, status.st_size)
