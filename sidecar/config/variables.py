"""Which environment variables configure one connection: `EXO_…`, then Azure's own.  Pure.

The variables that the Azure workload-identity webhook injects fill what no `EXO_` variable says.
No variable holds a secret: a name that is not in the table is refused, and its value never shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

PREFIX = "EXO_"
CONNECTION = "EXO_CONNECTION"
_RUNNERS = frozenset({"EXO_RUNS_DIR"})  # exo-job reads it; both may run with the same variables
_TRUE, _FALSE = ("true", "1"), ("false", "0")

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """Where the value of a variable belongs, and what else may say it."""

    place: Place
    """In the document that a file would hold; within the connection if it starts with `.`."""
    read: Callable[[str], object] = str
    """Makes the value of the text, `None` for one that is as if it were not there; raises
    `ValueError` for a text that is no value at all."""
    otherwise: str | None = None
    """Azure's variable for the same."""


def _number(text: str) -> object:
    return int(text) if text.isascii() and text.isdigit() else text


def _truth(text: str) -> object:
    if text not in _TRUE + _FALSE:
        raise ValueError("neither true nor false")
    return text in _TRUE


def _list(text: str) -> object:
    return [each.strip() for each in text.split(",")]


def _mine(
    *place: str, otherwise: str | None = None, read: Callable[[str], object] = str
) -> Variable:
    return Variable(place=(".", *place), read=read, otherwise=otherwise)


def _switch(text: str) -> object:
    return {} if _truth(text) else None


_CERTIFICATE = ("credential", "certificate")
_IDENTITY = ("credential", "managedIdentity")
VARIABLES: Mapping[str, Variable] = {
    "EXO_TENANT_ID": _mine("tenantId", otherwise="AZURE_TENANT_ID"),
    "EXO_CLIENT_ID": _mine("clientId", otherwise="AZURE_CLIENT_ID"),
    "EXO_ORGANIZATION": _mine("organization"),
    "EXO_ENVIRONMENT": _mine("environment"),
    "EXO_RESOURCES": _mine("resources", read=_list),
    "EXO_AUTHORITY": _mine("endpoints", "authority", otherwise="AZURE_AUTHORITY_HOST"),
    "EXO_CONNECTION_URI": _mine("endpoints", "connectionUri"),
    "EXO_FEDERATED_AUDIENCE": _mine("endpoints", "federatedAudience"),
    "EXO_FEDERATED_TOKEN_FILE": _mine("credential", "workloadIdentity", "tokenFile"),
    "EXO_CERTIFICATE_FILE": _mine(*_CERTIFICATE, "file"),
    "EXO_CERTIFICATE_KEY_FILE": _mine(*_CERTIFICATE, "keyFile"),
    "EXO_CERTIFICATE_PASSWORD_FILE": _mine(*_CERTIFICATE, "passwordFile"),
    "EXO_CERTIFICATE_SEND_CHAIN": _mine(*_CERTIFICATE, "sendChain", read=_truth),
    "EXO_MANAGED_IDENTITY": _mine(*_IDENTITY, read=_switch),
    "EXO_MANAGED_IDENTITY_CLIENT_ID": _mine(*_IDENTITY, "clientId"),
    "EXO_MANAGED_IDENTITY_OBJECT_ID": _mine(*_IDENTITY, "objectId"),
    "EXO_MANAGED_IDENTITY_RESOURCE_ID": _mine(*_IDENTITY, "resourceId"),
    "EXO_CLIENT_SECRET_FILE": _mine("credential", "clientSecret", "file"),
    "EXO_TOKEN_DIR": Variable(place=("output", "directory")),
    "EXO_TOKEN_MODE": Variable(place=("output", "mode")),
    "EXO_TOKEN_GROUP": Variable(place=("output", "group"), read=_number),
    "EXO_RAW_TOKEN": Variable(place=("output", "rawToken"), read=_truth),
    "EXO_ON_EXPIRY": Variable(place=("output", "onExpiry")),
    "EXO_START_SPLAY": Variable(place=("refresh", "startSplay")),
    "EXO_ATTEMPT_TIMEOUT": Variable(place=("refresh", "attemptTimeout")),
    "EXO_GRACE_PERIOD": Variable(place=("refresh", "gracePeriod")),
    "EXO_SERVER_ADDRESS": Variable(place=("server", "address")),
    "EXO_SERVER_PORT": Variable(place=("server", "port"), read=_number),
    "EXO_CA_FILE": Variable(place=("tls", "caFile")),
    "EXO_NOTIFY_WEBHOOK": Variable(place=("notify", "webhook")),
    "EXO_NOTIFY_TOUCH_FILE": Variable(place=("notify", "touchFile")),
}
"""Every variable but `EXO_CONNECTION`, which names the connection."""


def unknown_in(environ: Mapping[str, str]) -> list[str]:
    """Return a problem for each `EXO_` variable that nobody reads."""
    known = {*VARIABLES, CONNECTION, *_RUNNERS}
    return [
        f"{name}: unknown variable; known are those that `exo-token run --help` lists"
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known
    ]


def described() -> list[str]:
    """Return a line for each variable: its name, Azure's, and the key that it stands for."""
    rows = [(CONNECTION, "the connection's name")]
    rows += [
        (_named(name, row), ".".join(row.place).lstrip(".")) for name, row in VARIABLES.items()
    ]
    width = max(len(name) for name, _ in rows)
    return [f"{name.ljust(width)}  {meaning}" for name, meaning in rows]


def _named(name: str, row: Variable) -> str:
    return f"{name}, {row.otherwise}" if row.otherwise else name
