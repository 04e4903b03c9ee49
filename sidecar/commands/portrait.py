"""What a token says of itself, without the part that makes it one.  Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from contract.times import rfc3339
from contract.token import TokenDocument
from sidecar.claims import claims_of, expiry_of

_SHOWN = (
    *("aud", "iss", "sub", "tid", "appid", "azp", "oid", "appidacr", "idtyp", "roles", "wids"),
    *("scp", "upn", "iat", "nbf", "exp", "uti", "ver"),
)
"""The claims that tell what a token is for; others may name people, and are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """What may be shown of a token."""

    kind: str
    """`token document` or `token`."""
    document: Mapping[str, object]
    """The document's members but the token; empty for a bare token."""
    claims: Mapping[str, object]
    """Empty where the token cannot be read, which Microsoft allows it to be."""
    expires_at: datetime | None

    @property
    def members(self) -> dict[str, object]:
        """Return it for a program to read."""
        return {
            "kind": self.kind,
            "expires_at": None if self.expires_at is None else rfc3339(self.expires_at),
            "document": dict(self.document),
            "claims": dict(self.claims),
        }

    def lines(self, *, now: datetime) -> list[str]:
        """Return it for a person to read, a fact a line."""
        left = "" if self.expires_at is None else f" ({_distance(self.expires_at - now)})"
        when = "unknown" if self.expires_at is None else rfc3339(self.expires_at)
        members = [f"{name}: {_plain(value)}" for name, value in self.document.items()]
        claims = [f"  {name}: {_plain(value)}" for name, value in self.claims.items()]
        unreadable = [] if self.claims else ["  (none can be read; the token is opaque)"]
        return [self.kind, f"expires: {when}{left}", *members, "claims:", *claims, *unreadable]


def portrait_of(text: str) -> Portrait:
    """Return the portrait of a token document, or of a bare JWT.

    Raises:
        TokenMalformedError: it is neither; the reasons quote nothing of it.
    """
    stripped = text.strip()
    if not stripped.startswith("{") and stripped.count(".") == 2 and claims_of(stripped):
        return _portrait("token", {}, stripped, expiry_of(stripped))
    document = TokenDocument.from_json(stripped)
    members = {each.name: getattr(document, each.name) for each in fields(document) if each.repr}
    shown = {name: _json(value) for name, value in members.items() if value is not None}
    return _portrait("token document", shown, document.access_token, document.expires_at)


def _portrait(
    kind: str, document: Mapping[str, object], token: str, expires_at: datetime | None
) -> Portrait:
    claims = claims_of(token)
    shown = {name: claims[name] for name in _SHOWN if name in claims}
    return Portrait(kind=kind, document=document, claims=shown, expires_at=expires_at)


def _json(value: object) -> object:
    return rfc3339(value) if isinstance(value, datetime) else value


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _distance(left: timedelta) -> str:
    seconds = round(left.total_seconds())
    return f"in {seconds} s" if seconds > 0 else f"{-seconds} s ago"
