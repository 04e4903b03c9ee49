"""What listens and what is served, put together once for the whole process; for `cli` alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from importlib.metadata import version

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder

from sidecar import clock
from sidecar.config.targets import Target
from sidecar.credentials.kinds import CredentialKind
from sidecar.observe.events import Listener, Notified, to_all
from sidecar.observe.health import Health
from sidecar.observe.journal import log_event
from sidecar.observe.metrics import Metrics
from sidecar.observe.notifier import Notifications, Tell
from sidecar.observe.probes import Page, Route, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Observers:
    """What listens, from the start to the end of the process."""

    registry: CollectorRegistry
    metrics: Metrics
    health: Health
    notifications: Notifications
    tell: Listener

    def watch(
        self, targets: Mapping[Target, CredentialKind], listeners: Mapping[str, Tell]
    ) -> None:
        """Show, and answer for, *targets* from now on, and tell *listeners* of their renewals."""
        self.metrics.watch(targets)
        self.health.watch([target.name for target in targets])
        self.notifications.watch(listeners)


def observers(
    report: Callable[[Notified], None], *, chance: Callable[[], float], revision: str
) -> Observers:
    """Return what listens; it knows no target yet.

    *report* takes what comes of notifications back to the loop, from another thread.
    """
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    metrics = Metrics(registry, version=version("exo-jobs"), revision=revision)
    health = Health(steady=clock.steady())
    notifications = Notifications(report=report, chance=chance)
    return Observers(
        registry=registry,
        metrics=metrics,
        health=health,
        notifications=notifications,
        tell=to_all(log_event, metrics, health, notifications),
    )


def pages(
    watching: Observers, *, now: Callable[[], datetime], steady: Callable[[], float]
) -> Mapping[str, Route]:
    """Return what the server answers, by path."""
    health = watching.health
    return {
        "/metrics": partial(_exposition, watching.registry),
        "/livez": lambda _: verdict(health.stuck(steady=steady())),
        "/readyz": lambda _: verdict(health.unready(now=now())),
        "/startupz": lambda _: verdict(health.unstarted()),
    }


def _exposition(registry: CollectorRegistry, accept: str) -> Page:
    encode, content_type = choose_encoder(accept)
    return Page(status=HTTPStatus.OK, content_type=content_type, body=encode(registry))
