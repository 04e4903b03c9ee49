"""Puts the audit of a run together, as its job asks for it."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from contract.masking import Masker
from runner.audit.auditor import Auditor
from runner.audit.events import Subject
from runner.audit.witness import Witness
from runner.clock import SystemClock
from runner.job.preflight import Prepared
from runner.job.sections import AuditEndpoint
from runner.launch import Place
from runner.results.directory import RunDirectory

if TYPE_CHECKING:
    from runner.audit.delivery import Delivery

_log = logging.getLogger("exo-job")


def witness_for(  # noqa: PLR0913 - the composition root names each part once
    prepared: Prepared,
    place: Place,
    directory: RunDirectory,
    *,
    masker: Masker,
    clock: SystemClock,
    chance: Callable[[], float],
) -> Witness:
    """Return the witness of the run in *directory*."""
    spec, name = prepared.job.spec, prepared.job.metadata.name
    auditor = Auditor(
        directory.path,
        Subject(run_id=directory.path.name, job=name, connection=spec.connection),
        required=spec.audit_is_required,
        clean=lambda data: _clean(masker, data),
        now=clock.now,
        warn=lambda why: _log.warning("audit.failed", extra={"fields": {"reason": why}}),
        stdout=spec.audit.stdout,
        delivery=_delivery(spec.audit.https, chance) if spec.audit.https else None,
    )
    return Witness(
        auditor,
        origin=place.origin,
        tokens=place.tokens,
        connection=spec.connection,
        pwsh=place.pwsh,
    )


def _clean(masker: Masker, data: Mapping[str, object]) -> Mapping[str, object]:
    clean = masker.mask_value(dict(data))
    return clean if isinstance(clean, dict) else {}


def _delivery(wanted: AuditEndpoint, chance: Callable[[], float]) -> "Delivery":
    from runner.audit.delivery import Delivery, Endpoint  # noqa: PLC0415 - few jobs send it

    endpoint = Endpoint(
        url=wanted.url,
        timeout=wanted.timeout.total_seconds(),
        token_file=Path(wanted.token_file) if wanted.token_file else None,
        ca_file=Path(wanted.ca_file) if wanted.ca_file else None,
    )
    return Delivery(endpoint, chance=chance, seconds_to_end=wanted.deliver_within.total_seconds())
