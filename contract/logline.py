"""The log line: one JSON object, facts as fields, every secret masked.

`log.info("token.published", extra={"fields": {"target": "contoso/exchange"}})` becomes
`{"time": "…", "level": "info", "component": "sidecar", "event": "token.published", "target": …}`.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import TextIO

from contract.masking import Masker
from contract.times import rfc3339


class LogLine(logging.Formatter):
    """Formats a record as one masked JSON object on one line."""

    def __init__(self, component: str, masker: Masker) -> None:
        super().__init__()
        self._component = component
        self._masker = masker

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line: dict[str, object] = {
            "time": rfc3339(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "component": self._component,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = "".join(traceback.format_exception(*record.exc_info))
        return self.of(line)

    def of(self, line: dict[str, object]) -> str:
        """Return *line* as masked JSON; what JSON lacks is written as its text."""
        plain = json.loads(json.dumps(line, default=str))
        return json.dumps(self._masker.mask_value(plain), ensure_ascii=False)


class TextLine(LogLine):
    """Formats a record as one masked line for a person: time, level, event, then its fields."""

    def of(self, line: dict[str, object]) -> str:
        """Return *line* as text; the component is known to who started it."""
        masked = json.loads(super().of(line))
        head = (masked.pop("time"), masked.pop("level"), masked.pop("event"))
        masked.pop("component")
        fields = (f"{name}={_written(value)}" for name, value in masked.items())
        return "  ".join((*head, *fields))


def _written(value: object) -> str:
    if isinstance(value, str) and value and " " not in value and value.isprintable():
        return value
    return json.dumps(value, ensure_ascii=False)


def configure(
    component: str, masker: Masker, *, stream: TextIO | None = None, plain: bool = False
) -> None:
    """Send every log record of this process to *stream* (standard output).

    Each is a JSON object on a line, or with *plain* a line for people.
    """
    handler = logging.StreamHandler(stream or sys.stdout)
    form = TextLine if plain else LogLine
    handler.setFormatter(form(component, masker))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
