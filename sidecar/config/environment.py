"""The configuration of one connection from environment variables, checked as a file would be."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from sidecar.config.fields import Surroundings
from sidecar.config.model import Config
from sidecar.config.sentences import sentence_of
from sidecar.config.variables import CONNECTION, VARIABLES, Place, unknown_in
from sidecar.errors import ConfigError

_NAMELESS = "default"


def config_in(environ: Mapping[str, str], surroundings: Surroundings) -> Config:
    """Return the configuration that *environ* says.

    Raises:
        ConfigError: with every problem that was found, each with the variable that is to blame.
    """
    name = environ.get(CONNECTION) or _NAMELESS
    document, problems = _document(environ, name)
    problems += unknown_in(environ)
    config = None
    try:
        config = Config.model_validate(document, context=surroundings)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        problems += [f"{_blamed(each['loc'], name)}: {sentence_of(each)}" for each in details]
    if config is None or problems:
        raise ConfigError(sorted(problems))
    return config


def _document(environ: Mapping[str, str], name: str) -> tuple[dict[str, object], list[str]]:
    """Return the document that a file would hold, and what cannot be put into it."""
    document: dict[str, object] = {"output": {}}
    problems = []
    _put(document, ("connections", name, "resources"), ["exchange"])
    for variable, row in VARIABLES.items():
        text = environ.get(variable) or environ.get(row.otherwise or "")
        try:
            value = row.read(text) if text else None
        except ValueError as error:
            problems.append(f"{variable}: {error}")
            continue
        if value is not None:
            _put(document, _whole(row.place, name), value)
    mine = document["connections"][name]  # type: ignore[index]  # the resources are in it
    mine.setdefault("credential", {"workloadIdentity": {}})  # with the webhook's file, or the usual
    return document, problems


def _whole(place: Place, name: str) -> Place:
    return ("connections", name, *place[1:]) if place[0] == "." else place


def _put(document: dict[str, object], place: Place, value: object) -> None:
    *folders, last = place
    inner: dict[str, object] = document
    for each in folders:
        inner = inner.setdefault(each, {})  # type: ignore[assignment]  # no table row is in another
    inner[last] = value


def _blamed(location: Sequence[str | int], name: str) -> str:
    """Return the variable that the place of a problem belongs to, or the place itself."""
    path = tuple(str(each) for each in location)
    if path[:2] == ("connections", name) and path[2:3] == ("[key]",):
        return CONNECTION
    for variable, row in VARIABLES.items():
        place = _whole(row.place, name)
        if path[: len(place)] == place:
            return f"{variable} or {row.otherwise}" if row.otherwise else variable
    return "credential" if "credential" in path else ".".join(path)
