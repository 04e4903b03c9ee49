"""What an audit says: CloudEvents with classes of OCSF.  Pure.

OCSF class 1009, Script Activity, activity 1, Execute: github.com/ocsf/ocsf-schema,
events/system/script_activity.json.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contract.times import rfc3339

_OCSF = {"category_uid": 1, "class_uid": 1009, "activity_id": 1, "type_uid": 100901}


class Kind(StrEnum):
    """The type of an event."""

    START = "exo-jobs.run.started"
    CONNECT = "exo-jobs.session.connected"
    RECONNECT = "exo-jobs.session.reconnected"
    ITEM = "exo-jobs.item.finished"
    FINISH = "exo-jobs.run.finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Which run the events are of."""

    run_id: str
    job: str
    connection: str


def event(
    kind: Kind, subject: Subject, data: Mapping[str, object], *, at: datetime, number: int
) -> dict[str, object]:
    """Return the event, not yet chained; *number* makes its id unique in its run."""
    return {
        "specversion": "1.0",
        "id": f"{subject.run_id}/{number}",
        "source": f"exo-jobs/{subject.connection}/{subject.job}",
        "type": kind.value,
        "subject": subject.run_id,
        "time": rfc3339(at),
        "datacontenttype": "application/json",
        "data": {"ocsf": _OCSF, **data},
    }
