"""One scripted failure: which requests it hits, and what it does to their answers."""

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from emulator.durations import Duration
from emulator.faults.traits import Endpoint, Traits
from emulator.strict import Strict

LARGEST = 1 << 32  # bytes of a giant body


class Drip(Strict):
    """The body comes a few bytes at a time."""

    bytes: int = Field(ge=1)
    every: Duration


class Cut(Strict):
    """The connection ends too early."""

    after: Literal["nothing", "headers"] | int
    """How much of the answer is sent before: nothing, the headers, or so many bytes of the body."""
    reset: bool = False
    """Torn down at once, by a TCP reset where the kernel sends one; else closed."""


class Fault(Strict):
    """One scripted failure; it is used up after *times* requests.

    Without a `status`, the request is served and its real answer changed: whatever else is given
    replaces its part.  With one, nothing is executed, unless `executes` says so.
    """

    # ------------------------------------------------------------ which requests
    endpoint: Endpoint | None = None
    path: str = ""
    """Hits requests whose path contains this text, whatever the case."""
    method: str | None = None
    host: str | None = None
    tenant: str | None = None
    """The GUID or domain in the address."""
    cmdlet: str | None = None
    """Hits requests that run this cmdlet."""
    client_id: str | None = None
    """Hits token requests of this application."""
    after: int = Field(default=0, ge=0)
    """So many fitting requests are spared first."""
    every: int = Field(default=1, ge=1)
    """Only each so many-th fitting request is hit."""
    probability: float = Field(default=1.0, gt=0, le=1)
    """The chance that a fitting request is hit, drawn from *seed*."""
    seed: int = 0
    begins: Duration = timedelta()
    """How long after it was added it begins to hit, by the emulator's clock."""
    ends: Duration | None = None
    times: int | None = Field(default=1, ge=1)
    """How many requests it hits; `None` is all until it is removed."""

    # ------------------------------------------------------------ what happens
    delay: float = Field(default=0.0, ge=0)
    """Seconds to wait before answering."""
    hang: bool = False
    """No answer comes, until the client gives up or the fault is removed."""
    status: int | None = Field(default=None, ge=200, le=599)
    headers: dict[str, str] = Field(default_factory=dict)
    """`Content-Type` for one that does not fit, `Location` with the same path for a loop."""
    body: str | None = None
    body_size: int | None = Field(default=None, ge=0, le=LARGEST)
    """The body is repeated up to so many bytes."""
    body_delay: float = Field(default=0.0, ge=0)
    """Seconds between the headers and the body."""
    drip: Drip | None = None
    cut: Cut | None = None
    executes: bool = False
    """The request is executed, though its answer is lost: as when a write went through."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.ends is not None and self.ends <= self.begins:
            raise ValueError("ends: must be later than begins")
        if self.body_size and not self.body:
            raise ValueError("bodySize: needs a body that is repeated")
        if self.hang and (self.status or self.cut or self.drip):
            raise ValueError("hang: a request that gets no answer has no status, cut or drip")
        return self

    def fits(self, traits: Traits) -> bool:
        """Tell whether a request is of the kind that this fault is meant for."""
        wanted = (
            (self.method, traits.method),
            (self.host, traits.host),
            (self.tenant, traits.tenant),
            (self.cmdlet, traits.cmdlet),
            (self.client_id, traits.client_id),
        )
        return (
            self.path.lower() in traits.path.lower()
            and self.endpoint in {None, traits.endpoint}
            and all(want is None or want.lower() == has.lower() for want, has in wanted)
        )
