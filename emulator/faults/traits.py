"""What a request is, as far as a fault may ask.  Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

_TENANT = re.compile(
    r"/(?:compliance/)?(?:adminapi/[^/]+/)?(?P<tenant>[0-9A-Za-z.-]+)(?:/|$)", re.IGNORECASE
)


class Endpoint(StrEnum):
    """What kind of address a request went to."""

    DISCOVERY = "discovery"
    JWKS = "jwks"
    TOKEN = "token"  # noqa: S105  # the name of an endpoint
    IMDS = "imds"
    INVOKE = "invoke"
    BATCH = "batch"
    MODULE_FILE = "module-file"
    RESOURCE = "resource"
    ISSUER = "issuer"
    """What the local issuer publishes of itself."""
    OTHER = "other"


_ADDRESSES = (
    (Endpoint.ISSUER, re.compile(r"/_emulator/issuer/(\.well-known|openid)/")),
    (Endpoint.IMDS, re.compile(r"/metadata/identity/", re.IGNORECASE)),
    (Endpoint.DISCOVERY, re.compile(r"/discovery/instance|openid-configuration", re.IGNORECASE)),
    (Endpoint.JWKS, re.compile(r"/discovery/(v2\.0/)?keys", re.IGNORECASE)),
    (Endpoint.TOKEN, re.compile(r"/oauth2/(v2\.0/)?token", re.IGNORECASE)),
    (Endpoint.INVOKE, re.compile(r"/adminapi/.*/invokecommand", re.IGNORECASE)),
    (Endpoint.BATCH, re.compile(r"/adminapi/.*/\$batch", re.IGNORECASE)),
    (Endpoint.MODULE_FILE, re.compile(r"/adminapi/.*/exo(modulefile|banner)", re.IGNORECASE)),
    (Endpoint.RESOURCE, re.compile(r"/adminapi/", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """One request.  Texts are empty where the request has none."""

    method: str
    path: str
    host: str = ""
    """Without the port."""
    cmdlet: str = ""
    members: tuple[str, ...] = ()
    """The cmdlets of a batch."""
    client_id: str = ""

    @property
    def cmdlets(self) -> set[str]:
        """Every cmdlet that is run, in lower case."""
        return {each.lower() for each in (self.cmdlet, *self.members)}

    @property
    def endpoint(self) -> Endpoint:
        """The kind of address."""
        fits = (kind for kind, pattern in _ADDRESSES if pattern.search(self.path))
        return next(fits, Endpoint.OTHER)

    @property
    def tenant(self) -> str:
        """The tenant as the address names it, in lower case: a GUID or a domain."""
        found = _TENANT.match(self.path)
        name = found["tenant"].lower() if found else ""
        return name if "." in name or name.count("-") == 4 else ""
