"""Has a tenant asked for too many tokens?"""

import math
import threading
from dataclasses import dataclass
from datetime import datetime

from emulator.entra.refusals import Code, Refusal


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime


class Throttle:
    """Counts each tenant's requests: a second's worth may come at once."""

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def refusal(self, tenant_id: str, *, rate: float | None, now: datetime) -> Refusal | None:
        """Count a request, or refuse it where *rate* (requests a second) is used up."""
        if rate is None:
            return None
        most = max(1.0, rate)
        with self._lock:
            bucket = self._buckets.setdefault(tenant_id, _Bucket(most, now))
            passed = max(0.0, (now - bucket.at).total_seconds())
            bucket.left, bucket.at = min(most, bucket.left + passed * rate), now
            if bucket.left >= 1:
                bucket.left -= 1
                return None
            return _refusal(math.ceil((1 - bucket.left) / rate))

    def reset(self) -> None:
        """Forget every request."""
        with self._lock:
            self._buckets.clear()


def _refusal(seconds: int) -> Refusal:
    return Refusal(
        Code.TENANT_THROTTLED,
        "There are too many incoming requests. Try again in some time.",
        retry_after=seconds,
    )
