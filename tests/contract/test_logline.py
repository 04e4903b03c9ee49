"""The log line."""

import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.logline import LogLine, configure
from contract.masking import Masker
from contract.times import rfc3339

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def _record(message: str = "token.published", **extra: object) -> logging.LogRecord:
    record = logging.LogRecord("sidecar", logging.WARNING, "x.py", 1, message, (), None)
    record.created = 1772366400.25
    record.__dict__.update(extra)
    return record


def test_a_line_is_a_json_object_of_facts() -> None:
    """Time, level, component and event, then the facts."""
    line = LogLine("sidecar", Masker()).format(_record(fields={"target": "contoso/exchange"}))
    assert json.loads(line) == {
        "time": "2026-03-01T12:00:00.250Z",
        "level": "warning",
        "component": "sidecar",
        "event": "token.published",
        "target": "contoso/exchange",
    }


@given(fields=st.dictionaries(st.text(), JSON, max_size=4), message=st.text())
def test_a_record_is_always_one_line(fields: dict[str, object], message: str) -> None:
    """No value can forge a second line."""
    line = LogLine("c", Masker()).format(_record(message, fields=fields))
    assert len(line.split("\n")) == 1
    json.loads(line)


def test_secrets_are_masked_in_event_fields_and_exception() -> None:
    """Wherever a registered value stands, the line has a mask."""
    masker = Masker()
    masker.register("canary-value")
    record = _record("saw canary-value", fields={"canary-value": ["canary-value"]})
    try:
        int("bad canary-value")
    except ValueError:
        record.exc_info = sys.exc_info()
    line = LogLine("c", masker).format(record)
    assert "canary" not in line
    assert "'bad ***'" in json.loads(line)["exception"]


def test_what_json_lacks_is_written_as_its_text() -> None:
    """A log call never fails for the type of a fact."""
    line = LogLine("c", Masker()).of({"at": datetime(2026, 3, 1, tzinfo=UTC), "kinds": {"x"}})
    assert json.loads(line) == {"at": "2026-03-01 00:00:00+00:00", "kinds": "{'x'}"}


def test_times_are_written_in_utc_with_milliseconds() -> None:
    """Lines of all parts sort by their text."""
    zone = timezone(timedelta(hours=2))
    assert rfc3339(datetime(2026, 3, 1, 14, 0, 0, 1999, zone)) == "2026-03-01T12:00:00.001Z"


@pytest.fixture
def restored() -> Iterator[None]:
    """Leave logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level = handlers, level


def test_the_whole_process_writes_log_lines(restored: None) -> None:
    """Also a library's records and Python's warnings are lines."""
    stream = io.StringIO()
    configure("runner", Masker(), stream=stream)
    logging.getLogger("some.library").warning("careful")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old", UserWarning, stacklevel=1)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["component"] for line in lines] == ["runner", "runner"]
    assert lines[0]["event"] == "careful"
    assert "UserWarning: old" in lines[1]["event"]
