"""What can be wrong with a token document, as the reader of one meets it."""

from collections.abc import Sequence


class ContractError(Exception):
    """Something that was handed over is not what was agreed on.

    `problems` holds every reason found, one sentence each; `str()` joins them.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems: tuple[str, ...] = tuple(problems)


class TokenMissingError(ContractError):
    """There is no document yet: wait, the sidecar may still write it."""


class TokenMalformedError(ContractError):
    """The file is there, but it is not a document that this version can read."""


class TokenRefusedError(ContractError):
    """A well-formed document that must not be used: expired, or meant for something else."""
