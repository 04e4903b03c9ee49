"""Lets only the metadata service be reached where there is no TLS."""

from dataclasses import dataclass

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from emulator.proxytargets import metadata_path


@dataclass(frozen=True, slots=True)
class MetadataDoor:
    """Stands before the emulator's application on a connection without TLS."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what the metadata service answers; a client of a proxy sends whole addresses."""
        path = metadata_path(scope["path"])
        if path is None:
            text = "without TLS, exo-emulator plays only http://169.254.169.254/metadata/\n"
            await PlainTextResponse(text, status_code=403)(scope, receive, send)
            return
        await self.app({**scope, "path": path, "raw_path": path.encode()}, receive, send)
