"""The page itself: one HTML file with nothing from elsewhere.  Pure."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from runner.report.reading import RunFacts

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #2a7d3f; --bad: #c0392b;
  --doubt: #b7791f }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
.status { border-left: .4rem solid var(--doubt); padding: .5rem 1rem; background: var(--soft) }
.status.succeeded { border-color: var(--good) }
.status.failed, .status.crashed, .status.timed_out, .status.denied { border-color: var(--bad) }
.status strong { font-size: 1.2rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem }
dt { opacity: .7 } dd { margin: 0; overflow-wrap: anywhere }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line);
  vertical-align: top }
td.text { white-space: pre-wrap; overflow-wrap: anywhere }
tr.error td { color: var(--bad) } tr.warning td { color: var(--doubt) }
code { font-size: .85em }
@media print { body { margin: 0; max-width: none } }
"""
_ERRORS = 50


def page(facts: RunFacts) -> str:
    """Return the page about *facts*; every text in it is escaped."""
    name = str(facts.run.get("job", ""))
    body = [
        f"<h1>{_e(name)}</h1>",
        *_status(facts),
        *_facts(facts),
        *_errors(facts),
        *_timeline(facts),
        *_rows(facts),
        *_files(facts),
    ]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            '<head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_e(name)}: {_e(_word(facts))}</title>",
            f"<style>{_STYLE}</style></head>",
            "<body>",
            *body,
            "</body></html>",
            "",
        ]
    )


def _word(facts: RunFacts) -> str:
    return str(facts.result.get("status")) if facts.result else "not finished"


def _status(facts: RunFacts) -> Iterable[str]:
    result = facts.result
    if result is None:
        yield '<div class="status"><strong>not finished</strong>'
        yield "<p>There is no result: the run goes on, or it crashed.</p></div>"
        return
    status = str(result.get("status"))
    yield f'<div class="status {_e(status)}"><strong>{_e(status.replace("_", " "))}</strong>'
    yield f" · exit code {_e(result.get('exit_code'))} · <code>{_e(result.get('rule'))}</code>"
    yield f"<p>{_e(result.get('reason'))}</p>"
    if result.get("remedy"):
        yield f"<p>{_e(result.get('remedy'))}</p>"
    yield "</div>"


def _facts(facts: RunFacts) -> Iterable[str]:
    run, result = facts.run, facts.result or {}
    token = result.get("token")
    counts = result.get("counts")
    shown = {
        "run": run.get("run_id"),
        "connection": run.get("connection"),
        "started": run.get("started_at"),
        "finished": result.get("finished_at"),
        "duration": _seconds(result.get("duration_seconds")),
        "records": _pairs(counts) if isinstance(counts, dict) else None,
        "items": _pairs(result.get("items")) if isinstance(result.get("items"), dict) else None,
        "token": _pairs(token) if isinstance(token, dict) else None,
        "script": _short(run.get("script_sha256")),
        "job file": _short(run.get("spec_sha256")),
        "parameters": _short(run.get("parameters_sha256")),
        "runner": run.get("runner_version"),
    }
    yield "<h2>Summary</h2><dl>"
    for name, value in shown.items():
        if value not in {None, ""}:
            yield f"<dt>{_e(name)}</dt><dd>{_e(value)}</dd>"
    yield "</dl>"


def _errors(facts: RunFacts) -> Iterable[str]:
    errors = [each for each in facts.events if each.get("kind") == "error"]
    if not errors:
        return
    yield f"<h2>Errors ({len(errors)})</h2>"
    rows = [
        [str(each.get("line") or ""), str(each.get("message")), str(each.get("id") or "")]
        for each in errors[:_ERRORS]
    ]
    yield from _table(("line", "message", "id"), rows)
    if len(errors) > _ERRORS:
        yield f"<p>{len(errors) - _ERRORS} more: see events.ndjson.</p>"


def _timeline(facts: RunFacts) -> Iterable[str]:
    if not facts.events:
        return
    yield "<h2>Timeline</h2>"
    rows = [
        [str(each.get("time") or ""), str(each.get("kind")), _event(each)] for each in facts.events
    ]
    kinds = [str(each.get("kind")) for each in facts.events]
    yield from _table(("time", "what", "more"), rows, classes=kinds)
    if facts.has_more_events:
        yield "<p>There are more: see events.ndjson.</p>"


def _event(event: Mapping[str, object]) -> str:
    if event.get("kind") == "connected":
        return f"{event.get('reason')}, token {event.get('sequence')}, {event.get('seconds')} s"
    if event.get("kind") == "finished":
        return str(event.get("ending"))
    return str(event.get("message") or "")


def _rows(facts: RunFacts) -> Iterable[str]:
    if not facts.columns:
        return
    yield f"<h2>Output (the first {len(facts.rows)} rows)</h2>"
    yield from _table(facts.columns, facts.rows)


def _files(facts: RunFacts) -> Iterable[str]:
    result = facts.result or {}
    listed = [
        each
        for name in ("outputs", "files")
        for each in _list(result.get(name))
        if isinstance(each, dict)
    ]
    if not listed:
        return
    yield "<h2>Files</h2>"
    rows = [
        [str(each.get("path")), f"{each.get('bytes'):,}", str(each.get("sha256"))]
        for each in listed
    ]
    yield from _table(("file", "bytes", "sha256"), rows)


def _table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, classes: Sequence[str] = ()
) -> Iterable[str]:
    head = "".join(f"<th>{_e(each)}</th>" for each in columns)
    yield f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>'
    for number, row in enumerate(rows):
        kind = f' class="{_e(classes[number])}"' if classes else ""
        cells = "".join(f'<td class="text">{_e(each)}</td>' for each in row)
        yield f"<tr{kind}>{cells}</tr>"
    yield "</tbody></table></div>"


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _pairs(value: object) -> str:
    pairs = value.items() if isinstance(value, dict) else ()
    return ", ".join(f"{name} {each}" for name, each in pairs if each is not None)


def _seconds(value: object) -> str | None:
    return f"{value:,.1f} s" if isinstance(value, int | float) else None


def _short(value: object) -> str | None:
    return f"sha256 {str(value)[:16]}…" if value else None


def _e(value: object) -> str:
    return escape(str(value), quote=True)
