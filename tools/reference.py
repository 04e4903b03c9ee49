"""Write the pages that are made from the code, or with --check say which are out of date.

Makes docs/metrics.md, docs/exit-codes.md, docs/emulator-behaviours.md, and the schemas of a job
and of an emulator's world in docs/schema/; and the cmdlets that `exo-job check` knows.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry

from contract.exitcodes import MEANINGS
from emulator.behaviours import behaviours
from emulator.exchange.cmdlets import CMDLETS
from emulator.exchange.compliancecmdlets import COMPLIANCE_CMDLETS
from emulator.worldschema import world_schema
from runner.job.model import Job
from sidecar.credentials.kinds import CredentialKind
from sidecar.entra.failures import CLASSES, Reason
from sidecar.observe.metrics import Metrics

ROOT = Path(__file__).resolve().parent.parent
_MADE = "<!-- Made by `make docs` from the code; a test says when it is out of date. -->\n"


def main(arguments: list[str]) -> int:
    """Write the pages; with --check, only compare, and return 1 when one differs."""
    pages = {
        "docs/metrics.md": metrics_page(),
        "docs/exit-codes.md": exit_codes_page(),
        "docs/emulator-behaviours.md": behaviours_page(),
        "docs/schema/job.schema.json": json.dumps(Job.model_json_schema(by_alias=True), indent=2)
        + "\n",
        "runner/check/cmdlets.json": cmdlets_table(),
        "docs/schema/world.schema.json": json.dumps(world_schema(), indent=2) + "\n",
    }
    stale = [name for name, text in pages.items() if _now(ROOT / name) != text]
    if "--check" in arguments:
        for name in stale:
            print(f"{name} is out of date: make docs")
        return int(bool(stale))
    for name in stale:
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(pages[name], encoding="utf-8")
        print(f"{name} written")
    return 0


def cmdlets_table() -> str:
    """Return the parameters of the cmdlets that the emulator knows, for `exo-job check`."""
    table = {
        resource: {
            each.name: sorted(
                name
                for parameter in each.parameters
                for name in (parameter.name, *parameter.aliases)
            )
            for each in sorted(cmdlets, key=lambda each: each.name)
        }
        for resource, cmdlets in (
            ("exchange", CMDLETS.values()),
            ("compliance", COMPLIANCE_CMDLETS.values()),
        )
    }
    return json.dumps(table, indent=1) + "\n"


def metrics_page() -> str:
    """Return the table of every series that the sidecar exposes."""
    registry = CollectorRegistry()
    Metrics(registry, version="0", revision="")
    families = sorted(registry.collect(), key=lambda each: each.name)
    rows = [
        (_sample(each.name, each.type), each.type, _labels(registry, each.name), each.documentation)
        for each in families
    ]
    return _METRICS.format(
        made=_MADE,
        table=_table(("name", "type", "labels", "meaning"), rows),
        reasons=", ".join(f"`{reason}`" for reason in Reason),
        kinds=", ".join(f"`{kind}`" for kind in CredentialKind),
    )


def exit_codes_page() -> str:
    """Return the tables of exit codes of both commands."""
    runs = [
        (int(code), row.failure_class, row.status, row.text, row.action)
        for code, row in MEANINGS.items()
    ]
    once = [(row.exit_code, reason, row.text) for reason, row in CLASSES.items()]
    return _EXIT_CODES.format(
        made=_MADE,
        runs=_table(("code", "class", "status", "meaning", "Kubernetes"), runs),
        once=_table(("code", "class", "meaning"), once),
    )


def behaviours_page() -> str:
    """Return the table of what the emulator imitates, an area a section."""
    sections = [
        f"## {area}\n\n"
        + _table(
            ("id", "what happens", "known", "source"),
            [(f"`{row.id}`", _cell(row.says), row.known, _cell(row.source)) for row in rows],
        )
        for area, rows in behaviours().items()
    ]
    return _BEHAVIOURS.format(made=_MADE, sections="\n\n".join(sections))


_METRICS = """\
# Metrics of the sidecar

{made}
Names, types and labels are an interface ([ADR 6](adr/0006-metrics-are-an-interface.md)).
Times are Unix timestamps in seconds, never ages. `target` is `<connection>/<resource>`.

{table}

`reason` is one of {reasons}.
`kind` is one of {kinds}. Every counter is there at 0 from the start; a timestamp is
there once it is known.

```
# The token will be dead in ten minutes: nothing has renewed it for half of its life.
exo_token_expiration_timestamp_seconds - time() < 600
# A certificate ends within a fortnight.
exo_token_credential_expiration_timestamp_seconds{{kind="certificate"}} < time() + 14 * 86400
```
"""
_EXIT_CODES = """\
# Exit codes

{made}
## `exo-job run`

The code is the contract with Kubernetes; the script's own is in `result.json`. The last column is
what a Job's `podFailurePolicy` should do.

{runs}

## `exo-token once`

The gravest failure, where several targets fail; gravest first. 0: every token is in its file.
64: the command line is wrong. 128 + n: stopped by signal n.

{once}

`exo-token run` ends with 0 when it is stopped, 64 or 78.
"""

_BEHAVIOURS = """\
# What the emulator imitates

{made}
How each behaviour is known: **documented** by Microsoft, read from **code** that works against the
service, **reported** by those who saw it, **guessed**, or the emulator's **own**. None was checked
against Microsoft's service by us. Each has a test, marked with its id: `grep -rn '<id>' tests/`.

{sections}
"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _sample(name: str, kind: str) -> str:
    return f"`{name}_total`" if kind == "counter" else f"`{name}`"


def _labels(registry: CollectorRegistry, name: str) -> str:
    # The collectors know their labels before there is a sample; the public interface does not tell.
    collector = registry._names_to_collectors[name]  # noqa: SLF001 - see above
    labels = getattr(collector, "_labelnames", ())
    return ", ".join(f"`{label}`" for label in labels)


def _now(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
