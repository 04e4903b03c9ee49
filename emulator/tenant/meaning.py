"""Which numbers an identity can mean, so that nothing else need be looked at.  Pure."""

import re
import uuid
from collections.abc import Iterator

from emulator.tenant.draws import index_in_guid
from emulator.tenant.names import indices_named

_LAST_NUMBER = re.compile(r"([0-9]+)$")
_COMMON_NAME = re.compile(r"CN=([^,]+),OU=", re.IGNORECASE)
_TOPICS = ("guid", "exchange", "directory")


def numbers_meant(seed: int, wanted: str, count: int) -> Iterator[int]:
    """List the numbers of mailboxes that *wanted* may mean: some of them may not exist.

    Aliases end in the number, GUIDs can be turned back into it, and people of one name are known.
    """
    yield from number_at_end(wanted)
    yield from numbers_in_guid(seed, _TOPICS, wanted)
    yield from indices_named(seed, wanted, count)


def number_at_end(wanted: str) -> Iterator[int]:
    """List the number that an alias, an address, a display or distinguished name ends in."""
    named = _COMMON_NAME.match(wanted)
    local = (named.group(1) if named else wanted).partition("@")[0]
    if number := _LAST_NUMBER.search(local):
        yield int(number.group(1)[-9:])


def numbers_in_guid(seed: int, topics: tuple[str, ...], wanted: str) -> Iterator[int]:
    """List the numbers that *wanted*, if it is a GUID, was made for under each of *topics*."""
    if _is_guid(wanted):
        yield from (index_in_guid(seed, topic, wanted) for topic in topics)


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
