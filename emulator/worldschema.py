"""The JSON Schema of a world file, with what the code says of each key."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from emulator.strict import Strict
from emulator.world import World

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ISO = re.compile(r"P(?:\d+D)?(?:T[\dHMS.]+)?")
_DURATION = {
    "type": ["string", "number"],
    "description": "A length of time such as 15s, 5ms or 1h30m, or a number of seconds.",
}


def world_schema() -> dict[str, Any]:
    """Return the schema of what `exo-emulator serve --world` reads."""
    schema = _written(World.model_json_schema())
    definitions = schema["$defs"]
    for model in _models(World):
        part = definitions.get(model.__name__, schema)
        # A schema is for those who write files; `World` is what this is all about.
        part["description"] = inspect.cleandoc(model.__doc__ or "")
        for name, text in _said(model):
            key = model.model_fields[name].alias or name
            part["properties"][key]["description"] = text
    _name_files(definitions["ClientSecret"])
    return {"$schema": DIALECT, "title": "A world of exo-emulator", **schema}


def _models(model: type[Strict]) -> Iterator[type[Strict]]:
    """List every model that *model* is built of, itself first."""
    yield model
    module = {each.__name__: each for each in Strict.__subclasses__()}
    used = model.model_json_schema().get("$defs", {})
    yield from (module[name] for name in used if name in module)


def _said(model: type[Strict]) -> Iterator[tuple[str, str]]:
    """List the model's fields that have a text below them, and that text."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    lines = definition.body if isinstance(definition, ast.ClassDef) else []
    for field, text in pairwise(lines):
        match field, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(said))),
            ):
                yield name, " ".join(said.split())


def _written(node: Any) -> Any:  # noqa: ANN401  # JSON
    """Say of each duration how a file writes it, not ISO 8601; titles only echo the keys."""
    match node:
        case {"type": "string", "format": "duration"}:
            kept = {key: _written(node[key]) for key in ("default",) if key in node}
            return {**kept, **_DURATION}
        case dict():
            is_echo = isinstance(node.get("title"), str)
            return {k: _written(v) for k, v in node.items() if not (is_echo and k == "title")}
        case list():
            return [_written(each) for each in node]
        case str() if _ISO.fullmatch(node):
            return node.translate(str.maketrans("", "", "PT")).lower()
        case _:
            return node


def _name_files(secret: dict[str, Any]) -> None:
    """Let a secret have a `file` in place of its `value`."""
    secret["properties"]["file"] = {
        "type": "string",
        "description": "A file that holds the value, relative to the world file.",
    }
    secret["required"].remove("value")
    secret["oneOf"] = [{"required": ["value"]}, {"required": ["file"]}]
