"""Which part of an output one answer carries, and where the next one goes on.  Pure."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from emulator.exchange.calls import Output
from emulator.exchange.failures import bad_request
from emulator.exchange.payloads import json_value
from emulator.exchange.views import Row

DEFAULT_RESULT_SIZE = 1_000
LARGEST_PAGE = 1_000
_LARGEST_START = 1 << 40
_LONGEST_TOKEN = 8_192
"""Bytes before encoding; clients and servers take addresses of 64 KiB at most."""
MORE_RESULTS = (
    "There are more results available than are currently displayed. To view them, increase the "
    "value for the ResultSize parameter."
)

_PREFERENCE = re.compile(r"odata\.maxpagesize\s*=\s*(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """What a nextLink carries: the command, so that the server need not remember it.

    Parameters that would make too long an address are left out of it; who goes on by sending
    the body again, as Microsoft's module does, brings them along.
    """

    cmdlet: str
    parameters: Mapping[str, object]
    start: int = 0
    left: int | None = None
    """How many rows may still follow; `None` is all."""
    lacks_parameters: bool = False
    """Whether the link had no room for them."""

    def skip_token(self) -> str:
        """Return it as opaque text for a URL."""
        whole = [self.cmdlet, self.parameters, self.start, self.left]
        text = json.dumps(whole).encode()
        if len(text) > _LONGEST_TOKEN:
            text = json.dumps([self.cmdlet, None, self.start, self.left]).encode()
        return base64.urlsafe_b64encode(text).decode()


def continuation_of(skip_token: str) -> Continuation:
    """Read what `Continuation.skip_token` wrote.

    Raises:
        RefusedError: it is something else.
    """
    try:
        members = json_value(base64.urlsafe_b64decode(skip_token))
    except (binascii.Error, ValueError, RecursionError):
        members = None
    match members:
        case [str(cmdlet), dict() | None as sent, int(start), int() | None as left] if (
            0 <= start <= _LARGEST_START and (left is None or left >= 0)
        ):
            return Continuation(
                cmdlet=cmdlet,
                parameters=sent or {},
                start=start,
                left=left,
                lacks_parameters=sent is None,
            )
        case _:
            raise bad_request("The query specified in the URI is not valid: bad $skiptoken.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The rows of one answer."""

    rows: list[Row]
    next_start: int | None
    """Where the next page begins; `None` after the last."""
    left: int | None
    is_cut: bool
    """Whether the result size, not the data, ended the output."""


def page_of(output: Output, *, size: int, left: int | None) -> Page:
    """Take at most *size* rows, and no more than *left*, from *output*."""
    count = size if left is None else min(size, left)
    taken = list(islice(output, count))
    still = None if left is None else left - len(taken)
    has_more = next(output, None) is not None
    goes_on = has_more and still != 0
    return Page(
        rows=[row for _, row in taken],
        next_start=taken[-1][0] + 1 if goes_on and taken else None,
        left=still,
        is_cut=has_more and not goes_on,
    )


def page_size(prefer: str, *, default: int) -> int:
    """Return how many rows a `Prefer` header asks for, within 1 and 1,000."""
    match = _PREFERENCE.search(prefer)
    return min(max(int(match.group(1)), 1), LARGEST_PAGE) if match else default
