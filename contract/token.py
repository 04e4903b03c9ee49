"""The token document: one JSON object that says all a reader must know of a token.  Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Self, get_type_hints

from contract.errors import TokenMalformedError

VERSION = 1
"""The version this code writes, and the only one that it reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDocument:
    """A token for one resource of one connection, as it lies in `<connection>/<resource>.json`.

    Every time is aware and in UTC.  `repr()` never shows `access_token`.
    """

    connection: str
    resource: str
    """Which API: `exchange`, `compliance`, `graph`, or a name from the configuration."""
    audience: str
    """The resource URL that was asked for, as in the token's `aud`."""
    tenant_id: str
    organization: str
    """The tenant's initial domain, `….onmicrosoft.com`; `Connect-ExchangeOnline` needs it."""
    client_id: str
    environment: str
    """The cloud: `worldwide`, `gcc`, `gccHigh`, `dod` or `china`."""
    access_token: str = field(repr=False)
    acquired_at: datetime
    expires_at: datetime
    refresh_at: datetime
    """When the writer means to renew it; a reader may watch from then on."""
    sequence: int
    """Grows by one with each token written; a reader sees by it that the token is another one."""
    connection_uri: str | None = None
    """Where to present the token, if not at the environment's own host."""
    user_principal_name: str | None = None
    """Set for a delegated token only; must equal the token's own `upn` claim."""

    def to_json(self) -> str:
        """Return the document as JSON text, ending in a newline."""
        pairs = ((each.name, getattr(self, each.name)) for each in fields(self))
        present = {name: _plain(value) for name, value in pairs if value is not None}
        return json.dumps({"version": VERSION, **present}, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read what `to_json` wrote; members of later minor additions are ignored.

        Raises:
            TokenMalformedError: with every reason, none of which quotes a value.
        """
        raw = _object(text)
        problems = [] if raw.get("version") == VERSION else [_wrong_version(raw)]
        values: dict[str, Any] = {}
        for name, kind in get_type_hints(cls).items():
            if name not in raw and type(None) in getattr(kind, "__args__", ()):
                continue
            try:
                values[name] = _read(raw, name, kind)
            except ValueError as error:
                problems.append(f"{name}: {error}")
        if problems:
            raise TokenMalformedError(problems)
        return cls(**values)


def _plain(value: object) -> object:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def _object(text: str | bytes) -> Mapping[str, Any]:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        # NOTE: the cause is dropped on purpose; a JSON error holds the text, and so the token.
        raise TokenMalformedError(["not JSON, or cut off"]) from None
    if not isinstance(raw, dict):
        raise TokenMalformedError(["not a JSON object"])
    return raw


def _wrong_version(raw: Mapping[str, Any]) -> str:
    found = raw.get("version")
    named = found if isinstance(found, int) else "none"
    return f"version: {VERSION} is read here, the document has {named}"


def _read(raw: Mapping[str, Any], name: str, kind: object) -> object:
    if name not in raw:
        raise ValueError("missing")
    value = raw[name]
    if kind is datetime:
        return _time(value)
    if kind is int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError("not a whole number")
        return value
    if not isinstance(value, str) or not value:
        raise ValueError("not a text, or empty")
    return value


def _time(value: object) -> datetime:
    try:
        parsed = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError("not a time as RFC 3339 writes it") from None
    if parsed.tzinfo is None:
        raise ValueError("a time without its zone")
    return parsed.astimezone(UTC)
