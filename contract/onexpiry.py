"""What becomes of a token file that no other has replaced in time.  Pure."""

from enum import StrEnum


class OnExpiry(StrEnum):
    """What becomes of a file whose token has expired without a successor."""

    KEEP = "keep"
    TRUNCATE = "truncate"
    REMOVE = "remove"
