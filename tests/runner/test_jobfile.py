"""What a job's file may say, and on which line stands what it may not."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.exitcodes import ExitCode
from runner.errors import Problem
from runner.job import file as jobfile
from runner.job.fields import Engine, Format, Policy
from runner.job.file import Document
from runner.job.model import Job, JobSpec
from runner.job.parameterspec import Kind
from runner.job.sections import Metadata, Script

HEAD = """\
apiVersion: exo-jobs/v1
kind: Job
metadata: {name: sample}
spec:
  connection: contoso
  script: {path: script.ps1}
"""
"""The least that a job says; what is added stands on line 7 and after it."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the job's file lies."""
    return tmp_path / "job.yaml"


def problems_of(file: Path, text: str) -> list[str]:
    """Return what is wrong with *text*, each without the file's path."""
    file.write_text(text)
    document = jobfile.read(file)
    problems = [document] if isinstance(document, Problem) else jobfile.job_of(document)[1]
    assert all(each.code is ExitCode.CONFIG for each in problems)
    assert all(each.text.startswith(f"{file}:") for each in problems)
    return [each.text.removeprefix(f"{file}:") for each in problems]


def job_of(file: Path, text: str) -> Job:
    """Return the job that *text* says."""
    assert problems_of(file, text) == []
    document = jobfile.read(file)
    assert isinstance(document, Document)
    job = jobfile.job_of(document)[0]
    assert job is not None
    return job


def test_the_least_job_has_the_documented_defaults(file: Path):
    """Name, connection and script are enough."""
    job = job_of(file, HEAD)
    assert job.metadata == Metadata(name="sample")
    spec = job.spec
    assert (spec.connection, spec.resource, spec.engine) == ("contoso", "exchange", Engine.MODULE)
    assert spec.script == Script(path="script.ps1")
    assert (spec.cmdlets, spec.parameters) == ([], None)
    assert (spec.write, spec.idempotent, spec.audit_is_required) == (False, False, False)
    assert (spec.output.format, spec.output.depth, spec.output.max_records) == ([Format.CSV], 3, 0)
    assert (spec.errors.non_terminating, spec.errors.limit) == (Policy.FAIL, 0)
    assert [spec.timeouts.run, spec.timeouts.idle, spec.timeouts.token, spec.timeouts.stop] == [
        timedelta(hours=2),
        timedelta(minutes=15),
        timedelta(minutes=2),
        timedelta(seconds=30),
    ]


def test_every_key_of_a_job_is_understood(file: Path):
    """A job that says everything says it in camelCase, and arrives whole."""
    digest = "0123456789abcdefABCDEF" + "0" * 42
    spec = job_of(
        file,
        f"""\
apiVersion: exo-jobs/v1
kind: Job
metadata: {{name: all-of-it, description: d, owner: o}}
spec:
  connection: Contoso.1
  resource: compliance
  engine: module
  script: {{path: a/b.ps1, sha256: {digest}}}
  cmdlets: [Get-EXOMailbox, "*-Mailbox*", Set-Mailbox]
  parameters:
    Since: {{type: string, format: date-time, default: "2026-11-27T06:30:00Z"}}
    Days: {{type: integer, default: 3, minimum: 1, maximum: 9, required: true, description: d}}
    Tags: {{type: array, items: {{pattern: "^a", minLength: 1}}, minItems: 1, maxItems: 2}}
    Key: {{secret: true}}
  output: {{format: jsonl, properties: [A, B], depth: 20, maxRecords: 5}}
  timeouts: {{run: 1h30m, idle: 250ms, token: 1s, stop: 1s}}
  errors: {{nonTerminating: warn, limit: 4}}
  write: true
  idempotent: true
  audit: {{required: true, https: {{url: "https://audit.example/v1"}}}}
  push:
    pushgateway: {{url: "https://push.example/base", labels: {{namespace: a}}, tokenFile: t}}
    ping: {{urlFile: /etc/ping, timeout: 1s}}
""",
    ).spec
    assert (spec.connection, spec.resource, spec.script.sha256) == (
        "Contoso.1",
        "compliance",
        digest,
    )
    assert (spec.output.format, spec.output.properties) == ([Format.JSONL], ["A", "B"])
    assert (spec.output.depth, spec.output.max_records) == (20, 5)
    assert (spec.errors.non_terminating, spec.errors.limit) == (Policy.WARN, 4)
    assert (spec.timeouts.run, spec.timeouts.idle) == (
        timedelta(minutes=90),
        timedelta(seconds=0.25),
    )
    assert (spec.write, spec.idempotent, spec.audit_is_required) == (True, True, True)
    assert spec.push.pushgateway is not None
    assert spec.push.pushgateway.labels == {"namespace": "a"}
    assert spec.push.ping is not None
    assert spec.push.ping.url_file == "/etc/ping"
    assert spec.parameters is not None
    assert spec.parameters["Days"].type is Kind.INTEGER
    assert spec.parameters["Tags"].max_items == 2
    assert spec.parameters["Key"].secret


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        pytest.param(
            "  engine: rest\n", "spec.engine: engine rest is not available yet; use", id="rest"
        ),
        pytest.param(
            "  engine: direct\n", "spec.engine: engine direct is not available yet", id="direct"
        ),
    ],
)
def test_what_is_not_built_yet_is_refused(file: Path, more, problem):
    """A promise that could not be kept is refused with a sentence, never ignored."""
    (found,) = problems_of(file, HEAD + more)
    assert found.startswith(f"7: {problem}")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        pytest.param("  owner: x\n", "7: spec.owner: unknown key", id="in spec"),
        pytest.param("owner: x\n", "7: owner: unknown key", id="at the top"),
        pytest.param(
            "  output:\n    depth: 2\n    max_records: 1\n",
            "9: spec.output.max_records: unknown key",
            id="another spelling",
        ),
        pytest.param(
            "  parameters:\n    A:\n      kind: string\n",
            "9: spec.parameters.A.kind: unknown key",
            id="in a parameter",
        ),
        pytest.param("  1: x\n", "7: spec.1: Keys should be strings", id="a number"),
    ],
)
def test_an_unknown_key_is_named_on_its_line(file: Path, more, problem):
    """A word that nobody reads would be a wish that nobody grants."""
    assert problems_of(file, HEAD + more) == [problem]


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        pytest.param(HEAD + "  connection: other\n", 7, "connection", id="in spec"),
        pytest.param("kind: Job\n" + HEAD, 3, "kind", id="at the top"),
        pytest.param(HEAD + "  errors:\n    limit: 1\n    limit: 1\n", 9, "limit", id="the same"),
        pytest.param(HEAD + "  parameters:\n    A: {}\n    A: {}\n", 9, "A", id="a parameter"),
    ],
)
def test_a_key_that_stands_twice_is_refused(file: Path, text, line, key):
    """Neither of two values is taken in silence."""
    (found,) = problems_of(file, text)
    assert found.startswith(f'{line}: found duplicate key "{key}"')


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("a: [1,\n", "2: ", id="a list that does not end"),
        pytest.param("a: 1\n\tb: 2\n", "2: found character", id="a tab"),
        pytest.param("a: *x\n", "1: found undefined alias", id="an unknown alias"),
        pytest.param("a: 1\n---\nb: 2\n", "2: but found another document", id="two documents"),
        pytest.param("a: !run x\n", "1: could not determine a constructor", id="a tag"),
        pytest.param(
            "!!python/object/apply:os.system [x]\n", "1: could not determine", id="a Python tag"
        ),
        pytest.param("a: 2026-13-45\n", " not YAML: ValueError", id="a day that is none"),
        pytest.param("[" * 3000, " not YAML: RecursionError", id="too deep"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(file: Path, text, problem):
    """One problem, and where it stands as far as that is known."""
    (found,) = problems_of(file, text)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"kind: \xff", "not UTF-8, at byte 6", id="another encoding"),
        pytest.param(b"a: \x00", "not YAML: ReaderError", id="a NUL"),
        pytest.param(b"#" * ((1 << 20) + 1), "larger than 1048576 bytes", id="too large"),
    ],
)
def test_a_file_that_is_no_text_is_refused(file: Path, data, words):
    """Whatever else was meant, it is no job."""
    file.write_bytes(data)
    found = jobfile.read(file)
    assert isinstance(found, Problem)
    assert (found.code, words in found.text) == (ExitCode.CONFIG, True)


def test_a_missing_file_is_another_code(tmp_path: Path):
    """What is not there is 66, with the system's own reason."""
    found = jobfile.read(tmp_path / "none.yaml")
    assert found == Problem(
        ExitCode.NO_INPUT, f"{tmp_path}/none.yaml: cannot be read: No such file or directory"
    )
    assert isinstance(jobfile.read(tmp_path), Problem)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "[]\n", "words\n", "null\n"])
def test_a_document_that_is_no_mapping_is_no_job(file: Path, text):
    """It is told of the whole document, on its first line."""
    (found,) = problems_of(file, text)
    assert found.startswith("1: document: ")


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        pytest.param(
            "{}\n",
            [f"1: {key}: missing" for key in ("apiVersion", "kind", "metadata", "spec")],
            id="everything",
        ),
        pytest.param(
            HEAD.replace("  connection: contoso\n", ""),
            ["4: spec.connection: missing"],
            id="the connection",
        ),
        pytest.param(
            HEAD.replace("{path: script.ps1}", "{}"),
            ["6: spec.script.path: missing"],
            id="the script's path",
        ),
        pytest.param(
            HEAD.replace("exo-jobs/v1", "exo-jobs/v2"),
            ["1: apiVersion: Input should be 'exo-jobs/v1'"],
            id="another version",
        ),
    ],
)
def test_what_is_missing_is_told_where_it_belongs(file: Path, text, problems):
    """The line is that of the nearest thing around it that is there."""
    assert problems_of(file, text) == problems


@pytest.mark.parametrize(
    ("more", "place"),
    [
        pytest.param("  timeouts: {run: 5}\n", "timeouts.run", id="a duration without unit"),
        pytest.param("  timeouts: {run: 0s}\n", "timeouts.run", id="no time at all"),
        pytest.param("  timeouts: {idle: 745h}\n", "timeouts.idle", id="more than a month"),
        pytest.param("  timeouts: {stop: -1s}\n", "timeouts.stop", id="less than nothing"),
        pytest.param("  output: {depth: 0}\n", "output.depth", id="no depth"),
        pytest.param("  output: {depth: 21}\n", "output.depth", id="too deep"),
        pytest.param("  output: {maxRecords: -1}\n", "output.maxRecords", id="fewer than none"),
        pytest.param("  output: {format: xml}\n", "output.format.0", id="an unknown format"),
        pytest.param("  output: {format: []}\n", "output.format", id="no format"),
        pytest.param('  output: {properties: [""]}\n', "output.properties.0", id="no name"),
        pytest.param("  errors: {limit: -1}\n", "errors.limit", id="fewer errors than none"),
        pytest.param("  errors: {nonTerminating: no}\n", "errors.nonTerminating", id="a policy"),
        pytest.param("  cmdlets: [Get-X, 'a b']\n", "cmdlets.1", id="no cmdlet's name"),
        pytest.param("  cmdlets: ['Get-X; exit']\n", "cmdlets.0", id="more than a name"),
        pytest.param("  resource: ../x\n", "resource", id="a way out of the folder"),
        pytest.param("  engine: perl\n", "engine", id="an unknown engine"),
        pytest.param("  parameters: {a-b: {}}\n", "parameters.a-b", id="no PowerShell name"),
        pytest.param("  parameters: {A: {type: date}}\n", "parameters.A.type", id="no type"),
        pytest.param('  parameters: {A: {pattern: "["}}\n', "parameters.A.pattern", id="pattern"),
        pytest.param("  parameters: {A: {default: 5}}\n", "parameters.A", id="a wrong default"),
        pytest.param(
            "  parameters: {A: {default: 2026-01-01}}\n", "parameters.A.default", id="a date"
        ),
        pytest.param(
            "  parameters: {A: {secret: true, default: x}}\n", "parameters.A", id="a secret"
        ),
    ],
)
def test_a_wrong_value_is_told_at_its_place(file: Path, more, place):
    """One sentence: the line, the keys that lead there, and what would do."""
    (found,) = problems_of(file, HEAD + more)
    assert found.startswith(f"7: spec.{place}: ")


@pytest.mark.parametrize(
    "name", ["Upper", "-a", "a-", "a_b", "", "a" * 53, "a.b"], ids=lambda name: name[:9] or "empty"
)
def test_a_name_that_no_cron_job_can_have_is_refused(file: Path, name):
    """Lower case letters, digits and hyphens between them, at most 52."""
    (found,) = problems_of(file, HEAD.replace("name: sample", f"name: {json.dumps(name)}"))
    assert found.startswith("3: metadata.name: ")


@pytest.mark.parametrize("name", ["a", "9", "a-1", "a" * 52])
def test_a_name_fit_for_a_cron_job_will_do(file: Path, name):
    """From one character to 52."""
    assert job_of(file, HEAD.replace("sample", f'"{name}"')).metadata.name == name


def test_parameters_that_differ_by_case_alone_are_refused(file: Path):
    """PowerShell could not tell them apart."""
    (found,) = problems_of(file, HEAD + "  parameters:\n    Days: {}\n    days: {}\n")
    assert found == "4: spec: PowerShell takes parameters Days and days for the same"


def test_everything_wrong_is_told_at_once_each_on_its_line(file: Path):
    """One attempt shows all that has to be mended, each on its own line."""
    text = """\
apiVersion: exo-jobs/v1
kind: Jobb
metadata:
  name: Sample
  team: x
spec:
  script:
    path: ""
    sha256: abc
  engine: rest
  cmdlets:
    - Get-EXOMailbox
    - bad name
  parameters:
    Days:
      type: integer
      default: many
  output:
    format:
      - csv
      - xml
  timeouts:
    run: 5
  write: 2
"""
    places = {each.split(": ")[1]: int(each.split(": ")[0]) for each in problems_of(file, text)}
    assert places == {
        "kind": 2,
        "metadata.name": 4,
        "metadata.team": 5,
        "spec.connection": 6,
        "spec.script.path": 8,
        "spec.script.sha256": 9,
        "spec.engine": 10,
        "spec.cmdlets.1": 13,
        "spec.parameters.Days": 15,
        "spec.output.format.1": 21,
        "spec.timeouts.run": 23,
        "spec.write": 24,
    }


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        pytest.param(
            "  write: true\n  audit: {required: false}\n",
            "write: true requires the audit",
            id="a write without audit",
        ),
        pytest.param(
            "  cmdlets: [Get-User, Set-User, remove-mailbox]\n",
            "cmdlets: Set-User, remove-mailbox: changes something",
            id="a write that is not declared",
        ),
        pytest.param(
            "  idempotent: true\n", "idempotent is said of a job with write: true", id="idempotent"
        ),
        pytest.param(
            "  push: {pushgateway: {url: 'http://p:9091', tokenFile: t}}\n",
            "a token is not sent in the clear",
            id="a token in the clear",
        ),
        pytest.param(
            "  push: {pushgateway: {url: 'https://p', labels: {pod: a}}}\n",
            "pod is not free",
            id="a label for each run",
        ),
        pytest.param("  push: {ping: {}}\n", "ping needs url or urlFile", id="no address"),
        pytest.param(
            "  parameters: {A: {format: date, default: '27.11.2026'}}\n",
            "must be a date such as 2026-11-27",
            id="no date",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(file: Path, more: str, problem: str):
    """What cannot be meant is told in a sentence that names the key and what to do."""
    (found,) = problems_of(file, HEAD + more)
    assert problem in found


def read(file: Path, text: str) -> Document:
    """Return the document that *text* is."""
    file.write_text(text)
    document = jobfile.read(file)
    assert isinstance(document, Document)
    return document


def test_a_part_is_read_where_others_are_wrong(file: Path):
    """What can be checked of a wrong job is checked: its script is found all the same."""
    document = read(file, HEAD + "  engine: perl\n")
    assert jobfile.job_of(document)[0] is None
    assert jobfile.part_of(document, Script, ("spec", "script")) == Script(path="script.ps1")
    assert jobfile.part_of(document, JobSpec, ("spec",)) is None
    assert jobfile.part_of(document, Script, ("spec", "none")) is None


@pytest.mark.parametrize(
    ("place", "found"),
    [
        pytest.param((), {"a": {"b": 1}, "c": [2]}, id="the whole"),
        pytest.param(("a", "b"), 1, id="inside"),
        pytest.param(("a", "x"), None, id="not there"),
        pytest.param(("a", "b", "x"), None, id="beyond a value"),
        pytest.param(("c", "0"), None, id="a list has no keys"),
    ],
)
def test_what_lies_at_a_place_is_found_or_nothing(file: Path, place, found):
    """A place that is not there is nothing, not a defect."""
    assert jobfile.at(read(file, "a: {b: 1}\nc: [2]\n"), place) == found


@pytest.mark.parametrize(
    ("place", "line"),
    [
        pytest.param((), 1, id="the document"),
        pytest.param(("a",), 2, id="a key"),
        pytest.param(("a", 1), 4, id="an item"),
        pytest.param(("a", 1, "c"), 5, id="a key in an item"),
        pytest.param(("a", 9), 2, id="an item that is not there"),
        pytest.param(("a", 1, "x", "y"), 4, id="a key that is not there"),
        pytest.param(("d", "b"), 4, id="by an alias, where it was written"),
    ],
)
def test_a_place_has_a_line(file: Path, place, line):
    """Lines are counted from one; what is missing stands where it should have been."""
    text = "# a comment\na:\n  - 1\n  - &x {b: 2,\n    c: 3}\nd: *x\n"
    assert read(file, text).line(place) == line


def test_a_document_is_known_by_its_bytes(file: Path):
    """The digest is that of the file, comments too, so that a run can be traced to it."""
    first, second = read(file, HEAD), read(file, HEAD + "# more\n")
    assert first.sha256 == hashlib.sha256(HEAD.encode()).hexdigest()
    assert first.content == second.content
    assert first.sha256 != second.sha256


KEYS = sorted({"spec", "kind", "metadata", "name", "script", "output", "parameters", "x", "1"})
TREE = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab: #-\n\"'", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), TREE))
def test_any_mapping_is_refused_on_lines_that_are_there(file: Path, tree):
    """Whatever a file says instead of a job, each problem names a line of it."""
    text = json.dumps(tree, indent=1)
    found = problems_of(file, text)
    assert found
    assert all(1 <= int(each.split(":")[0]) <= len(text.splitlines()) for each in found)


SECRET_LINES = {
    "a key twice": 'Key: "hush-1"\nKey: "hush-2"\n',
    "an odd key twice": '"K\'ey x": hush-1\n"K\'ey x": hush-2\n',
    "a tag that does not fit": '!!timestamp "hush-1"\n',
    "an unknown tag": "Key: !hush hush-1\n",
    "a bool that is none": "Key: !!bool hush-1\n",
    "a number that is none": 'Key: !!int ""\n',
    "an open quote": 'Key: "hush-1\n',
}


@pytest.mark.parametrize("text", SECRET_LINES.values(), ids=SECRET_LINES)
def test_what_is_wrong_with_yaml_is_told_without_its_values(tmp_path, text):
    """A file of parameters may hold secrets: the refusal names the line and quotes no value."""
    path = tmp_path / "parameters.yaml"
    path.write_text(text)

    refused = jobfile.read(path)

    assert isinstance(refused, Problem)
    assert str(path) in refused.text
    assert "hush-" not in refused.text
