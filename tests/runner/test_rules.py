"""The runner's pure rules: lines, durations, escalation, parameters, columns."""

import io
from signal import SIGINT, SIGKILL, SIGTERM

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contract.exitcodes import ExitCode
from runner.job import parameters
from runner.job.fields import Duration
from runner.job.parameters import Given
from runner.job.parameterspec import Items, Kind, Parameter
from runner.job.sections import Csv
from runner.judgement import errortexts
from runner.results.outputs import CsvWriter
from runner.streams.lines import Line, LineSplitter, readable
from runner.supervision.escalation import Ending, Escalation


def split(chunks: list[bytes], limit: int) -> list[Line]:
    """Return the lines of all *chunks*."""
    splitter = LineSplitter(limit)
    return [line for chunk in chunks for line in splitter.feed(chunk)] + splitter.finish()


@given(
    st.lists(st.binary(max_size=20).map(lambda data: data.replace(b"a", b"\n"))), st.integers(1, 9)
)
def test_lines_do_not_depend_on_chunks(chunks: list[bytes], limit: int) -> None:
    """However a stream is cut into chunks, its lines are the same, and no byte goes uncounted."""
    whole = b"".join(chunks)
    lines = split(chunks, limit)
    assert lines == split([whole], limit)
    assert sum(len(line.data) + line.lost for line in lines) == len(whole) - whole.count(b"\n")


@pytest.mark.parametrize("text", ["", "5", "0s", "-1s", 5, None, True, "745h", "9" * 5000 + "h"])
def test_what_is_no_duration_is_refused(text: object) -> None:
    """A bare number, nothing, or more than 31 days is no duration for a job."""
    with pytest.raises(ValidationError, match="duration"):
        TypeAdapter(Duration).validate_python(text)


@pytest.mark.parametrize(
    ("ready", "signals"),
    [(True, [SIGINT, SIGTERM, SIGKILL, None]), (False, [SIGTERM, SIGKILL, None])],
    ids=["running", "starting"],
)
def test_a_child_is_asked_and_then_made_to_end(*, ready: bool, signals: list[int | None]) -> None:
    """Signals grow harder within the stopping time; a starting pwsh gets no SIGINT."""
    state, sent = Escalation().begin(Ending.TERMINATED, ready=ready, now=100.0, stop=10.0)
    found = [sent]
    while state.left or sent is not None:
        assert state.due <= 110.0 + 1e-6
        state, sent = state.insist(now=state.due, stop=10.0)
        found.append(sent)
    assert found == signals
    assert state.ending is Ending.TERMINATED


@pytest.mark.parametrize(
    ("text", "declared", "value"),
    [
        ("-3", Items(type=Kind.INTEGER), -3),
        ("1.5", Items(type=Kind.NUMBER), 1.5),
        ("TRUE", Items(type=Kind.BOOLEAN), True),
        ("a, b", Parameter(type=Kind.ARRAY), ["a", "b"]),
        ("1,2", Parameter(type=Kind.ARRAY, items=Items(type=Kind.INTEGER)), [1, 2]),
        ('["a,b"]', Parameter(type=Kind.ARRAY), ["a,b"]),
        ('{"a": 1}', Parameter(type=Kind.OBJECT), {"a": 1}),
        ("5", Parameter(type=Kind.STRING), "5"),
    ],
)
def test_a_text_is_read_by_the_declared_type(text: str, declared: Items, value: object) -> None:
    """What stands after `Name=` becomes a value of the parameter's type."""
    assert parameters.read(text, declared) == value


def test_every_wrong_parameter_is_named_and_no_secret_told() -> None:
    """Missing, unknown, wrong and secret on the command line: all at once, without the secret."""
    declared = {
        "Days": Parameter(type=Kind.INTEGER, maximum=9),
        "Name": Parameter(required=True),
        "Key": Parameter(secret=True),
        "Pin": Parameter.model_validate({"secret": True, "maxLength": 3}),
    }
    asked = Given(texts=["Days=10", "dayz=1", "Key=hush-hush"], values={"Pin": "hush-hush"})
    values, problems = parameters.resolve(declared, asked)
    assert [problem.split(":")[0] for problem in sorted(problems)] == [
        "parameter Days",
        "parameter Key",
        "parameter Name",
        "parameter Pin",
        "parameter dayz",
    ]
    assert "hush" not in "".join(problems) + repr(values)
    assert values.secret_texts() == ["hush-hush"]


def test_later_properties_are_counted_not_lost_in_silence() -> None:
    """The first object's properties are the columns; whatever comes later beside them is named."""
    left_out: dict[str, int] = {}
    file = io.StringIO(newline="")
    writer = CsvWriter(file, [], left_out, Csv())
    for value in ({"A": 1, "B": [1]}, {"a": True, "C": 3}, {"C": 4, "A": 'x"y'}):
        writer.write(value)
    assert file.getvalue() == 'A,B\r\n1,[1]\r\nTrue,\r\n"x""y",\r\n'
    assert left_out == {"C": 2}


def test_raw_text_loses_its_colours() -> None:
    """Escapes, NULs and broken UTF-8 do not reach a log."""
    assert readable(b"\x1b[31mred\x1b[0m\x00\xff \x1b]0;title\x07end\r") == "red� end"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("UnAuthorized", ExitCode.AUTH),
        ("The role … isn't supported in this scenario.", ExitCode.DENIED),
        ("Response status code: 403 (Forbidden)", ExitCode.DENIED),
        ("No such host is known", ExitCode.SERVICE),
    ],
)
def test_a_failed_connect_is_classed_by_its_text(message: str, code: ExitCode) -> None:
    """What Exchange says at connect decides between token, role and service."""
    assert errortexts.of_connect(message)[0] is code
