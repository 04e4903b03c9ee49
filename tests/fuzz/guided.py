"""Coverage-guided fuzzing of what reads from outside; `make fuzz` runs each target for a while.

A target takes bytes, and may do anything but raise: what it refuses it refuses in its own way.
"""

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["contract", "runner", "sidecar"]):
    from contract.errors import ContractError
    from contract.token import TokenDocument
    from runner.errors import Problem
    from runner.job.file import job_of, read
    from runner.streams.decoding import decode, parse
    from runner.streams.lines import LineSplitter, readable
    from sidecar.claims import claims_of, expiry_of
    from sidecar.config.file import load_config
    from sidecar.config.surroundings import surroundings_of
    from sidecar.entra.answers import Answer, failure_of, parse_retry_after
    from sidecar.errors import ConfigError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FOLDER = Path(tempfile.mkdtemp())


def document(data: bytes) -> None:
    """Read a token document."""
    with suppress(ContractError):
        TokenDocument.from_json(data)


def token(data: bytes) -> None:
    """Look at a JWT."""
    text = data.decode("utf-8", "replace")
    claims_of(text)
    expiry_of(text)


def retry_after(data: bytes) -> None:
    """Read a Retry-After header."""
    found = parse_retry_after(data.decode("latin-1"), now=NOON)
    if found is not None and found < timedelta():
        raise AssertionError("a negative pause")


def answer(data: bytes) -> None:
    """Classify an answer: its status, then its body."""
    status = 100 + (data[0] if data else 0) * 2
    body = data[1:].decode("utf-8", "replace")
    failure = failure_of(Answer(status=status, retry_after=None, body=body), now=NOON)
    if len(failure.summary) > 400 or "\n" in failure.summary:
        raise AssertionError("a summary of more than a line")


def configuration(data: bytes) -> None:
    """Read a configuration file."""
    file = FOLDER / "sidecar.yaml"
    file.write_bytes(data)
    with suppress(ConfigError):
        load_config(file, surroundings_of(file))


def records(data: bytes) -> None:
    """Read the records pipe, in pieces as long as the first byte says."""
    step = data[0] + 1 if data else 1
    splitter = LineSplitter(limit=500)
    pieces = [data[start : start + step] for start in range(1, len(data), step)]
    lines = [line for piece in pieces for line in splitter.feed(piece)]
    for line in lines + splitter.finish():
        readable(line.data)
        with suppress(ValueError):
            parse(decode(line.data))


def job(data: bytes) -> None:
    """Read a job's file: a job, or sentences about what is wrong, and never neither."""
    file = FOLDER / "job.yaml"
    file.write_bytes(data)
    found = read(file)
    if isinstance(found, Problem):
        return
    made, problems = job_of(found)
    if (made is None) != bool(problems):
        raise AssertionError("neither a job nor a problem, or both")


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each
    for each in (document, token, retry_after, answer, configuration, records, job)
}

SEEDS: dict[str, bytes] = {
    "document": b"""{"version": 1, "connection": "c", "resource": "exchange", "audience": "https://x",
 "tenant_id": "t", "organization": "o", "client_id": "i", "environment": "worldwide",
 "access_token": "a.b.c", "acquired_at": "2026-03-01T12:00:00Z", "expires_at":
 "2026-03-01T13:00:00Z", "refresh_at": "2026-03-01T12:30:00Z", "sequence": 17}""",
    "token": b"eyJhbGciOiJub25lIn0.eyJleHAiOjE3NzIzNjY0MDAsImF1ZCI6IngiLCJ0aWQiOiJ0In0.c2ln",
    "retry_after": b"Sun, 01 Mar 2026 12:02:00 GMT",
    "answer": b"""\x96{"error":"invalid_client","error_description":"AADSTS700027: x",
"error_codes":[700027]}""",
    "configuration": b"""connections:
  contoso:
    tenantId: 11111111-1111-4111-8111-111111111111
    organization: contoso.onmicrosoft.com
    clientId: 22222222-2222-4222-8222-222222222222
    resources: [exchange, {name: mine, scope: https://x/.default}]
    credential: {managedIdentity: {}}
output: {directory: /tmp}
""",
    "records": b"""\x20{"kind": "hello", "protocol": 1, "pwsh_version": "7.4.2"}
{"kind": "output", "records": [1, {"a": null}]}
{"kind": "error", "message": "m", "category": "c", "id": "i", "line": 3, "exception": ["E"]}
{"kind": "items", "ids": ["a"]}
{"kind": "item", "id": "a", "status": "failed", "detail": "d"}
{"kind": "checkpoint", "json": "[1]"}
{"kind": "finished", "ending": "completed", "script_exit_code": null, "error": null}
""",
    "job": b"""apiVersion: exo-jobs/v1
kind: Job
metadata: {name: sample}
spec:
  connection: contoso
  script: {path: script.ps1}
  parameters: {Days: {type: integer, default: 30, minimum: 1}}
  timeouts: {token: 300ms}
  output: {format: [csv], maxBytes: 1GiB}
""",
}

if __name__ == "__main__":
    name, *options = sys.argv[1:]
    (Path(options[-1]) / "seed").write_bytes(SEEDS[name])
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()
