"""Which keys a JSON Schema knows at a place, and which one somebody may have meant.  Pure."""

import difflib
from collections.abc import Iterator, Mapping, Sequence

Place = tuple[str | int, ...]


def meant(schema: Mapping[str, object], place: Sequence[str | int]) -> str:
    """Return `; did you mean "…"?` for the unknown key at *place*, or nothing."""
    known = keys_at(schema, place[:-1])
    wanted = {each.lower(): each for each in known}
    close = difflib.get_close_matches(str(place[-1]).lower(), wanted, n=1)
    if close:
        return f'; did you mean "{wanted[close[0]]}"?'
    return f"; known are {', '.join(known)}" if known else ""


def keys_at(schema: Mapping[str, object], place: Sequence[str | int]) -> list[str]:
    """Return the keys that an object at *place* may have; none where it is no object."""
    nodes: list[object] = [schema]
    for part in place:
        nodes = [inner for node in nodes for inner in _inside(schema, node, part)]
    return sorted({key for node in nodes for form in _forms(schema, node) for key in _keys(form)})


def _inside(schema: Mapping[str, object], node: object, part: str | int) -> Iterator[object]:
    for form in _forms(schema, node):
        if isinstance(part, int):
            yield form.get("items", {})
        properties = form.get("properties")
        if isinstance(properties, dict) and part in properties:
            yield properties[part]


def _forms(schema: Mapping[str, object], node: object) -> Iterator[Mapping[str, object]]:
    """List what *node* may be, with references followed."""
    if not isinstance(node, dict):
        return
    reference = node.get("$ref")
    definitions = schema.get("$defs")
    if isinstance(reference, str) and isinstance(definitions, dict):
        yield from _forms(schema, definitions.get(reference.rpartition("/")[2]))
    for each in node.get("anyOf", ()):
        yield from _forms(schema, each)
    yield node


def _keys(form: Mapping[str, object]) -> Iterator[str]:
    properties = form.get("properties")
    yield from properties if isinstance(properties, dict) else ()
