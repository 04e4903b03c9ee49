"""What a handler tells the journal about the request in hand."""

from dataclasses import dataclass, field
from typing import cast

from starlette.requests import HTTPConnection
from starlette.types import Scope

KEY = "emulator.note"


@dataclass(slots=True)
class Note:
    """Filled by the handler, read when the answer has gone out."""

    cmdlet: str = ""
    client_id: str = ""
    parameters: dict[str, object] = field(default_factory=dict)


def open_note(scope: Scope) -> Note:
    """Begin the note of a request."""
    note = Note()
    scope[KEY] = note
    return note


def note_of(request: HTTPConnection) -> Note:
    """Return the note of *request*."""
    return cast("Note", request.scope[KEY])
