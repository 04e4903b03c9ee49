"""Turns what happens in one run into events of its audit."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from contract import volume
from contract.errors import ContractError
from contract.runrecord import Result
from runner.audit import provenance
from runner.audit.auditor import Auditor
from runner.audit.events import Kind
from runner.job.preflight import Prepared
from runner.streams.records import Connected, Item, Record
from runner.tokens.claims import claims_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a run comes from, as its pod knows it."""

    annotations: Mapping[str, str] = field(default_factory=dict)
    image: str | None = None
    """The digest of the image."""
    key: bytes | None = field(default=None, repr=False)
    """For the digests of secret parameters."""


class Witness:
    """Says what happens to an auditor."""

    def __init__(
        self, auditor: Auditor, *, origin: Origin, tokens: Path, connection: str, pwsh: Path
    ) -> None:
        self._auditor, self._origin, self._pwsh = auditor, origin, pwsh
        self._folder = tokens / connection
        self._connection, self._tokens = connection, tokens
        self._modules: dict[str, str] = {}
        self._seen: set[str] = set()
        self._left = 0

    def started(self, prepared: Prepared, record: Mapping[str, object]) -> None:
        """Say that a run begins; *record* is what its `run.json` says.

        Raises:
            AuditError: the audit is required and cannot be written.
        """
        secrets = provenance.secrets_digests(prepared.values.secret, self._origin.key)
        self._auditor.say(
            Kind.START,
            {
                **record,
                "secrets": secrets,
                "pwsh": {"path": str(self._pwsh), "sha256": _sha256(self._pwsh)},
                "image": self._origin.image,
                **provenance.asked_by(self._origin.annotations),
            },
        )

    def saw(self, record: Record) -> None:
        """Say that a session connected, or how an item ended; other records are no events.

        Raises:
            AuditError: as above.
        """
        if isinstance(record, Connected):
            kind = Kind.RECONNECT if record.resource in self._seen else Kind.CONNECT
            self._seen.add(record.resource)
            self._auditor.say(kind, self._connected(record))
        elif isinstance(record, Item):
            self._auditor.say(Kind.ITEM, {"id": record.id, "status": record.status})

    def finished(self, result: Result) -> None:
        """Say how the run ended.

        Raises:
            AuditError: as above.
        """
        said = asdict(result)
        names = ("status", "exit_code", "rule", "reason", "counts", "items", "duration_seconds")
        files = [*said["outputs"], *said["files"]]
        self._auditor.say(Kind.FINISH, {name: said[name] for name in names} | {"files": files})
        self._left = self._auditor.finish()

    def head(self) -> dict[str, object]:
        """Return the end of the chain, and how many lines were not delivered."""
        return asdict(self._auditor.head) | {"undelivered": self._left}

    def _connected(self, record: Connected) -> dict[str, object]:
        return {
            "resource": record.resource,
            "sequence": record.sequence,
            "expires_at": record.expires_at.isoformat() if record.expires_at else None,
            "reason": record.reason,
            "module": {
                "version": record.module_version,
                "sha256": self._module_sha256(record.module_base),
            },
            "identity": self._identity(record),
        }

    def _identity(self, record: Connected) -> dict[str, str]:
        path = volume.document_path(self._tokens, self._connection, record.resource)
        try:
            document = volume.read(path)
        except (OSError, ContractError):
            return {}
        # The file may hold a newer one by now, whose uti is another.
        claims = claims_of(document.access_token)
        return provenance.identity_of(claims) if document.sequence == record.sequence else {}

    def _module_sha256(self, base: str) -> str | None:
        if base and base not in self._modules:
            self._modules[base] = _sha256(Path(base), provenance.folder_sha256) or ""
        return self._modules.get(base) or None


def _sha256(path: Path, digest: Callable[[Path], str] = provenance.file_sha256) -> str | None:
    try:
        return digest(path)
    except OSError:
        return None  # it is said that there is none; pwsh itself will tell if it is needed
