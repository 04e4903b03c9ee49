"""What the log says of each event: one line a fact, at the level that it deserves."""

import logging
from collections.abc import Mapping
from typing import assert_never

from sidecar.observe.events import (
    Beat,
    ClockJumped,
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
    TokenExpired,
    TokenIgnored,
    TokenKept,
    TokenPublished,
)

_log = logging.getLogger("sidecar")

Other = CredentialReloaded | NotificationFailed | ConfigReloaded | ConfigRefused | ClockJumped
"""What is told of other things than tokens."""


def log_event(event: Event) -> None:
    """Write *event* to the log, if it is worth a line."""
    match event:
        case TokenPublished():
            fields = _token(event) | {"seconds": round(event.seconds, 3)}
            _write(logging.INFO, "token.published", fields)
        case TokenKept():
            _write(logging.INFO, "token.kept", _token(event))
        case TokenIgnored():
            fields = {"target": event.target, "problems": list(event.problems)}
            _write(logging.WARNING, "token.ignored", fields)
        case RefreshFailed():
            _write(logging.WARNING, "refresh.failed", _failure(event))
        case TokenExpired():
            _write(logging.ERROR, "token.expired", _expired(event))
        case (
            Beat()
            | ConfigLoaded()
            | CredentialUsed()
            | NextRefresh()
            | NotificationSent()
            | RefreshStarted()
        ):
            pass  # metrics tell these; a line each would be noise
        case _:
            _log_other(event)


def _log_other(event: Other) -> None:
    fields: dict[str, object]
    match event:
        case CredentialReloaded(problem=None):
            fields = {"target": event.target, "kind": event.kind}
            _write(logging.INFO, "credential.reloaded", fields)
        case CredentialReloaded():
            fields = {"target": event.target, "kind": event.kind, "problem": event.problem}
            _write(logging.ERROR, "credential.reload_failed", fields)
        case NotificationFailed():
            fields = {"target": event.target, "listener": event.listener, "problem": event.problem}
            _write(logging.WARNING, "notification.failed", fields)
        case ConfigReloaded():
            _write(logging.INFO, "config.reloaded", {"targets": list(event.targets)})
        case ConfigRefused():
            _write(logging.ERROR, "config.refused", {"problems": list(event.problems)})
        case ClockJumped():
            _write(logging.WARNING, "clock.jumped", {"seconds": round(event.seconds, 1)})
        case _:
            assert_never(event)


def _write(level: int, name: str, fields: Mapping[str, object]) -> None:
    _log.log(level, name, extra={"fields": dict(fields)})


def _token(event: TokenPublished | TokenKept) -> dict[str, object]:
    return {
        "target": event.target,
        "sequence": event.sequence,
        "acquired_at": event.acquired_at.isoformat(),
        "expires_at": event.expires_at.isoformat(),
    }


def _expired(event: TokenExpired) -> dict[str, object]:
    fields: dict[str, object] = {
        "target": event.target,
        "expires_at": event.expires_at.isoformat(),
    }
    return fields if event.problem is None else fields | {"problem": event.problem}


def _failure(event: RefreshFailed) -> dict[str, object]:
    failure = event.failure
    waits = failure.retry_after.total_seconds() if failure.retry_after else None
    facts = {"status": failure.status, "code": failure.code, "retry_after": waits}
    return {
        "target": event.target,
        "reason": failure.reason,
        "summary": failure.summary,
        "remedy": failure.remedy,
        "attempts": event.attempts,
        "seconds": round(event.seconds, 3),
        **{name: fact for name, fact in facts.items() if fact is not None},
    }
