#!/usr/bin/env python3
"""Plays pwsh: takes its argv, reads the plan, and does what the job's script says, in Python.

The script is Python code here; it finds `say(kind, **members)`, `plan` and `parameters`.
"""

import json
import os
import sys
from pathlib import Path

plan = json.loads(Path(sys.argv[sys.argv.index("-Plan") + 1]).read_text())
parameters = json.loads(Path(plan["parameters"]).read_text())


def say(kind: str, **members: object) -> None:
    """Write one record."""
    line = json.dumps({"kind": kind, "time": "2026-01-01T00:00:00.000Z", **members}) + "\n"
    data = line.encode()
    while data:
        data = data[os.write(plan["records"], data) :]


say("hello", protocol=1, pwsh_version="7.6.5", pid=os.getpid())
exec(compile(Path(plan["script"]).read_text(), "script", "exec"))  # noqa: S102 - it is the game
