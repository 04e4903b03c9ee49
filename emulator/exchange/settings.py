"""How the emulated Exchange is set to behave: the `exchange` part of a world.

Limits are off unless set, but for the one that Microsoft documents.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, field_validator

from emulator.durations import Duration
from emulator.strict import Strict

Answer = Literal[
    "500",
    "503",
    "504",
    "DCOverloadedException",
    "SuitabilityDirectoryException",
    "ServerInMMException",
    "ADServerSettingsChangedException",
    "StorageTransientException",
    "ServerBusyException",
    "CmdletProxyNotAvailableFailure",
    "BackendCommunicationException",
]
"""A failure that goes away by itself: a bare status, or the name of the exception behind it."""


class Budget(Strict):
    """How many requests a tenant may make in a stretch of time."""

    requests: int = Field(ge=1)
    window: Annotated[Duration, Field(ge=timedelta(seconds=1), le=timedelta(days=1))]
    """Counted from the first request on; at its end the whole budget is there again."""


_MESSAGE_TRACE = Budget(requests=100, window=timedelta(minutes=5))


class Throttling(Strict):
    """When the answer is 429."""

    concurrent: int | None = Field(default=None, ge=1)
    """How many requests of one tenant may run at once; `None` is any number."""
    budget: Budget | None = None
    """For all requests of one tenant together; `None` is no limit."""
    cmdlets: dict[str, Budget | None] = Field(default_factory=dict, validate_default=True)
    """For single cmdlets of one tenant, by name; `None` is no limit.

    Get-MessageTraceV2 has 100 in 5 minutes unless it is named here.
    """

    @field_validator("cmdlets")
    @classmethod
    def _with_documented(cls, cmdlets: dict[str, Budget | None]) -> dict[str, Budget | None]:
        given = {name.lower(): budget for name, budget in cmdlets.items()}
        return {"get-messagetracev2": _MESSAGE_TRACE, **given}


class Transient(Strict):
    """Failures that go away when the request is sent again."""

    every: int | None = Field(default=None, ge=2)
    """Each so many-th cmdlet call of a tenant fails before it does anything; `None` is none."""
    answers: tuple[Answer, ...] = Field(
        default=("503", "504", "DCOverloadedException", "StorageTransientException"), min_length=1
    )
    """What it fails with, in turn."""


class ExchangeSettings(Strict):
    """The whole."""

    throttling: Throttling = Throttling()
    transient: Transient = Transient()
    staleness: Duration = timedelta()
    """How long what was changed is still shown as it was; a real directory takes seconds."""
    empty_answers: Literal["list", "no-content"] = "list"
    """Whether a cmdlet without output answers `"value": []`, or 204 without a body."""
    error_details: Literal["pipes", "json"] = "pipes"
    """Whether a failed cmdlet's detail is `code|type|text`, or a JSON text; both were seen."""
    claims_challenge: str | None = Field(default=None, pattern=r"^[A-Za-z0-9+/=_-]{1,4096}$")
    """The base64 that a 401 carries as `claims`, as after a revocation; `None` leaves it out."""
