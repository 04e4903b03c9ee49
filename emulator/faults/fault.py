"""One scripted failure: which requests it hits, and what it does to their answers."""

import re
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from emulator.durations import Duration, Seconds
from emulator.faults.traits import Endpoint, Traits
from emulator.strict import Strict

LARGEST = 1 << 32  # bytes of a giant body
MOST_HEADERS = 100_000

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_FRAMING = {"content-length", "transfer-encoding"}


def _headers(value: dict[str, str | None]) -> dict[str, str | None]:
    for name, text in value.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a header")
        if not _VALUE.fullmatch(text or "") or (text or "").strip() != (text or ""):
            raise ValueError(f"{name}: has characters, or spaces around it, that no header has")
    return value


class Drip(Strict):
    """The body comes a few bytes at a time."""

    bytes: int = Field(ge=1, le=1 << 20)
    every: Duration


class Cut(Strict):
    """The connection ends too early."""

    after: Literal["nothing", "headers"] | Annotated[int, Field(ge=0)] = "nothing"
    """How much of the answer is sent before: nothing, the headers, or so many bytes of the body."""
    reset: bool = False
    """Torn down at once, by a TCP reset where the kernel sends one; else closed."""


class Fault(Strict):
    """One scripted failure; it is used up after *times* requests.

    Without a `status`, or where it `executes`, the request is served and its real answer changed:
    whatever is given replaces its part.  Else nothing is executed, and this is the whole answer.
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
    """Hits requests that run this cmdlet, and batches that do so among others."""
    client_id: str | None = None
    """Hits requests of this application: for a token, or with one of its tokens."""
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
    delay: Seconds = 0.0
    """How long to wait before answering."""
    hang: bool = False
    """No answer comes, until the client gives up or the fault is removed."""
    status: int | None = Field(default=None, ge=200, le=599)
    headers: Annotated[dict[str, str | None], AfterValidator(_headers)] = Field(
        default_factory=dict
    )
    """`Content-Type` for one that does not fit, `Location` with the same path for a loop; `None`
    takes a header away.  `Content-Length` may lie where the answer is cut."""
    more_headers: int = Field(default=0, ge=0, le=MOST_HEADERS)
    """So many headers that mean nothing, more than any client reads."""
    body: str | None = None
    body_size: int | None = Field(default=None, ge=0, le=LARGEST)
    """The body is repeated up to so many bytes."""
    garbled: bool = False
    """The body is no text any more: the highest bit of each byte is turned over."""
    chunked: bool = False
    """The body's length is not told; cut, it is chunked without an end."""
    body_delay: Seconds = 0.0
    """How long to wait between the headers and the body."""
    drip: Drip | None = None
    cut: Cut | None = None
    executes: bool = False
    """The request is executed whatever its answer is: as when a write went through and its answer
    was lost."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        problems = [text for is_wrong, text in self._objections() if is_wrong]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _objections(self) -> tuple[tuple[bool, str], ...]:
        framed = sorted(_FRAMING & {name.lower() for name in self.headers})
        answers = self.status or self.cut or self.drip
        return (
            (
                self.ends is not None and self.ends <= self.begins,
                "ends: must be later than begins",
            ),
            (
                bool(self.body_size) and not self.body,
                "bodySize: needs a body that is repeated",
            ),
            (
                bool(self.hang and answers),
                "hang: a request that gets no answer has no status, cut or drip",
            ),
            (
                bool(framed) and not self.cut,
                f"headers: {', '.join(framed)} can lie only where the answer is cut",
            ),
        )

    def fits(self, traits: Traits) -> bool:
        """Tell whether a request is of the kind that this fault is meant for."""
        wanted = (
            (self.method, traits.method),
            (self.host, traits.host),
            (self.tenant, traits.tenant),
            (self.client_id, traits.client_id),
        )
        # Only a fault that says so hits the local issuer, which is no address of Microsoft's.
        anywhere = None if traits.endpoint is not Endpoint.ISSUER else Endpoint.ISSUER
        return (
            self.path.lower() in traits.path.lower()
            and self.endpoint in {anywhere, traits.endpoint}
            and (self.cmdlet is None or self.cmdlet.lower() in traits.cmdlets)
            and all(want is None or want.lower() == has.lower() for want, has in wanted)
        )
