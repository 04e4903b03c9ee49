"""Who can be told of a renewal: a web server on loopback, and whoever watches a file."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import requests

from contract.times import rfc3339
from sidecar.observe.events import TokenPublished
from sidecar.observe.notifier import NotifyError, Tell

_PATIENCE = 5.0  # seconds for a listener on this machine to answer


def listeners_of(webhook: str | None, touch_file: Path | None) -> Mapping[str, Tell]:
    """Return the listeners that the configuration names."""
    found: dict[str, Tell] = {}
    if webhook is not None:
        found["webhook"] = partial(post, webhook)
    if touch_file is not None:
        found["touchFile"] = partial(touch, touch_file)
    return found


def post(address: str, notice: TokenPublished) -> None:
    """POST what was renewed, as JSON without the token; any 2xx will do.

    Raises:
        NotifyError: nobody answers, or with another status.
    """
    body = {
        "target": notice.target,
        "sequence": notice.sequence,
        "acquired_at": rfc3339(notice.acquired_at),
        "expires_at": rfc3339(notice.expires_at),
    }
    try:
        with requests.Session() as session:
            session.trust_env = False  # a proxy has no business on loopback
            answer = session.post(address, json=body, timeout=_PATIENCE, allow_redirects=False)
    except requests.RequestException as error:
        raise NotifyError(f"{address} does not answer ({type(error).__name__})") from None
    if not 200 <= answer.status_code < 300:
        raise NotifyError(f"{address} answered {answer.status_code}")


def touch(file: Path, _: TokenPublished) -> None:
    """Make the file's modification time now; it is made if it is not there.

    Raises:
        NotifyError: it cannot be.
    """
    try:
        file.touch()
    except OSError as error:
        raise NotifyError(f"{file} cannot be touched: {error.strerror}") from None
