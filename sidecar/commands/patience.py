"""Is every token that somebody waits for in its file, and good?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from contract.errors import ContractError
from contract.freshness import Wanted, objections
from contract.volume import document_path, read

MARGIN = timedelta(seconds=30)
"""A token that ends sooner is not worth starting with; a tenth of its life where that is less."""


def targets_under(directory: Path) -> tuple[str, ...]:
    """Return the targets (`<connection>/<resource>`) whose files lie under *directory* now."""
    files = sorted(directory.glob("*/*.json"))
    return tuple(f"{file.parent.name}/{file.stem}" for file in files)


def missing(directory: Path, targets: Sequence[str], *, now: datetime) -> list[str]:
    """Return why the tokens of *targets* cannot be used *now*; nothing when all are good.

    Without targets, those whose files are there are meant, and there must be one.
    """
    chosen = targets or targets_under(directory)
    if not chosen:
        return [f"{directory}: no token file yet"]
    return [problem for target in chosen for problem in _of(directory, target, now)]


def _of(directory: Path, target: str, now: datetime) -> Sequence[str]:
    connection, _, resource = target.partition("/")
    try:
        document = read(document_path(directory, connection, resource))
    except ContractError as error:
        return error.problems
    wanted = Wanted(connection=connection, resource=resource)
    return [f"{target}: {each}" for each in objections(document, wanted, now=now, margin=MARGIN)]
