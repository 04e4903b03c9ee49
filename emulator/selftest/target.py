"""The emulator that a self-test walks through, as its state folder describes it."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from emulator.errors import StateError
from emulator.statefolder import READY


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where it is, and whom it knows."""

    folder: Path
    url: str
    proxy_url: str
    """Empty where only the URL can be reached."""
    metadata_url: str
    tenant_id: str
    organization: str
    client_id: str

    @classmethod
    def in_folder(cls, folder: Path) -> Self:
        """Return the emulator that serves from *folder*.

        Raises:
            StateError: none does.
        """
        file = folder / READY
        try:
            said = json.loads(file.read_bytes())
            return cls(
                folder=folder,
                url=said["url"],
                proxy_url=said["proxyUrl"],
                metadata_url=said["metadataUrl"],
                tenant_id=said["tenantId"],
                organization=said["organization"],
                client_id=said["clientId"],
            )
        except OSError as error:
            problem = f"{file}: cannot be read: {error.strerror}; does an emulator serve from it?"
            raise StateError([problem]) from None
        except (ValueError, KeyError, TypeError):
            raise StateError([f"{file}: is not what exo-emulator writes"]) from None

    def at(self, url: str) -> Self:
        """Return the same emulator, reached by *url* alone."""
        return replace(self, url=url.rstrip("/"), proxy_url="", metadata_url="")

    def secret(self, name: str) -> str:
        """Return what a file of the folder holds.

        Raises:
            OSError: it cannot be read.
        """
        return (self.folder / name).read_text(encoding="ascii").strip()
