"""How the parts are put together for one configuration; called by `cli` alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from queue import SimpleQueue

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder

from contract import volume
from contract.masking import Masker
from sidecar import clock
from sidecar.askers import asker_of
from sidecar.config.settings import Settings
from sidecar.config.targets import Target
from sidecar.observe.events import Listener, TokenIgnored, TokenKept, to_all
from sidecar.observe.health import Health
from sidecar.observe.journal import log_event
from sidecar.observe.metrics import Metrics
from sidecar.observe.probes import Page, Route, verdict
from sidecar.refresh.policy import Schedule
from sidecar.refresh.pool import Pool
from sidecar.refresh.refresher import Message, Refresher
from sidecar.refresh.renewal import Attempted, Renewal
from sidecar.refresh.shelf import Found, found_on, standing_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What `cli` holds while it runs."""

    settings: Settings
    refresher: Refresher
    registry: CollectorRegistry
    health: Health


def assemble(
    settings: Settings,
    inbox: SimpleQueue[Message],
    masker: Masker,
    *,
    chance: Callable[[], float],
    go_on: bool,
) -> Parts:
    """Put the sidecar for *settings* together.

    With *go_on*, a good token found on the volume is kept until its renewal is due; else every
    target is asked for at once.
    """
    schedule = Schedule(start_splay=settings.start_splay)
    targets = settings.targets
    renewals = {each.name: _renewal(settings, each, masker, schedule) for each in targets}
    registry, health = CollectorRegistry(), Health(renewals, steady=clock.steady())
    tell = to_all(log_event, _metrics(registry, renewals), health)
    system = clock.SystemClock(inbox)
    pool: Pool[Attempted] = Pool(min(settings.workers, len(targets)), inbox.put)
    standings = {
        each.name: standing_of(
            _found(settings, each, tell),
            system.read(),
            chance=chance(),
            schedule=schedule if go_on else None,
        )
        for each in targets
    }
    refresher = Refresher(
        attempts={name: renewal.attempt for name, renewal in renewals.items()},
        standings=standings,
        clock=system,
        start=pool.start,
        chance=chance,
        tell=tell,
        schedule=schedule,
        withdraw=partial(_withdrawn, settings),
    )
    return Parts(settings=settings, refresher=refresher, registry=registry, health=health)


def pages(
    parts: Parts, *, now: Callable[[], datetime], steady: Callable[[], float]
) -> Mapping[str, Route]:
    """Return what the server answers, by path."""
    health = parts.health
    return {
        "/metrics": partial(_exposition, parts.registry),
        "/livez": lambda _: verdict(health.stuck(steady=steady())),
        "/readyz": lambda _: verdict(health.unready(now=now())),
        "/startupz": lambda _: verdict(health.unstarted()),
    }


def _metrics(registry: CollectorRegistry, renewals: Mapping[str, Renewal]) -> Metrics:
    ProcessCollector(registry=registry)
    kinds = {renewal.target: renewal.kind for renewal in renewals.values()}
    return Metrics(registry, kinds, version=version("exo-jobs"))


def _exposition(registry: CollectorRegistry, accept: str) -> Page:
    encode, content_type = choose_encoder(accept)
    return Page(status=HTTPStatus.OK, content_type=content_type, body=encode(registry))


def _renewal(settings: Settings, target: Target, masker: Masker, schedule: Schedule) -> Renewal:
    return Renewal(
        target=target,
        kind=settings.credentials[target.name].kind,
        ask=asker_of(settings, target, masker.register),
        publish=partial(volume.publish, settings.directory, manner=settings.manner),
        now=clock.now,
        schedule=schedule,
    )


def _withdrawn(settings: Settings, name: str) -> str | None:
    connection, _, resource = name.partition("/")
    paths = [volume.document_path(settings.directory, connection, resource)]
    if settings.manner.raw_token:
        paths.append(volume.raw_token_path(settings.directory, connection, resource))
    try:
        for path in paths:
            volume.withdraw(path, settings.on_expiry)
    except OSError as error:
        return f"{error.filename}: {error.strerror}"
    return None


def _found(settings: Settings, target: Target, tell: Listener) -> Found:
    found = found_on(settings.directory, target, now=clock.now())
    if found.problems:
        tell(TokenIgnored(target=target.name, problems=found.problems))
    if found.life is not None:
        tell(
            TokenKept(
                target=target.name,
                acquired_at=found.life.acquired_at,
                expires_at=found.life.expires_at,
                sequence=found.sequence,
            )
        )
    return found
