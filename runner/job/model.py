"""A job as its YAML document says it: what runs, with what, how long, and what comes out.

What is planned but not built yet is refused with a sentence, never ignored.
"""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic.alias_generators import to_camel

from runner.job.fields import (
    CmdletName,
    Duration,
    Engine,
    FolderName,
    Format,
    Name,
    NotYet,
    OnHit,
    ParameterName,
    Policy,
    Sha256,
    Shim,
    Size,
    as_list,
    runs_today,
)
from runner.job.parameterspec import Parameter


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


class Csv(Section):
    """How the CSV is written."""

    delimiter: Annotated[str, Field(pattern=r"^[,;|\t]$")] = ","
    bom: bool = False
    """A byte order mark at the start: some spreadsheets take the file for UTF-8 only then."""
    spreadsheet_safe: bool = False
    """An apostrophe before texts that begin with = + - @ tab or carriage return, so that no
    spreadsheet takes them for a formula; numbers stay numbers."""


class Output(Section):
    """What becomes of the objects that the script puts out."""

    format: Annotated[list[Format], BeforeValidator(as_list), Field(min_length=1)] = Field(
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
    max_bytes: Size = 0
    """More than this, in any one output file, is not written and fails the run; 0: no limit."""
    csv: Csv = Csv()
    report: bool = True
    """Whether a page for people, report.html, is made at the end."""


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


class Masking(Section):
    """Secrets in what the script says are masked, always."""

    on_hit: OnHit = OnHit.MASK
    """`fail`: the run has failed if there was one."""


class Errors(Section):
    """What errors that do not end the script mean."""

    non_terminating: Policy = Policy.FAIL
    limit: Annotated[int, Field(ge=0)] = 0
    """As many are allowed."""


class AuditEndpoint(Section):
    """Where the audit is sent to as well, over HTTPS."""

    url: Annotated[str, Field(pattern=r"^https://[^\s/]+")]
    token_file: str | None = None
    """Holds a bearer token."""
    ca_file: str | None = None
    timeout: Duration = timedelta(seconds=10)
    """For one request."""
    deliver_within: Duration = timedelta(seconds=30)
    """How long the end of the run waits for what is left."""


class Audit(Section):
    """Proof of what ran: always in the run directory, as `audit.ndjson`."""

    required: bool = False
    """If the audit cannot be written and delivered, nothing runs, or the run is stopped."""
    stdout: bool = False
    """Each line on standard output too, among the log."""
    https: AuditEndpoint | None = None


class Prompt(Section):
    """A question of the script, and the parameter that answers it."""

    pattern: Annotated[str, Field(min_length=1)]
    """Which prompts of Read-Host, with PowerShell's wildcards; the first that fits is taken."""
    parameter: ParameterName


class JobSpec(Section):
    """What the job does."""

    connection: FolderName
    """The folder of the token directory that the sidecar writes for this connection."""
    resource: FolderName = "exchange"
    engine: Annotated[Engine, AfterValidator(runs_today)] = Engine.MODULE
    script: Script
    cmdlets: list[CmdletName] = []
    """What may be imported at connect; empty: everything, slowly."""
    parameters: dict[ParameterName, Parameter] = {}
    output: Output = Output()
    timeouts: Timeouts = Timeouts()
    errors: Errors = Errors()
    masking: Masking = Masking()
    prompts: list[Prompt] = []
    """Parameters that answer Read-Host."""
    without: list[Shim] = []
    """Stand-ins to leave out: the commands are PowerShell's and Exchange's own then; `retry` is the
    second call after Exchange refused the token."""
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

    @model_validator(mode="after")
    def _prompts_are_answered_by_what_is_declared(self) -> Self:
        for prompt in self.prompts:
            if prompt.parameter not in self.parameters:
                raise ValueError(f"prompts: no parameter {prompt.parameter} is declared")
        return self


class Job(Section):
    """A job: one YAML document."""

    api_version: Literal["exo-jobs/v1"]
    kind: Literal["Job"]
    metadata: Metadata
    spec: JobSpec
