"""A job as its YAML document says it: what runs, with what, how long, and what comes out.

What is planned but not built yet is refused with a sentence, never ignored.
"""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from runner.job.fields import (
    CmdletName,
    Engine,
    FolderName,
    ParameterName,
    Shim,
    changes_something,
    runs_today,
)
from runner.job.parameterspec import Parameter
from runner.job.sections import (
    Audit,
    Errors,
    Masking,
    Metadata,
    Output,
    Prompt,
    Push,
    Script,
    Section,
    Timeouts,
)


class JobSpec(Section):
    """What the job does."""

    connection: FolderName
    """The folder of the token directory that the sidecar writes for this connection."""
    resource: FolderName = "exchange"
    engine: Annotated[Engine, AfterValidator(runs_today)] = Engine.MODULE
    script: Script
    cmdlets: list[CmdletName] = Field(default=[])
    """What may be imported at connect; empty: everything that reads, slowly; with `write: true`
    everything."""
    parameters: dict[ParameterName, Parameter] | None = None
    """When not given, the parameters of the script's own param() block."""
    output: Output = Output()
    timeouts: Timeouts = Timeouts()
    errors: Errors = Errors()
    masking: Masking = Masking()
    prompts: list[Prompt] = Field(default=[])
    """Parameters that answer Read-Host."""
    without: list[Shim] = Field(default=[])
    """Stand-ins to leave out: the commands are PowerShell's and Exchange's own then; `retry` is the
    second call after Exchange refused the token."""
    write: bool = False
    """Whether cmdlets that change something may be imported; the audit is required then."""
    idempotent: bool = False
    """Whether what the job writes may be written twice: only then is a call, or a run, repeated
    that may have been carried out already."""
    audit: Audit = Audit()
    push: Push = Push()

    @property
    def audit_is_required(self) -> bool:
        """Whether nothing may run without an audit."""
        return self.write or self.audit.required

    @model_validator(mode="after")
    def _what_writes_says_so(self) -> Self:
        if self.write and "required" in self.audit.model_fields_set and not self.audit.required:
            raise ValueError("write: true requires the audit; remove audit.required: false")
        if self.idempotent and not self.write:
            raise ValueError("idempotent is said of a job with write: true; others change nothing")
        writes = [each for each in self.cmdlets if changes_something(each)]
        if writes and not self.write:
            named = ", ".join(writes)
            raise ValueError(f"cmdlets: {named}: changes something; say write: true if it may")
        return self

    @model_validator(mode="after")
    def _parameters_differ_in_more_than_case(self) -> Self:
        seen: dict[str, str] = {}
        for name in self.parameters or ():
            other = seen.setdefault(name.casefold(), name)
            if other != name:
                raise ValueError(f"PowerShell takes parameters {other} and {name} for the same")
        return self

    @model_validator(mode="after")
    def _prompts_are_answered_by_what_is_declared(self) -> Self:
        for prompt in self.prompts:
            if self.parameters is not None and prompt.parameter not in self.parameters:
                raise ValueError(f"prompts: no parameter {prompt.parameter} is declared")
        return self


class Job(Section):
    """A job: one YAML document."""

    api_version: Literal["exo-jobs/v1"]
    kind: Literal["Job"]
    metadata: Metadata
    spec: JobSpec
