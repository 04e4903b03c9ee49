"""What the sidecar tells Prometheus.

Names, types and labels are API: alerts depend on them.  Times are absolute, never ages, so that a
sidecar that hangs cannot look healthy.  `target` is `<connection>/<resource>` from the
configuration, so no label is unbounded, and every series exists from the start but for those that
would lie: an expiry that is not known yet is absent.
"""

import platform
from collections.abc import Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from sidecar.config.targets import Target
from sidecar.credentials.kinds import CredentialKind
from sidecar.entra.failures import Reason
from sidecar.observe.events import (
    CredentialReloaded,
    CredentialUsed,
    Event,
    NextRefresh,
    RefreshFailed,
    RefreshStarted,
    TokenKept,
    TokenPublished,
)

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_GAUGES = {
    "expiration_timestamp_seconds": "When the token in the file expires.",
    "issued_timestamp_seconds": "When the token in the file was acquired.",
    "next_refresh_timestamp_seconds": "When the next attempt is due.",
    "refresh_last_success_timestamp_seconds": "When a token was last written.",
    "refresh_last_attempt_timestamp_seconds": "When Entra was last asked.",
    "refresh_consecutive_failures": "Failures since the last token.",
    "throttled_until_timestamp_seconds": "Until when Retry-After forbids to ask, or 0.",
    "sequence": "The number of the token in the file.",
    "credential_expiration_timestamp_seconds": "When the credential itself expires.",
}
_COUNTERS = {
    "refresh_attempts": "Attempts to get a token.",
    "refresh_failures": "Attempts without a token.",
    "file_writes": "Token files replaced.",
    "file_write_failures": "Token files that could not be replaced.",
    "credential_reloads": "Changed credentials taken into use.",
    "credential_reload_failures": "Changed credentials that cannot be used.",
}
_FURTHER_LABELS = {
    "refresh_failures": ("reason",),
    "credential_expiration_timestamp_seconds": ("kind",),
    "credential_reloads": ("kind",),
    "credential_reload_failures": ("kind",),
}
_INFO = ("target", "tenant_id", "client_id", "scope", "credential")


class Metrics:
    """Listens, and keeps the samples in *registry*."""

    def __init__(
        self, registry: CollectorRegistry, targets: Mapping[Target, CredentialKind], *, version: str
    ) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library forgot one
        self._gauges = {
            name: Gauge(f"exo_token_{name}", text, _labels(name), registry=registry)
            for name, text in _GAUGES.items()
        }
        self._counters = {  # exposed with the suffix _total
            name: Counter(f"exo_token_{name}", text, _labels(name), registry=registry)
            for name, text in _COUNTERS.items()
        }
        self._seconds = Histogram(
            "exo_token_refresh_duration_seconds",
            "How long an attempt took.",
            ["target"],
            buckets=_SECONDS,
            registry=registry,
        )
        build = ["version", "python_version"]
        running = Gauge("exo_token_build_info", "What is running; 1.", build, registry=registry)
        running.labels(version, platform.python_version()).set(1)
        self._info = Gauge("exo_token_target_info", "What is kept; 1.", _INFO, registry=registry)
        for target, kind in targets.items():
            self._at_zero(target, kind)

    def __call__(self, event: Event) -> None:
        """Count what *event* says."""
        match event:
            case RefreshStarted(target=target, at=at):
                self._count("refresh_attempts", target)
                self._stamp("refresh_last_attempt_timestamp_seconds", at, target)
            case TokenKept(target=target):
                self._hold(target, event.acquired_at, event.expires_at, event.sequence)
            case TokenPublished():
                self._published(event)
            case RefreshFailed():
                self._failed(event)
            case NextRefresh(target=target, at=at):
                self._stamp("next_refresh_timestamp_seconds", at, target)
            case CredentialUsed(target=target, kind=kind, expires_at=expires_at):
                if expires_at is not None:
                    name = "credential_expiration_timestamp_seconds"
                    self._stamp(name, expires_at, target, kind)
            case CredentialReloaded(target=target, kind=kind, problem=problem):
                name = "credential_reloads" if problem is None else "credential_reload_failures"
                self._count(name, target, kind)
            case _:
                pass  # told to others

    def _published(self, event: TokenPublished) -> None:
        target = event.target
        self._hold(target, event.acquired_at, event.expires_at, event.sequence)
        self._stamp("refresh_last_success_timestamp_seconds", event.acquired_at, target)
        self._count("file_writes", target)
        self._set("refresh_consecutive_failures", 0, target)
        self._set("throttled_until_timestamp_seconds", 0, target)
        self._seconds.labels(target).observe(event.seconds)

    def _failed(self, event: RefreshFailed) -> None:
        target, failure = event.target, event.failure
        until = (event.at + failure.retry_after).timestamp() if failure.retry_after else 0
        self._count("refresh_failures", target, failure.reason)
        self._set("refresh_consecutive_failures", event.attempts, target)
        self._set("throttled_until_timestamp_seconds", until, target)
        self._seconds.labels(target).observe(event.seconds)
        if failure.reason is Reason.WRITE:
            self._count("file_write_failures", target)

    def _hold(self, target: str, acquired: datetime, expires: datetime, sequence: int) -> None:
        self._stamp("issued_timestamp_seconds", acquired, target)
        self._stamp("expiration_timestamp_seconds", expires, target)
        self._set("sequence", sequence, target)

    def _at_zero(self, target: Target, kind: CredentialKind) -> None:
        name = target.name
        self._info.labels(name, target.tenant_id, target.client_id, target.scope, kind).set(1)
        for plain in ("refresh_attempts", "file_writes", "file_write_failures"):
            self._counters[plain].labels(name)
        for reason in Reason:
            self._counters["refresh_failures"].labels(name, reason)
        self._counters["credential_reloads"].labels(name, kind)
        self._counters["credential_reload_failures"].labels(name, kind)
        self._set("refresh_consecutive_failures", 0, name)
        self._set("throttled_until_timestamp_seconds", 0, name)
        self._seconds.labels(name)

    def _count(self, name: str, *labels: str) -> None:
        self._counters[name].labels(*labels).inc()

    def _set(self, name: str, value: float, *labels: str) -> None:
        self._gauges[name].labels(*labels).set(value)

    def _stamp(self, name: str, at: datetime, *labels: str) -> None:
        self._set(name, at.timestamp(), *labels)


def _labels(name: str) -> tuple[str, ...]:
    return ("target", *_FURTHER_LABELS.get(name, ()))
