"""When `exo-token once` is over, and with which exit code.  Pure."""

from collections.abc import Mapping

from sidecar.entra.failures import CLASSES, Reason, gravest
from sidecar.refresh.agenda import Standing


def is_settled(standings: Mapping[str, Standing]) -> bool:
    """Tell whether each target is written, or failed in a way that only a person can mend."""
    return all(_is_settled(each) for each in standings.values())


def _is_settled(standing: Standing) -> bool:
    if standing.written:
        return True
    failure = standing.last_failure
    return failure is not None and CLASSES[failure.reason].permanent


def exit_code_of(standings: Mapping[str, Standing]) -> int:
    """Return 0 when every target is written, else the code of the gravest failure."""
    unwritten = [each for each in standings.values() if not each.written]
    # Without an answer at all it is the time that was too short.
    reasons = {
        each.last_failure.reason if each.last_failure else Reason.THROTTLED for each in unwritten
    }
    return CLASSES[gravest(reasons)].exit_code if reasons else 0
