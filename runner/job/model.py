"""A job as its YAML document says it: what runs, with what, how long, and what comes out.

What is planned but not built yet is refused with a sentence, never ignored.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel

from contract import durations
from runner.job.parameterspec import Parameter

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
Name = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?$")]
"""Fit for a CronJob's name: lower case letters, digits and hyphens, at most 52 characters."""
FOLDER_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
FolderName = Annotated[str, Field(pattern=FOLDER_NAME)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]
CmdletName = Annotated[str, Field(pattern=r"^[A-Za-z*]+-[A-Za-z0-9*]+$")]
ParameterName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class Engine(StrEnum):
    """What carries out the job."""

    MODULE = "module"
    REST = "rest"
    DIRECT = "direct"


class Format(StrEnum):
    """What the output is written as."""

    CSV = "csv"
    JSONL = "jsonl"


class Policy(StrEnum):
    """What a non-terminating error means for the run."""

    FAIL = "fail"
    WARN = "warn"
    IGNORE = "ignore"


def _runs_today(engine: Engine) -> Engine:
    if engine is not Engine.MODULE:
        raise ValueError(f"engine {engine} is not available yet; use module")
    return engine


def _not_yet(value: bool) -> bool:  # noqa: FBT001 - pydantic calls it with the field's value
    if value:
        raise ValueError("not available yet: the promise could not be kept; remove it")
    return value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


NotYet = Annotated[bool, AfterValidator(_not_yet)]


class Section(BaseModel):
    """A part of the document: its words are closed, its keys in camelCase."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, use_attribute_docstrings=True
    )


class Metadata(Section):
    """What the job is called, and whose it is."""

    name: Name
    description: str = ""
    owner: str = ""


class Script(Section):
    """The PowerShell script."""

    path: Annotated[str, Field(min_length=1)]
    """Relative to the job's file."""
    sha256: Sha256 | None = None
    """When given, the run is refused unless the file's bytes have this digest."""


class Output(Section):
    """What becomes of the objects that the script puts out."""

    format: Annotated[list[Format], BeforeValidator(_as_list), Field(min_length=1)] = Field(
        default=[Format.CSV],
        json_schema_extra={"anyOf": [{"type": "array"}, {"enum": [each.value for each in Format]}]},
    )
    """One format, or a list of them: each makes its own file."""
    properties: list[Annotated[str, Field(min_length=1)]] = []
    """Which properties, in this order; empty: those of the first object."""
    depth: Annotated[int, Field(ge=1, le=20)] = 3
    """How deep objects inside objects are written out."""
    max_records: Annotated[int, Field(ge=0)] = 0
    """More than this is not written and fails the run; 0: no limit."""


class Timeouts(Section):
    """How long each stage may take."""

    run: Duration = timedelta(hours=2)
    """The whole of pwsh."""
    idle: Duration = timedelta(minutes=15)
    """Without a record or a line of text; it finds a prompt or a dead connection."""
    token: Duration = timedelta(minutes=2)
    """Waiting for a usable token."""
    stop: Duration = timedelta(seconds=30)
    """From the first signal to the last; shorter than the pod's grace period."""


class Errors(Section):
    """What errors that do not end the script mean."""

    non_terminating: Policy = Policy.FAIL
    limit: Annotated[int, Field(ge=0)] = 0
    """As many are allowed."""


class Audit(Section):
    """Proof of what ran."""

    required: NotYet = False


class JobSpec(Section):
    """What the job does."""

    connection: FolderName
    """The folder of the token directory that the sidecar writes for this connection."""
    resource: FolderName = "exchange"
    engine: Annotated[Engine, AfterValidator(_runs_today)] = Engine.MODULE
    script: Script
    cmdlets: list[CmdletName] = []
    """What may be imported at connect; empty: everything, slowly."""
    parameters: dict[ParameterName, Parameter] = {}
    output: Output = Output()
    timeouts: Timeouts = Timeouts()
    errors: Errors = Errors()
    write: NotYet = False
    audit: Audit = Audit()

    @model_validator(mode="after")
    def _parameters_differ_in_more_than_case(self) -> Self:
        seen: dict[str, str] = {}
        for name in self.parameters:
            other = seen.setdefault(name.casefold(), name)
            if other != name:
                raise ValueError(f"PowerShell takes parameters {other} and {name} for the same")
        return self


class Job(Section):
    """A job: one YAML document."""

    api_version: Literal["exo-jobs/v1"]
    kind: Literal["Job"]
    metadata: Metadata
    spec: JobSpec
