"""Scripted failures: which request gets what wrong answer, and how often."""

import threading

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """One scripted failure; it is used up after *times* requests."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = ""
    """Hits requests whose path contains this text, whatever the case."""
    method: str | None = None
    cmdlet: str | None = None
    """Hits InvokeCommand requests whose `X-CmdletName` header is this."""
    status: int | None = Field(default=None, ge=100, le=599)
    """What to answer; `None` delays the request and then lets it through."""
    headers: dict[str, str] = Field(default_factory=dict)
    body: str = ""
    delay: float = Field(default=0.0, ge=0)
    """Seconds to wait before answering."""
    times: int | None = Field(default=1, ge=1)
    """How many requests it hits; `None` is all until it is removed."""

    def hits(self, *, method: str, path: str, cmdlet: str) -> bool:
        """Tell whether a request is one that this fault is meant for."""
        return (
            self.path.lower() in path.lower()
            and self.method in {None, method}
            and (self.cmdlet is None or self.cmdlet.lower() == cmdlet.lower())
        )


class Faults:
    """The faults still to come, first added first used; safe to use from any thread."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Fault, int | None]] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Let *fault* hit the requests from now on."""
        with self._lock:
            self._waiting.append((fault, fault.times))

    def clear(self) -> None:
        """Remove every fault."""
        with self._lock:
            self._waiting.clear()

    @property
    def waiting(self) -> list[Fault]:
        """The faults not yet used up."""
        return [fault for fault, _ in list(self._waiting)]

    def take(self, *, method: str, path: str, cmdlet: str) -> Fault | None:
        """Return the fault for this request, if any, and count it as used once."""
        if not self._waiting:
            return None
        with self._lock:
            for index, (fault, left) in enumerate(self._waiting):
                if not fault.hits(method=method, path=path, cmdlet=cmdlet):
                    continue
                if left is not None and left <= 1:
                    del self._waiting[index]
                else:
                    self._waiting[index] = (fault, left and left - 1)
                return fault
        return None
