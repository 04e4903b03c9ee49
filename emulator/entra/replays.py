"""Has this assertion's `jti` been seen before?"""

import hashlib
import threading
from datetime import datetime, timedelta

from emulator.entra.jwt import Unverified
from emulator.entra.refusals import Code, Refusal
from emulator.entra.validity import SKEW


class Replays:
    """Remembers each `jti` for as long as its assertion could be used."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[bytes, float]] = {}
        self._lock = threading.Lock()

    def refusal(
        self, assertion: Unverified, *, now: datetime, reuse_allowed: bool
    ) -> Refusal | None:
        """Note the assertion's `jti`, and refuse it where another use of it came before."""
        key = (assertion.text("iss"), assertion.text("jti"))
        if not key[1]:
            return _refusal("The assertion has no 'jti' claim")
        digest = hashlib.sha256(assertion.token.encode()).digest()
        with self._lock:
            self._forget(now)
            first, _ = self._seen.setdefault(key, (digest, _end(assertion, now)))
            is_first = first is digest
        if is_first or (reuse_allowed and first == digest):
            return None
        return _refusal("The 'jti' of the assertion has been used before")

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._seen.clear()

    def _forget(self, now: datetime) -> None:
        present = now.timestamp()
        for key in [key for key, (_, end) in self._seen.items() if end < present]:
            del self._seen[key]


def _end(assertion: Unverified, now: datetime) -> float:
    expiry = assertion.seconds("exp") or (now + timedelta(hours=1)).timestamp()
    return expiry + SKEW.total_seconds()


def _refusal(reason: str) -> Refusal:
    return Refusal(Code.ASSERTION_REFUSED, f"Assertion is invalid. [Reason - {reason}.]")
