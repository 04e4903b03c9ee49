"""What the emulator imitates, one row a behaviour: where it is known from, and how well.

The rows lie beside this file, one TOML file an area.  Each has at least one test, marked
`@pytest.mark.behaviour("<id>")`; the page `docs/emulator-behaviours.md` is made from them.
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FOLDER = Path(__file__).parent


class Known(StrEnum):
    """How well the real service's behaviour is known."""

    DOCUMENTED = "documented"
    """Microsoft says so."""
    CODE = "code"
    """Read from code that works against the service, or from the module's own."""
    REPORTED = "reported"
    """Users, or other projects, saw it."""
    GUESSED = "guessed"
    """Nobody was found who says; this is the nearest sensible thing."""
    OWN = "own"
    """The emulator's own: the service has nothing like it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One row."""

    id: str
    """`<area>.<thing>[.<case>]`, in lower case with hyphens."""
    says: str
    """What happens, in one sentence."""
    known: Known
    source: str
    """Where it is known from; empty for a guess, and for what is the emulator's own."""


def behaviours() -> dict[str, list[Behaviour]]:
    """Return the rows by area, each in the order of its file."""
    return {file.stem: _read(file) for file in sorted(FOLDER.glob("*.toml"))}


def _read(file: Path) -> list[Behaviour]:
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["behaviour"]
    return [Behaviour(**{**row, "known": Known(row["known"])}) for row in rows]
