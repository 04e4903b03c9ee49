"""A token that its own script floods through every stream appears in nothing that is kept."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from emulator.testing import TENANT_ID
from tests.runner.push.listener import Listener, hearing
from tests.together.canary import FLOOD, forms_of
from tests.together.work import Outcome, Work

STREAMS = ("output", "error", "warning", "verbose", "debug", "information", "progress")
KEPT = (
    "output.csv",
    "output.jsonl",
    "output.json",
    "items.ndjson",
    "checkpoint.json",
    "report.html",
)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Whom the run tells of its end."""
    with hearing() as found:
        yield found


@pytest.fixture
def flooded(work: Work, listener: Listener) -> Outcome:
    """The run of a script that says nothing but its token."""
    return work.run(
        FLOOD,
        "-p",
        f"TokenFile={work.stage.token_path()}",
        parameters={"TokenFile": {"type": "string", "required": True}},
        output={"format": ["csv", "jsonl", "json"]},
        audit={"stdout": True},
        push={
            "pushgateway": {"url": listener.url},
            "ping": {"url": f"{listener.url}/ping"},
        },
    )


def everything_said(work: Work, done: Outcome) -> dict[str, str]:
    """Return each text that outlives the run, by where it is; the script's own files left out."""
    own = done.folder / "files"
    kept = [path for path in done.folder.rglob("*") if path.is_file() and own not in path.parents]
    stage = work.stage
    return {
        **{str(path.relative_to(done.folder)): _text(path) for path in kept},
        "stdout": done.stdout,
        "stderr": done.stderr,
        "the termination log": json.dumps(done.last_word),
        "the sidecar's log": _text(stage.sidecar.out) + _text(stage.sidecar.err),
        "the sidecar's metrics": stage.sidecar.get("/metrics")[1],
        "the emulator's journal": json.dumps(
            [asdict(each) for each in stage.emulator.journal], default=str
        ),
    }


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def test_a_flooded_token_is_found_nowhere(work: Work, flooded: Outcome, listener: Listener) -> None:
    """Neither the token nor a part of it, plain or in base64, is in any file, log or metric."""
    token = work.stage.document().access_token
    pushed = {path: body.decode() + path for _, path, body in listener.told}
    assert len(pushed) == 2
    texts = everything_said(work, flooded) | pushed
    found = [
        f"{form} in {place}"
        for place, text in texts.items()
        for form, secret in forms_of(token).items()
        if secret in text
    ]
    assert found == []
    assert (flooded.code, flooded.result["rule"]) == (80, "script.terminating_error")
    assert flooded.result["masked"] > 0
    assert "***" in flooded.result["reason"]


def test_the_flood_went_through_every_stream(work: Work, flooded: Outcome) -> None:
    """The search above looks at texts that did carry the token: each stream has its masks."""
    for kind in STREAMS[1:]:
        assert "***" in json.dumps(flooded.events(kind)), kind
    for kind in ("stdout", "stderr"):
        assert len([each for each in flooded.events(kind) if "***" in each["message"]]) >= 5, kind
    for name in KEPT:
        assert "***" in _text(flooded.folder / name), name
    assert TENANT_ID in _text(work.stage.token_path())
    copy = (flooded.folder / "files" / "own-copy").read_text().strip()
    assert copy == work.stage.document().access_token
