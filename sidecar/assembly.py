"""How the parts are put together for one configuration; called by `cli` alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from contract import volume
from contract.masking import Masker
from sidecar import clock
from sidecar.askers import asker_of
from sidecar.config.settings import Settings
from sidecar.config.targets import Target
from sidecar.observe.events import Listener, TokenIgnored, TokenKept
from sidecar.observe.listeners import listeners_of
from sidecar.observers import Observers
from sidecar.refresh.agenda import Standing
from sidecar.refresh.policy import Schedule
from sidecar.refresh.pool import Pool
from sidecar.refresh.possession import Possession
from sidecar.refresh.refresher import Refresher
from sidecar.refresh.renewal import Attempted, Renewal
from sidecar.refresh.shelf import Found, found_on, standing_of

if TYPE_CHECKING:
    from queue import SimpleQueue

    from sidecar.refresh.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What runs under one configuration."""

    settings: Settings
    refresher: Refresher
    pool: Pool[Attempted]
    possession: Possession

    def close(self) -> None:
        """End the threads of the attempts, and give the files to who comes next."""
        self.pool.close()
        self.possession.release()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every configuration of one process is put together on."""

    observers: Observers
    inbox: "SimpleQueue[Message]"
    masker: Masker
    chance: Callable[[], float]


def assemble(
    settings: Settings, ground: Ground, *, go_on: bool, before: Parts | None = None
) -> Parts:
    """Put together what runs under *settings*.

    With *go_on*, a good token found on the volume is kept until its renewal is due, and renewals
    are told to those whom the configuration names; else every target is asked for at once.
    *before* ran under another configuration; it is left as it is if this one is refused.

    Raises:
        ConfigError: another process keeps one of the files.
    """
    schedule = Schedule(start_splay=settings.start_splay)
    possession = _possession(settings, before)
    renewals = {
        each.name: _renewal(settings, each, ground.masker, schedule) for each in settings.targets
    }
    ground.observers.watch(
        {renewal.target: renewal.kind for renewal in renewals.values()},
        listeners_of(settings.webhook, settings.touch_file) if go_on else {},
    )
    system = clock.SystemClock(ground.inbox)
    pool: Pool[Attempted] = Pool(
        min(settings.workers, len(renewals)), ground.inbox.put, most=len(renewals)
    )
    refresher = Refresher(
        attempts={name: renewal.attempt for name, renewal in renewals.items()},
        standings=_standings(settings, ground, before, schedule if go_on else None),
        clock=system,
        start=pool.start,
        chance=ground.chance,
        tell=ground.observers.tell,
        schedule=schedule,
        withdraw=partial(_withdrawn, settings),
    )
    return Parts(settings=settings, refresher=refresher, pool=pool, possession=possession)


def _possession(settings: Settings, before: Parts | None) -> Possession:
    """Keep the files of *settings*: those that *before* keeps too are passed on, never let go."""
    kept = before.possession if before else None
    return Possession.of(
        settings.directory,
        frozenset(each.name for each in settings.targets),
        manner=settings.manner,
        before=kept,
    )


def _renewal(settings: Settings, target: Target, masker: Masker, schedule: Schedule) -> Renewal:
    return Renewal(
        target=target,
        kind=settings.credentials[target.name].kind,
        ask=asker_of(settings, target, masker.register),
        publish=partial(volume.publish, settings.directory, manner=settings.manner),
        now=clock.now,
        schedule=schedule,
    )


def _standings(
    settings: Settings, ground: Ground, before: Parts | None, schedule: Schedule | None
) -> dict[str, Standing]:
    now = clock.SystemClock(ground.inbox).read()
    earlier: Mapping[str, Standing] = before.refresher.standings if before else MappingProxyType({})
    found = {}
    for target in settings.targets:
        there = _found(settings, target, ground.observers.tell)
        standing = standing_of(there, now, chance=ground.chance(), schedule=schedule)
        known = earlier.get(target.name)
        found[target.name] = standing.carried_from(known) if known else standing
    return found


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
