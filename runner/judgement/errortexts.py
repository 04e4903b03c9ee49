"""What the texts of Exchange's errors mean.  Pure; version 1 of the table.

Microsoft says that the format of its errors may change, so only the texts themselves are read.
"""

from contract.exitcodes import ExitCode
from runner.streams.tally import MAXIMUM_RETRY

_REFUSED = "renew the token; see that its tenant, audience and organization are the right ones"
_ROLE = (
    "give the application a directory role that Exchange supports, such as Exchange Administrator,"
    " and the permission Exchange.ManageAsApp"
)

TOKEN_EXPIRED = "TokenExpired"  # noqa: S105 - an error id
"""The id of the error that the bootstrap throws when no newer token came in time."""
WRITE_NOT_DECLARED = "WriteNotDeclared"
"""The id of the error that the bootstrap throws when a job that only reads calls a write."""

_AT_CONNECT = (
    ("isn't supported in this scenario", ExitCode.DENIED, "connect.role_missing", _ROLE),
    ("403", ExitCode.DENIED, "connect.forbidden", _ROLE),
    ("forbidden", ExitCode.DENIED, "connect.forbidden", _ROLE),
    ("unauthorized", ExitCode.AUTH, "connect.unauthorized", _REFUSED),
    ("401", ExitCode.AUTH, "connect.unauthorized", _REFUSED),
)


def of_connect(message: str) -> tuple[ExitCode, str, str]:
    """Return code, rule and remedy for the error of a failed connect."""
    for text, code, rule, remedy in _AT_CONNECT:
        if text in message.casefold():
            return code, rule, remedy
    return ExitCode.SERVICE, "connect.failed", "see whether Exchange Online can be reached"


def of_error(error_id: str, message: str, *, had_expired: bool) -> tuple[ExitCode, str, str] | None:
    """Return code, rule and remedy for an error that its id or text alone explains."""
    if error_id == TOKEN_EXPIRED:
        return ExitCode.TEMPORARY, "token.not_renewed", "see why the sidecar did not renew in time"
    if error_id == WRITE_NOT_DECLARED:
        return ExitCode.DENIED, "write.not_declared", "say write: true in the spec, if it may write"
    if MAXIMUM_RETRY not in message:
        return None
    if had_expired:
        return ExitCode.AUTH, "exchange.token_expired", "see why the sidecar did not renew in time"
    return ExitCode.SERVICE, "exchange.retries_spent", "try again later; Exchange kept failing"
