"""The sections of a job's document, but for the spec that holds them."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from runner.job.fields import (
    Duration,
    Format,
    Label,
    Name,
    OnHit,
    ParameterName,
    Policy,
    Sha256,
    Size,
    as_list,
)


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
    bundle: Annotated[str, Field(min_length=1)] | None = None
    """A Sigstore bundle with the script's signature, relative to the job's file; when not given,
    `<script>.sigstore.json`. It is read where the platform names a trusted key."""


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
    """If the audit cannot be written and delivered, nothing runs, or the run is stopped.
    A job with `write: true` always requires it."""
    stdout: bool = False
    """Each line on standard output too, among the log."""
    https: AuditEndpoint | None = None


class Prompt(Section):
    """A question of the script, and the parameter that answers it."""

    pattern: Annotated[str, Field(min_length=1)]
    """Which prompts of Read-Host, with PowerShell's wildcards; the first that fits is taken."""
    parameter: ParameterName


class Pushgateway(Section):
    """Where the last run's gauges go when the run is over."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s/]+(/\S*)?$")]
    labels: dict[Label, Annotated[str, Field(min_length=1, max_length=63)]] = {}
    """More of the grouping key, beside `job` and `task`: what is the same for every run."""
    token_file: str | None = None
    """Holds a bearer token; https only."""
    ca_file: str | None = None
    timeout: Duration = timedelta(seconds=5)

    @model_validator(mode="after")
    def _a_token_goes_over_tls_only(self) -> Self:
        if self.token_file and not self.url.startswith("https://"):
            raise ValueError("tokenFile needs an https:// url: a token is not sent in the clear")
        return self


class Ping(Section):
    """An address that is called when the run is over, as healthchecks.io understands it."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s/]+/\S+$")] | None = None
    url_file: str | None = None
    """Holds the address; for one that must not be known to all."""
    ca_file: str | None = None
    timeout: Duration = timedelta(seconds=5)

    @model_validator(mode="after")
    def _has_one_address(self) -> Self:
        if (self.url is None) == (self.url_file is None):
            raise ValueError("ping needs url or urlFile, and not both")
        return self


class Push(Section):
    """Whom to tell how the run ended; what goes wrong with that changes nothing of the verdict."""

    pushgateway: Pushgateway | None = None
    ping: Ping | None = None
