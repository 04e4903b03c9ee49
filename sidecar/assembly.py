"""How the parts are put together for one configuration; called by `cli` alone."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue

import requests
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder

from contract import volume
from contract.masking import Masker
from sidecar import clock
from sidecar.config import Config
from sidecar.config import Credential as CredentialConfig
from sidecar.credentials import CertificateFile, Credential, FederatedToken
from sidecar.entra import Entra
from sidecar.events import Listener, TokenIgnored, TokenKept, to_all
from sidecar.health import Health
from sidecar.journal import log_event
from sidecar.metrics import Metrics
from sidecar.policy import Schedule
from sidecar.pool import Pool
from sidecar.probes import Page, Route, verdict
from sidecar.refresher import Message, Refresher
from sidecar.renewal import Attempted, Renewal
from sidecar.shelf import Found, found_on, standing_of
from sidecar.targets import Target, targets_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What `cli` holds while it runs."""

    config: Config
    refresher: Refresher
    registry: CollectorRegistry
    health: Health


def assemble(
    config: Config,
    inbox: SimpleQueue[Message],
    masker: Masker,
    *,
    chance: Callable[[], float],
    go_on: bool,
) -> Parts:
    """Put the sidecar for *config* together.

    With *go_on*, a good token found on the volume is kept until its renewal is due; else every
    target is asked for at once.
    """
    schedule = Schedule(start_splay=config.refresh.start_splay)
    targets = targets_of(config)
    renewals = {each.name: _renewal(config, each, masker, schedule) for each in targets}
    registry, health = CollectorRegistry(), Health(renewals, steady=clock.steady())
    tell = to_all(log_event, _metrics(registry, renewals), health)
    system = clock.SystemClock(inbox)
    pool: Pool[Attempted] = Pool(min(config.refresh.workers, len(targets)), inbox.put)
    standings = {
        each.name: standing_of(
            _found(config, each, tell),
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
    )
    return Parts(config=config, refresher=refresher, registry=registry, health=health)


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


def _renewal(config: Config, target: Target, masker: Masker, schedule: Schedule) -> Renewal:
    credential = _credential(config.connections[target.connection].credential)
    entra = Entra(
        credential=credential,
        conceal=masker.register,
        now=clock.now,
        timeout=config.refresh.attempt_timeout.total_seconds(),
        proxies=requests.utils.get_environ_proxies,
        ca_file=config.tls.ca_file or _environment_ca_file(),
    )
    output = config.output
    return Renewal(
        target=target,
        kind=credential.kind,
        ask=entra.ask,
        publish=partial(volume.publish, output.directory, mode=output.file_mode),
        now=clock.now,
        schedule=schedule,
    )


def _environment_ca_file() -> Path | None:
    # NOTE: REQUESTS_CA_BUNDLE is not looked at: one variable for Python and pwsh alike.
    named = os.environ.get("SSL_CERT_FILE")
    return Path(named) if named else None


def _credential(config: CredentialConfig) -> Credential:
    if config.workload_identity is not None:
        return FederatedToken(config.workload_identity.token_file)
    certificate = config.certificate
    if certificate is None:
        raise AssertionError("the configuration has exactly one kind of credential")
    return CertificateFile(
        certificate.file,
        key_file=certificate.key_file,
        password_file=certificate.password_file,
        send_chain=certificate.send_chain,
    )


def _found(config: Config, target: Target, tell: Listener) -> Found:
    found = found_on(config.output.directory, target, now=clock.now())
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
