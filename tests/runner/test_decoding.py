"""What a line of the records pipe becomes: every kind, and whatever is malformed."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.streams import decoding
from runner.streams.records import (
    Channel,
    Connected,
    Finished,
    Hello,
    Message,
    Output,
    Progress,
    ScriptEnding,
    ScriptError,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ERROR = {
    "kind": "error",
    "time": "2026-01-01T12:00:00.000Z",
    "message": "it broke",
    "category": "NotSpecified",
    "id": "Broken,Get-EXOMailbox",
    "target": "x",
    "exception": ["Exception: it broke", "Inner: deeper"],
    "script": "script.ps1",
    "line": 3,
    "column": 1,
    "stack": "at line 3",
    "terminating": True,
}
BROKEN = ScriptError(
    message="it broke",
    category="NotSpecified",
    id="Broken,Get-EXOMailbox",
    script="script.ps1",
    line=3,
    exception=("Exception: it broke", "Inner: deeper"),
    terminating=True,
    time=NOON,
)
NOTHING = ScriptError(
    message="",
    category="",
    id="",
    script="",
    line=None,
    exception=(),
    terminating=False,
    time=None,
)


def record_of(**fields):
    """Return the record of a line that says *fields*."""
    return decoding.parse(decoding.decode(json.dumps(fields).encode()))


@pytest.mark.parametrize(
    ("fields", "record"),
    [
        pytest.param(
            {"kind": "hello", "protocol": 1, "pwsh_version": "7.4.6", "pid": 9},
            Hello(protocol=1, pwsh_version="7.4.6"),
            id="hello",
        ),
        pytest.param(
            {
                "kind": "connected",
                "sequence": 2,
                "expires_at": "2026-01-01T12:00:00Z",
                "reason": "renewed",
                "seconds": 2,
                "module_version": "3.9.0",
                "missing": ["Get-X"],
            },
            Connected(
                sequence=2,
                expires_at=NOON,
                reason="renewed",
                seconds=2.0,
                module_version="3.9.0",
                missing=("Get-X",),
            ),
            id="connected",
        ),
        pytest.param(
            {"kind": "output", "records": [{"A": [1, None]}, "x", 2.5, True, None]},
            Output(({"A": [1, None]}, "x", 2.5, True, None)),
            id="output",
        ),
        pytest.param({"kind": "output", "records": []}, Output(()), id="output of nothing"),
        pytest.param(ERROR, BROKEN, id="error"),
        pytest.param(
            {"kind": "progress", "activity": "a", "status": "s", "percent": 40, "completed": True},
            Progress(activity="a", status="s", percent=40.0, completed=True),
            id="progress",
        ),
        pytest.param(
            {"kind": "finished", "ending": "exited", "script_exit_code": 3, "error": None},
            Finished(ending=ScriptEnding.EXITED, script_exit_code=3, error=None),
            id="finished",
        ),
        pytest.param(
            {"kind": "finished", "ending": "threw", "script_exit_code": None, "error": ERROR},
            Finished(ending=ScriptEnding.THREW, script_exit_code=None, error=BROKEN),
            id="finished with its error",
        ),
        *[
            pytest.param(
                {"kind": channel.value, "message": "ë", "tags": []}, Message(channel, "ë"), id=name
            )
            for name, channel in ((each.value, each) for each in Channel)
        ],
    ],
)
def test_each_kind_of_line_is_read(fields, record):
    """Every member that the runner needs arrives with its type; the others do not matter."""
    assert record_of(**fields) == record


@pytest.mark.parametrize("ending", ScriptEnding)
def test_every_ending_is_understood(ending):
    """Each word for an ending is its value."""
    found = record_of(kind="finished", ending=ending.value)
    assert found == Finished(ending=ending, script_exit_code=None, error=None)


@pytest.mark.parametrize(
    ("fields", "record"),
    [
        pytest.param({"kind": "error"}, NOTHING, id="error"),
        pytest.param(
            {"kind": "connected"},
            Connected(
                sequence=None,
                expires_at=None,
                reason="",
                seconds=0.0,
                module_version="",
                missing=(),
            ),
            id="connected",
        ),
        pytest.param(
            {"kind": "progress"},
            Progress(activity="", status="", percent=-1.0, completed=False),
            id="progress",
        ),
        pytest.param({"kind": "warning"}, Message(Channel.WARNING, ""), id="warning"),
        pytest.param(
            {"kind": "hello", "protocol": 1}, Hello(protocol=1, pwsh_version=""), id="hello"
        ),
    ],
)
def test_a_missing_member_is_unknown(fields, record):
    """What a line does not say is nothing, never an invention; null says nothing either."""
    assert record_of(**fields) == record
    names = [name for name in (*ERROR, "sequence", "percent", "seconds") if name not in fields]
    assert record_of(**dict.fromkeys(names), **fields) == record


@pytest.mark.parametrize(
    ("member", "value", "attribute", "found"),
    [
        pytest.param("message", 5, "message", "5", id="a number for a text"),
        pytest.param("message", ["a"], "message", "['a']", id="a list for a text"),
        pytest.param("line", "3", "line", None, id="a text for a line"),
        pytest.param("line", True, "line", None, id="a boolean for a line"),
        pytest.param("line", 3.0, "line", None, id="a fraction for a line"),
        pytest.param("exception", "one", "exception", ("one",), id="one text for a list"),
        pytest.param("exception", [1, None], "exception", ("1", "None"), id="a list of others"),
        pytest.param("terminating", "true", "terminating", False, id="a text for a boolean"),
        pytest.param("terminating", 1, "terminating", False, id="a number for a boolean"),
        pytest.param("time", "noon", "time", None, id="no time"),
        pytest.param("time", 12, "time", None, id="a number for a time"),
    ],
)
def test_a_member_of_another_type_is_made_to_fit_or_unknown(member, value, attribute, found):
    """One odd member costs that member, not the error it belongs to."""
    record = record_of(**{**ERROR, member: value})
    assert getattr(record, attribute) == found
    assert record.category == "NotSpecified"


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T12:00:00Z",
        "2026-01-01T12:00:00.0000000Z",
        "2026-01-01T13:00:00+01:00",
        "2026-01-01T06:30:00-05:30",
        "2026-01-01T12:00:00",
    ],
    ids=["UTC", "as .NET writes it", "east", "west", "no zone is UTC"],
)
def test_a_time_is_in_utc(text):
    """Whatever zone it was written in, and none means UTC."""
    found = record_of(kind="connected", expires_at=text).expires_at
    assert (found, found.tzinfo) == (NOON, UTC)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param(b"", "not JSON", id="empty"),
        pytest.param(b"hush", "not JSON", id="plain text"),
        pytest.param(b'{"kind": "hush"', "not JSON", id="cut off"),
        pytest.param(b'{"kind": "warning"} hush', "not JSON", id="something after it"),
        pytest.param(b"[" * 100_000, "not JSON", id="too deep"),
        pytest.param(b"[" + b"9" * 5000 + b"]", "not JSON", id="a number of 5000 digits"),
        pytest.param(b'["hush"]', "not a JSON object", id="a list"),
        pytest.param(b'"hush"', "not a JSON object", id="a text"),
        pytest.param(b"null", "not a JSON object", id="null"),
    ],
)
def test_a_line_that_is_no_object_is_refused_unquoted(line, words):
    """What is wrong is said; what the line said is not, for it may be a secret."""
    with pytest.raises(ValueError, match=f"^{words}$"):
        decoding.decode(line)


def test_broken_utf_8_does_not_cost_the_line():
    """Each broken byte is one mark, and the rest is read."""
    assert decoding.decode(b'{"message": "a\xff\xfeb"}') == {"message": "a��b"}


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_json_number_is_a_text(word):
    """A result never has to be written with a constant that JSON does not know."""
    assert decoding.decode(f'{{"records": [{word}]}}'.encode()) == {"records": [word]}


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="no kind"),
        pytest.param({"kind": None}, id="null"),
        pytest.param({"kind": "hush"}, id="unknown"),
        pytest.param({"kind": "Output"}, id="another case"),
        pytest.param({"kind": ["output"]}, id="a list"),
        pytest.param({"kind": {}}, id="an object"),
        pytest.param({"kind": "stdout"}, id="the name of another stream"),
    ],
)
def test_an_unknown_kind_is_refused_unquoted(fields):
    """A record of a kind that this version does not know is none."""
    with pytest.raises(ValueError, match=r"^no known kind of record$"):
        decoding.parse(fields)


@pytest.mark.parametrize("protocol", [0, 2, -1, None, "1", True, 1.0])
def test_another_protocol_is_refused(protocol):
    """A bootstrap of another version is told so, with the version that is understood."""
    with pytest.raises(ValueError, match="is spoken; 1 is understood"):
        record_of(kind="hello", protocol=protocol)


@pytest.mark.parametrize("records", [None, "hush", {"a": "hush"}, 5])
def test_output_without_a_list_is_refused(records):
    """Objects that cannot be told apart are not written as one."""
    with pytest.raises(ValueError, match=r"^an output record without its records$"):
        record_of(kind="output", records=records)


@pytest.mark.parametrize("ending", [None, "", "Completed", "won", 0, ["completed"]])
def test_an_unknown_ending_is_no_final_record(ending):
    """A run never succeeds by a word that nobody agreed on."""
    with pytest.raises(ValueError, match=r"ScriptEnding|ending"):
        record_of(kind="finished", ending=ending)


@pytest.mark.parametrize("error", [None, "hush", 5, [ERROR]])
def test_a_final_error_that_is_no_object_is_none(error):
    """The ending stands, also where its error cannot be read."""
    found = record_of(kind="finished", ending="threw", error=error)
    assert found == Finished(ending=ScriptEnding.THREW, script_exit_code=None, error=None)


KINDS = ["hello", "connected", "output", "error", "progress", "finished", *map(str, Channel)]
# Whole numbers fit a double and times lie far from the calendar's ends.
MEMBER = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = sorted({*ERROR, "protocol", "expires_at", "seconds", "percent", "ending", "records"})


def refusal_or(read, *given):
    """Return what *read* makes of *given*, or the sentence that refuses it."""
    try:
        return read(*given)
    except ValueError as error:
        return str(error)


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(NAMES), MEMBER, min_size=1))
def test_any_members_make_a_record_or_a_refusal(kind, members):
    """No combination of members is a defect: a line is a record, or refused in one sentence."""
    found = refusal_or(decoding.parse, {**members, "kind": kind})
    assert found
    assert isinstance(found, decoding.Record | str)


@given(st.binary(max_size=60) | st.text().map(lambda text: json.dumps({"a": text}).encode()))
def test_any_bytes_make_an_object_or_a_refusal(line):
    """No line is a defect, whatever its bytes."""
    found = refusal_or(decoding.decode, line)
    assert isinstance(found, dict) or found in {"not JSON", "not a JSON object"}


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "progress", "percent": 10**400},
        {"kind": "connected", "sequence": 1, "seconds": 10**400},
        {"kind": "connected", "sequence": 1, "expires_at": "0001-01-01T00:00:00+05:00"},
    ],
    ids=["percent", "seconds", "a time before all times"],
)
def test_numbers_beyond_any_clock_are_refused_not_a_crash(fields):
    """A record with an absurd number is a bad record; the run goes on."""
    with pytest.raises(ValueError, match="wrong type"):
        decoding.parse(fields)
