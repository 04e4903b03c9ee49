"""The world that a command line asks for."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from emulator.errors import WorldError
from emulator.serve import sample_world
from emulator.world import World
from emulator.worldfile import problems_of, read_world

_MAILBOXES, _SEED = 100, 7


def chosen_world(
    file: Path | None,
    *,
    mailboxes: int | None,
    seed: int | None,
    settings: Mapping[str, object],
) -> World:
    """Return the world of *file*, or the sample with its *mailboxes* and *seed*; with *settings*.

    Raises:
        WorldError: the file, or what the command line says, is wrong; with every problem.
    """
    try:
        if file is not None:
            return World.model_validate({**dict(read_world(file)), **settings})
        return sample_world(
            mailboxes=_MAILBOXES if mailboxes is None else mailboxes,
            seed=_SEED if seed is None else seed,
            settings=settings,
        )
    except ValidationError as error:
        raise WorldError(problems_of("command line", error)) from None
