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

from sidecar.events import (
    CredentialKind,
    CredentialReloaded,
    CredentialUsed,
    Event,
    NextRefresh,
    RefreshFailed,
    RefreshStarted,
    TokenKept,
    TokenPublished,
)
from sidecar.failures import Reason

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Listens, and keeps the samples in *registry*."""

    def __init__(
        self, registry: CollectorRegistry, targets: Mapping[str, CredentialKind], *, version: str
    ) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library forgot one
        self._registry = registry
        self._expiration = self._gauge(
            "expiration_timestamp", "When the token in the file expires."
        )
        self._issued = self._gauge("issued_timestamp", "When the token in the file was acquired.")
        self._next = self._gauge("next_refresh_timestamp", "When the next attempt is due.")
        self._success = self._gauge(
            "refresh_last_success_timestamp", "When a token was last written."
        )
        self._attempt = self._gauge("refresh_last_attempt_timestamp", "When Entra was last asked.")
        self._throttled = self._gauge(
            "throttled_until_timestamp", "Until when Retry-After forbids to ask; 0 if it does not."
        )
        self._in_a_row = Gauge(
            "exo_token_refresh_consecutive_failures",
            "Failures since the last token.",
            ["target"],
            registry=registry,
        )
        self._sequence = Gauge(
            "exo_token_sequence",
            "The number of the token in the file.",
            ["target"],
            registry=registry,
        )
        self._attempts = self._counter("refresh_attempts", "Attempts to get a token.")
        self._failures = self._counter("refresh_failures", "Attempts without a token.", "reason")
        self._writes = self._counter("file_writes", "Token files replaced.")
        self._write_failures = self._counter(
            "file_write_failures", "Token files that could not be replaced."
        )
        self._reloads = self._counter(
            "credential_reloads", "Changed credentials taken into use.", "kind"
        )
        self._reload_failures = self._counter(
            "credential_reload_failures", "Changed credentials that cannot be used.", "kind"
        )
        self._credential = self._gauge(
            "credential_expiration_timestamp", "When the credential itself expires.", "kind"
        )
        self._seconds = Histogram(
            "exo_token_refresh_duration_seconds",
            "How long an attempt took.",
            ["target"],
            buckets=_SECONDS,
            registry=registry,
        )
        Gauge(
            "exo_token_build_info",
            "What is running; always 1.",
            ["version", "python_version"],
            registry=registry,
        ).labels(version, platform.python_version()).set(1)
        for name, kind in targets.items():
            self._at_zero(name, kind)

    def __call__(self, event: Event) -> None:
        """Count what *event* says."""
        match event:
            case RefreshStarted(target=target, at=at):
                self._attempts.labels(target).inc()
                _stamp(self._attempt, at, target)
            case TokenKept(target=target):
                self._hold(target, event.acquired_at, event.expires_at, event.sequence)
            case TokenPublished():
                self._published(event)
            case RefreshFailed():
                self._failed(event)
            case NextRefresh(target=target, at=at):
                _stamp(self._next, at, target)
            case CredentialUsed(target=target, kind=kind, expires_at=expires_at):
                if expires_at is not None:
                    _stamp(self._credential, expires_at, target, kind)
            case CredentialReloaded(target=target, kind=kind, problem=problem):
                counter = self._reloads if problem is None else self._reload_failures
                counter.labels(target, kind).inc()
            case _:
                pass  # told to others

    def _published(self, event: TokenPublished) -> None:
        target = event.target
        self._hold(target, event.acquired_at, event.expires_at, event.sequence)
        _stamp(self._success, event.acquired_at, target)
        self._writes.labels(target).inc()
        self._in_a_row.labels(target).set(0)
        self._throttled.labels(target).set(0)
        self._seconds.labels(target).observe(event.seconds)

    def _failed(self, event: RefreshFailed) -> None:
        target, failure = event.target, event.failure
        self._failures.labels(target, failure.reason).inc()
        self._in_a_row.labels(target).set(event.attempts)
        self._seconds.labels(target).observe(event.seconds)
        until = (event.at + failure.retry_after).timestamp() if failure.retry_after else 0
        self._throttled.labels(target).set(until)
        if failure.reason is Reason.WRITE:
            self._write_failures.labels(target).inc()

    def _hold(self, target: str, acquired: datetime, expires: datetime, sequence: int) -> None:
        _stamp(self._issued, acquired, target)
        _stamp(self._expiration, expires, target)
        self._sequence.labels(target).set(sequence)

    def _at_zero(self, target: str, kind: CredentialKind) -> None:
        for plain in (self._attempts, self._writes, self._write_failures):
            plain.labels(target)
        for reason in Reason:
            self._failures.labels(target, reason)
        self._reloads.labels(target, kind)
        self._reload_failures.labels(target, kind)
        self._in_a_row.labels(target)
        self._throttled.labels(target)
        self._seconds.labels(target)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(
            f"exo_token_{name}_seconds", text, ["target", *labels], registry=self._registry
        )

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        # Exposed with the suffix _total.
        return Counter(f"exo_token_{name}", text, ["target", *labels], registry=self._registry)


def _stamp(gauge: Gauge, at: datetime, *labels: str) -> None:
    gauge.labels(*labels).set(at.timestamp())
