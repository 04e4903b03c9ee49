"""What the sidecar raises for people."""

from collections.abc import Sequence


class SidecarError(Exception):
    """The root of what is raised here."""


class ConfigError(SidecarError):
    """The configuration cannot be used; `problems` holds every reason, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems: tuple[str, ...] = tuple(problems)


class CredentialError(SidecarError):
    """A credential cannot be read or used; the text names the file and never quotes it."""
