"""The words and values that a job's document is made of."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from contract import durations, sizes

_LONGEST = timedelta(days=31)


def _duration(value: object) -> timedelta:
    # A number is refused like any other text without a unit: 30 of what?
    duration = value if isinstance(value, timedelta) else durations.parse(str(value))
    if not timedelta() < duration <= _LONGEST:
        raise ValueError("a duration must be longer than nothing and no longer than 31 days")
    return duration


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(durations.spell),
    WithJsonSchema({"type": "string", "pattern": durations.PATTERN, "examples": ["2h", "1h30m"]}),
]


def _size(value: object) -> int:
    return value if isinstance(value, int) and value == 0 else sizes.parse(str(value))


Size = Annotated[
    int,
    BeforeValidator(_size),
    PlainSerializer(lambda size: sizes.spell(size) if size else 0),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": sizes.PATTERN}, {"const": 0}],
            "examples": ["500MiB", "2GB"],
        }
    ),
]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?$")]
"""Fit for a CronJob's name: lower case letters, digits and hyphens, at most 52 characters."""
FOLDER_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
FolderName = Annotated[str, Field(pattern=FOLDER_NAME)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]
CmdletName = Annotated[str, Field(pattern=r"^[A-Za-z*]+-[A-Za-z0-9*]+$")]
ParameterName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
_RESERVED = frozenset({"job", "task", "instance", "pod", "run_id"})


def _free(label: str) -> str:
    if label in _RESERVED or label.startswith("__"):
        raise ValueError(f"{label} is not free: it is ours, or would differ with every run")
    return label


Label = Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$"), AfterValidator(_free)]
"""A Prometheus label that is not ours, and tells not one run from the next."""
READ_VERBS = frozenset(
    {"get", "test", "search", "find", "measure", "show", "export", "preview", "resolve", "trace"}
)
"""Verbs of cmdlets that change nothing in Exchange."""


def changes_something(cmdlet: str) -> bool:
    """Return whether *cmdlet* changes something, by its verb; one with a wildcard is narrowed."""
    verb = cmdlet.partition("-")[0].casefold()
    return "*" not in verb and verb not in READ_VERBS


class Engine(StrEnum):
    """What carries out the job."""

    MODULE = "module"
    REST = "rest"
    DIRECT = "direct"


class Format(StrEnum):
    """What the output is written as."""

    CSV = "csv"
    JSONL = "jsonl"
    JSON = "json"


class OnHit(StrEnum):
    """What it means that a script put out a secret."""

    MASK = "mask"
    FAIL = "fail"


class Policy(StrEnum):
    """What a non-terminating error means for the run."""

    FAIL = "fail"
    WARN = "warn"
    IGNORE = "ignore"


def runs_today(engine: Engine) -> Engine:
    """Return *engine*; refuse what is planned but not built."""
    if engine is not Engine.MODULE:
        raise ValueError(f"engine {engine} is not available yet; use module")
    return engine


def as_list(value: object) -> object:
    """Return a single word as a list of one."""
    return [value] if isinstance(value, str) else value


class Shim(StrEnum):
    """What can stand in for the habits of a script that a person used to start."""

    RETRY = "retry"
    CONNECT_EXCHANGE_ONLINE = "Connect-ExchangeOnline"
    CONNECT_IPPS_SESSION = "Connect-IPPSSession"
    DISCONNECT_EXCHANGE_ONLINE = "Disconnect-ExchangeOnline"
    GET_CONNECTION_INFORMATION = "Get-ConnectionInformation"
    INSTALL_MODULE = "Install-Module"
    UPDATE_MODULE = "Update-Module"
    INSTALL_PACKAGE_PROVIDER = "Install-PackageProvider"
    SET_PS_REPOSITORY = "Set-PSRepository"
    SET_EXECUTION_POLICY = "Set-ExecutionPolicy"
    GET_INSTALLED_MODULE = "Get-InstalledModule"
    READ_HOST = "Read-Host"
    GET_CREDENTIAL = "Get-Credential"
    PAUSE = "Pause"
    OUT_GRID_VIEW = "Out-GridView"
    INVOKE_ITEM = "Invoke-Item"
    NEW_OBJECT = "New-Object"
