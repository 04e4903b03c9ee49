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
    ConfigLoaded,
    ConfigRefused,
    ConfigReloaded,
    CredentialReloaded,
    CredentialUsed,
    Event,
    NextRefresh,
    NotificationFailed,
    NotificationSent,
    RefreshFailed,
    RefreshStarted,
    TokenKept,
    TokenPublished,
)
from sidecar.observe.series import COUNTERS, GAUGES, INFO, PLAIN_COUNTERS, SECONDS, labels_of


class Metrics:
    """Listens, and keeps the samples in *registry*."""

    def __init__(self, registry: CollectorRegistry, *, version: str, revision: str) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library forgot one
        self._gauges = {
            name: Gauge(f"exo_token_{name}", text, labels_of(name), registry=registry)
            for name, text in GAUGES.items()
        }
        self._counters = {  # exposed with the suffix _total
            name: Counter(f"exo_token_{name}", text, labels_of(name), registry=registry)
            for name, text in COUNTERS.items()
        }
        self._seconds = Histogram(
            "exo_token_refresh_duration_seconds",
            "How long an attempt took.",
            ["target"],
            buckets=SECONDS,
            registry=registry,
        )
        self._reloaded = Gauge(
            "exo_token_config_last_reload_successful",
            "Whether the last configuration read is in use: 1 or 0.",
            registry=registry,
        )
        self._reloaded_at = Gauge(
            "exo_token_config_last_reload_success_timestamp_seconds",
            "When the configuration in use was read.",
            registry=registry,
        )
        build = ["version", "revision", "python_version"]
        running = Gauge("exo_token_build_info", "What is running; 1.", build, registry=registry)
        running.labels(version, revision, platform.python_version()).set(1)
        self._info = Gauge("exo_token_target_info", "What is kept; 1.", INFO, registry=registry)
        self._watched: dict[str, tuple[Target, CredentialKind]] = {}

    def watch(self, targets: Mapping[Target, CredentialKind]) -> None:
        """Show the series of *targets*, and no longer those of targets that are gone."""
        wanted = {target.name: (target, kind) for target, kind in targets.items()}
        for name in self._watched.keys() - wanted.keys():
            self._forget(name)
        for name, (target, kind) in wanted.items():
            before = self._watched.get(name)
            if before is not None and before != (target, kind):
                self._info.remove_by_labels({"target": name})
            if before != (target, kind):
                self._at_zero(target, kind, new=before is None)
        self._watched = wanted

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
            case CredentialUsed() | CredentialReloaded():
                self._credential(event)
            case _:
                self._count_other(event)

    def _credential(self, event: CredentialUsed | CredentialReloaded) -> None:
        match event:
            case CredentialUsed(target=target, kind=kind, expires_at=expires_at):
                if expires_at is not None:
                    name = "credential_expiration_timestamp_seconds"
                    self._stamp(name, expires_at, target, kind)
            case CredentialReloaded(target=target, kind=kind, problem=problem):
                name = "credential_reloads" if problem is None else "credential_reload_failures"
                self._count(name, target, kind)

    def _count_other(self, event: Event) -> None:
        match event:
            case NotificationSent(target=target):
                self._count("notifications", target)
            case NotificationFailed(target=target):
                self._count("notification_failures", target)
            case ConfigLoaded(at=at) | ConfigReloaded(at=at):
                self._reloaded.set(1)
                self._reloaded_at.set(at.timestamp())
            case ConfigRefused():
                self._reloaded.set(0)
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

    def _forget(self, name: str) -> None:
        for each in (*self._gauges.values(), *self._counters.values(), self._seconds, self._info):
            each.remove_by_labels({"target": name})

    def _at_zero(self, target: Target, kind: CredentialKind, *, new: bool) -> None:
        name = target.name
        self._info.labels(name, target.tenant_id, target.client_id, target.scope, kind).set(1)
        for plain in PLAIN_COUNTERS:
            self._counters[plain].labels(name)
        for reason in Reason:
            self._counters["refresh_failures"].labels(name, reason)
        self._counters["credential_reloads"].labels(name, kind)
        self._counters["credential_reload_failures"].labels(name, kind)
        self._seconds.labels(name)
        if new:
            self._set("refresh_consecutive_failures", 0, name)
            self._set("throttled_until_timestamp_seconds", 0, name)

    def _count(self, name: str, *labels: str) -> None:
        self._counters[name].labels(*labels).inc()

    def _set(self, name: str, value: float, *labels: str) -> None:
        self._gauges[name].labels(*labels).set(value)

    def _stamp(self, name: str, at: datetime, *labels: str) -> None:
        self._set(name, at.timestamp(), *labels)
