"""What an argument does to a list: replace it, or add to it and remove from it.  Pure.

`-EmailAddresses a, b` puts a list in the old one's place; `-EmailAddresses @{Add='a'; Remove='b'}`
changes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """One change of one list."""

    instead: tuple[str, ...] | None = None
    """The whole new list, if it is one."""
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def applied(self, before: Sequence[str]) -> list[str]:
        """Return the list after the change; values are told apart whatever their case."""
        if self.instead is not None:
            return list(dict.fromkeys(self.instead))
        gone = {each.casefold() for each in self.remove}
        kept = [each for each in before if each.casefold() not in gone]
        there = {each.casefold() for each in kept}
        return kept + [each for each in dict.fromkeys(self.add) if each.casefold() not in there]
