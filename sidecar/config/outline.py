"""Where in a YAML file each key is, and which keys a mapping has twice.  Pure."""

from dataclasses import dataclass, field

from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

Place = tuple[str | int, ...]


@dataclass(slots=True)
class Outline:
    """What is known of a file beside its values."""

    lines: dict[Place, int] = field(default_factory=dict)
    """Of each key and value, by the keys that lead there; from 1."""
    twice: list[tuple[int, str]] = field(default_factory=list)
    """The line of each key that its mapping has had before, and a sentence."""
    _seen: set[int] = field(default_factory=set)

    def add(self, node: Node, place: Place) -> None:
        """Take in *node* and what is inside.  An alias is followed once: it may be a circle."""
        self.lines.setdefault(place, node.start_mark.line + 1)
        if id(node) in self._seen:
            return
        self._seen.add(id(node))
        match node:
            case MappingNode():
                self._add_mapping(node, place)
            case SequenceNode():
                for index, item in enumerate(node.value):
                    self.add(item, (*place, index))

    def _add_mapping(self, node: MappingNode, place: Place) -> None:
        first: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            inner = (*place, name)
            if name in first:
                where = ".".join(map(str, inner))
                self.twice.append((line, f"{where}: written twice, first in line {first[name]}"))
            first.setdefault(name, line)
            self.lines[inner] = line
            self.add(value, inner)


def outline_of(node: Node | None) -> Outline:
    """Return the outline of a composed file."""
    outline = Outline()
    if node is not None:
        outline.add(node, ())
    return outline
