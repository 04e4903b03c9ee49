"""A value kept in step with its files; the last good one stays while a new one cannot be used."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sidecar.errors import CredentialError

Raw = TypeVar("Raw")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken(Generic[Value]):
    """The value to use now."""

    value: Value
    reloaded: bool
    """Whether it took the place of another with this look."""
    problem: str | None
    """Why changed files could not be used, told once for each state of them."""


class Rereading(Generic[Raw, Value]):
    """Reads the files at each look, and makes the value anew only when their bytes changed."""

    def __init__(
        self,
        *,
        read: Callable[[], Raw],
        digest: Callable[[Raw], bytes],
        make: Callable[[Raw], Value],
    ) -> None:
        """Take how to *read* the files, tell two states apart, and *make* the value.

        *read* and *make* raise `CredentialError`.
        """
        self._read, self._digest, self._make = read, digest, make
        self._value: Value | None = None
        self._seen: bytes | None = None
        self._problem: str | None = None

    def take(self) -> Taken[Value]:
        """Return the value.

        Raises:
            CredentialError: there has never been a good one.
        """
        known = self._value is not None
        changed = self._look()
        if self._value is None:
            raise CredentialError(self._problem or "the credential's files are not read yet")
        return Taken(
            value=self._value,
            reloaded=changed and known and self._problem is None,
            problem=self._problem if changed else None,
        )

    def _look(self) -> bool:
        """Take the files as they are now and tell whether they changed since the last look."""
        try:
            raw = self._read()
        except CredentialError as error:
            self._seen = None  # so that the same bytes are looked at again when they are back
            return self._became(str(error))
        digest = self._digest(raw)
        if digest == self._seen:
            return False
        self._seen = digest
        try:
            self._value = self._make(raw)
        except CredentialError as error:
            return self._became(str(error))
        self._problem = None
        return True

    def _became(self, problem: str) -> bool:
        before, self._problem = self._problem, problem
        return problem != before
