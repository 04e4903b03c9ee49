"""Which values a script gets: every type, what speaks against a value, and what is told of it."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from runner.job import parameters
from runner.job.parameters import Given, Values, resolve
from runner.job.parameterspec import Items, Kind, Parameter, objections


def declared(**more) -> Parameter:
    """Return a parameter as a spec's YAML would declare it."""
    return Parameter.model_validate(more)


def resolved(parameter: Parameter, *texts, **values):
    """Return the values and the problems for the one parameter `P`."""
    return resolve({"P": parameter}, Given(texts=texts, values=values))


SAMPLES = {
    "string": "5",
    "integer": 5,
    "number": 5.5,
    "boolean": True,
    "array": [5],
    "object": {"a": 5},
}


@pytest.mark.parametrize("found", [*SAMPLES, "null"])
@pytest.mark.parametrize("kind", SAMPLES)
def test_a_value_has_the_declared_type_or_is_refused(kind, found):
    """No value becomes another type in silence; only a whole number is a number too."""
    against = list(objections(SAMPLES.get(found), declared(type=kind)))
    article = "an" if kind[0] in "aio" else "a"
    fits = kind == found or (kind, found) == ("number", "integer")
    assert against == ([] if fits else [f"must be {article} {kind}, is {found}"])


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        pytest.param("string", "", "", id="an empty text"),
        pytest.param("string", " a=b,c ", " a=b,c ", id="a text is taken as it is"),
        pytest.param("string", "true", "true", id="a text that looks like a boolean"),
        pytest.param("integer", " +7 ", 7, id="a sign and spaces"),
        pytest.param("integer", "-0", 0, id="minus nought"),
        pytest.param("integer", "007", 7, id="leading noughts"),
        pytest.param("integer", "9" * 300, int("9" * 300), id="300 digits"),
        pytest.param("number", "5", 5, id="a whole number"),
        pytest.param("number", "-1.5e3", -1500.0, id="an exponent"),
        pytest.param("boolean", " False ", False, id="false, in any case"),
        pytest.param("array", "", [], id="an empty list"),
        pytest.param("array", "  ", [], id="spaces are an empty list"),
        pytest.param("array", "one", ["one"], id="a list of one"),
        pytest.param("array", "a,,b", ["a", "", "b"], id="an empty item stays"),
        pytest.param("array", ' [1, "a", null]', [1, "a", None], id="a JSON list"),
        pytest.param("object", '{"a": [1]}', {"a": [1]}, id="an object"),
    ],
)
def test_a_text_of_the_command_line_is_read_by_type(kind, text, value):
    """What a person writes after `Name=` means what its declaration says."""
    values, problems = resolved(declared(type=kind), f"P={text}")
    assert (values.plain, problems) == ({"P": value}, [])
    assert type(values.plain["P"]) is type(value)


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [
        pytest.param("integer", "", "'' is no integer", id="nothing"),
        pytest.param("integer", "1.0", "'1.0' is no integer", id="a fraction"),
        pytest.param("integer", "1_000", "'1_000' is no integer", id="an underscore"),
        pytest.param("integer", "0x1F", "'0x1F' is no integer", id="hexadecimal"),
        pytest.param("integer", "9" * 301, "is no integer", id="301 digits"),
        pytest.param("number", "NaN", "'NaN' is no number", id="not a number"),
        pytest.param("number", "Infinity", "'Infinity' is no number", id="infinity"),
        pytest.param("number", "1,5", "'1,5' is no number", id="a decimal comma"),
        pytest.param("number", "true", "'true' is no number", id="a boolean"),
        pytest.param("number", '"1"', "is no number", id="a quoted number"),
        pytest.param("number", "9" * 5000, "is no number", id="5000 digits"),
        pytest.param("boolean", "1", "'1' is no boolean", id="1 for true"),
        pytest.param("boolean", "yes", "'yes' is no boolean", id="yes for true"),
        pytest.param("boolean", "", "'' is no boolean", id="nothing for a boolean"),
        pytest.param("array", "[1,", "not JSON, and so no array", id="a broken list"),
        pytest.param("array", "[NaN]", "not JSON, and so no array", id="a list of no number"),
        pytest.param("array", "[" * 100_000, "not JSON, and so no array", id="too deep"),
        pytest.param("object", "a=1", "not JSON, and so no object", id="no object"),
        pytest.param("object", "[1]", "must be an object, is array", id="a list for an object"),
    ],
)
def test_a_text_that_says_no_such_value_is_refused(kind, text, problem):
    """One sentence names the parameter and what is wrong."""
    _, problems = resolved(declared(type=kind), f"P={text}")
    assert len(problems) == 1
    assert problems[0].startswith("parameter P: ")
    assert problems[0].endswith(problem)


@pytest.mark.parametrize(
    ("more", "value", "problems"),
    [
        pytest.param({"minimum": 1}, 1, [], id="at the minimum"),
        pytest.param({"minimum": 1}, 0, ["must be at least 1"], id="below the minimum"),
        pytest.param({"maximum": 9}, 9, [], id="at the maximum"),
        pytest.param({"maximum": 9}, 10, ["must be at most 9"], id="above the maximum"),
        pytest.param({"minimum": 0}, -1, ["must be at least 0"], id="a minimum of nought"),
        pytest.param({"maximum": 0}, 1, ["must be at most 0"], id="a maximum of nought"),
        pytest.param({"type": "number", "minimum": 0.5}, 0.5, [], id="at a fraction"),
        pytest.param(
            {"type": "number", "minimum": 0.5}, 0.49, ["must be at least 0.5"], id="under a half"
        ),
        pytest.param({"enum": [1, 3]}, 3, [], id="one of the enum"),
        pytest.param({"enum": [1, 3]}, 2, ["must be one of 1, 3"], id="none of the enum"),
        pytest.param({"enum": []}, 2, ["must be one of "], id="an empty enum lets nothing in"),
        pytest.param(
            {"enum": [1], "maximum": 4},
            5,
            ["must be one of 1", "must be at most 4"],
            id="two at once",
        ),
    ],
)
def test_a_number_keeps_its_bounds(more, value, problems):
    """Bounds belong to the range, and everything that is wrong is told."""
    assert list(objections(value, declared(**{"type": "integer", **more}))) == problems


@pytest.mark.parametrize(
    ("more", "value", "problems"),
    [
        pytest.param({"minLength": 2}, "ab", [], id="as short as allowed"),
        pytest.param({"minLength": 2}, "a", ["must have at least 2 characters"], id="too short"),
        pytest.param({"maxLength": 2}, "ab", [], id="as long as allowed"),
        pytest.param({"maxLength": 2}, "abc", ["must have at most 2 characters"], id="too long"),
        pytest.param({"maxLength": 0}, "a", ["must have at most 0 characters"], id="empty alone"),
        pytest.param({"maxLength": 1}, "ë", [], id="characters, not bytes"),
        pytest.param({"enum": ["a", "b"]}, "A", ["must be one of a, b"], id="case counts"),
        pytest.param({"pattern": "b"}, "abc", [], id="a pattern is searched"),
        pytest.param({"pattern": "^b"}, "abc", ["must match ^b"], id="an anchored pattern"),
        pytest.param({"minimum": 9}, "1", [], id="a bound of numbers says nothing of texts"),
        pytest.param(
            {"minLength": 2, "pattern": "x", "enum": ["xx"]},
            "a",
            ["must be one of xx", "must have at least 2 characters", "must match x"],
            id="three at once",
        ),
    ],
)
def test_a_text_keeps_its_length_and_pattern(more, value, problems):
    """Length, enum and pattern each speak for themselves."""
    assert list(objections(value, declared(**more))) == problems


@pytest.mark.parametrize(
    ("more", "value", "problems"),
    [
        pytest.param({"minItems": 1}, [1], [], id="as few as allowed"),
        pytest.param({"minItems": 1}, [], ["must have at least 1 items"], id="too few"),
        pytest.param({"maxItems": 1}, [1], [], id="as many as allowed"),
        pytest.param({"maxItems": 1}, [1, 2], ["must have at most 1 items"], id="too many"),
        pytest.param({}, [1, "a", None, {}], [], id="items of any kind"),
        pytest.param({"items": {}}, ["a", 1], ["item 2 must be a string, is integer"], id="texts"),
        pytest.param(
            {"items": {"type": "integer", "minimum": 5, "enum": [4, 5]}},
            [5, True, 4, 6],
            [
                "item 2 must be an integer, is boolean",
                "item 3 must be at least 5",
                "item 4 must be one of 4, 5",
            ],
            id="each wrong item",
        ),
        pytest.param({"enum": [["a"], ["b"]]}, ["a"], [], id="the whole list in an enum"),
    ],
)
def test_an_array_keeps_its_size_and_its_items(more, value, problems):
    """Items are counted from one, as people do."""
    assert list(objections(value, declared(type="array", **more))) == problems


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param({"items": {}}, "items belongs to type: array", id="items of a text"),
        pytest.param({"secret": True, "default": "x"}, "must not stand in a spec", id="a secret"),
        pytest.param({"type": "integer", "default": "x"}, "must be an integer", id="its type"),
        pytest.param(
            {"type": "integer", "default": 0, "minimum": 1, "enum": [2]},
            "must be one of 2; must be at least 1",
            id="all against its default",
        ),
        pytest.param({"pattern": "["}, "not a regular expression", id="a broken pattern"),
        pytest.param({"minLength": -1}, "greater than or equal to 0", id="a length below nought"),
        pytest.param({"type": "date"}, "Input should be 'string'", id="an unknown type"),
        pytest.param({"min_length": 1}, "Extra inputs", id="a key in another spelling"),
        pytest.param({"minimum": math.nan}, "finite", id="a bound that is no number"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(more, words):
    """What can be known to be wrong without a value is wrong before a run."""
    with pytest.raises(ValidationError, match=words):
        declared(**more)


@pytest.mark.parametrize(
    ("more", "given_values", "plain", "problems"),
    [
        pytest.param({}, {}, {}, 0, id="not given: the script's own default"),
        pytest.param({"default": "d"}, {}, {"P": "d"}, 0, id="the default"),
        pytest.param({"default": "d"}, {"P": "v"}, {"P": "v"}, 0, id="a value goes before it"),
        pytest.param({"required": True}, {}, {}, 1, id="required and missing"),
        pytest.param({"required": True}, {"P": None}, {}, 1, id="null is not given"),
        pytest.param({"required": True}, {"P": ""}, {"P": ""}, 0, id="empty is given"),
        pytest.param({"required": True, "default": "d"}, {}, {"P": "d"}, 0, id="a default will do"),
        pytest.param(
            {"type": "boolean", "required": True}, {"P": False}, {"P": False}, 0, id="false"
        ),
        pytest.param({"type": "integer"}, {"P": 0}, {"P": 0}, 0, id="nought is given"),
    ],
)
def test_a_value_a_default_or_nothing(more, given_values, plain, problems):
    """Only what was given or declared reaches the script."""
    values, found = resolved(declared(**more), **given_values)
    assert (values.plain, values.secret) == (plain, {})
    assert found == ["parameter P: required, but not given"] * problems


@pytest.mark.parametrize(
    ("texts", "values", "problems"),
    [
        pytest.param(["Days"], {}, ["-p needs Name=value; what was given begins with 'Days'"]),
        pytest.param(["=5"], {}, ["-p needs Name=value; what was given begins with ''"]),
        pytest.param(["Days=1", "Days=1"], {}, ["parameter Days: given twice"]),
        pytest.param(["Days=1"], {"Days": 1}, ["parameter Days: given twice"]),
        pytest.param(
            ["days=1"],
            {},
            ["parameter days: the job declares no such parameter; did you mean Days?"],
        ),
        pytest.param(
            [],
            {"Zzz": 1},
            ["parameter Zzz: the job declares no such parameter; declared: Days, Name"],
        ),
    ],
    ids=["no equals sign", "no name", "twice", "twice, by file too", "another case", "unknown"],
)
def test_what_was_given_in_another_way_is_told(texts, values, problems):
    """The sentence says what to write instead."""
    spec = {"Days": declared(type="integer"), "Name": declared()}
    assert resolve(spec, Given(texts=texts, values=values))[1] == problems


def test_a_job_without_parameters_says_so():
    """Where nothing is declared, nothing can be suggested."""
    (problem,) = resolve({}, Given(texts=["A=1"], values={}))[1]
    assert problem.endswith("declared: none")


def test_everything_wrong_is_told_at_once():
    """One attempt shows all that has to be mended, and a wrong text is not called missing."""
    spec = {
        "Days": declared(type="integer", required=True),
        "Name": declared(required=True),
        "Mail": declared(pattern="@"),
        "Tags": declared(type="array", items={"enum": ["a"]}),
        "Good": declared(),
    }
    texts = ["Days=x", "Mail=none", "Tags=a,b,c", "good=1", "bare", "Good=1"]
    values, problems = resolve(spec, Given(texts=texts, values={"Nam": 1}))
    assert sorted(problems) == [
        "-p needs Name=value; what was given begins with 'bare'",
        "parameter Days: 'x' is no integer",
        "parameter Mail: must match @",
        "parameter Nam: the job declares no such parameter; did you mean Name?",
        "parameter Name: required, but not given",
        "parameter Tags: item 2 must be one of a",
        "parameter Tags: item 3 must be one of a",
        "parameter good: the job declares no such parameter; did you mean Good?",
    ]
    assert values.plain["Good"] == "1"


SECRET = "hush-4711"


@pytest.mark.parametrize(
    ("more", "value"),
    [
        pytest.param({"maxLength": 3}, SECRET, id="too long"),
        pytest.param({"pattern": "^x"}, SECRET, id="another pattern"),
        pytest.param({"enum": ["x"]}, SECRET, id="none of the enum"),
        pytest.param({"type": "integer"}, SECRET, id="another type"),
        pytest.param({"type": "array", "items": {"type": "integer"}}, [SECRET], id="an item"),
        pytest.param({"type": "array", "maxItems": 0}, [SECRET], id="too many"),
    ],
)
def test_what_speaks_against_a_secret_does_not_tell_it(more, value):
    """The sentence says what must be, and never what was."""
    values, problems = resolved(declared(secret=True, **more), P=value)
    assert problems
    assert SECRET not in "".join(problems) + repr(values) + str(values)


def test_a_secret_on_the_command_line_is_refused_unquoted():
    """It is told where to give it, is not called missing, and is not used."""
    values, problems = resolved(declared(secret=True, required=True), f"P={SECRET}")
    assert len(problems) == 1
    assert "--params-file" in problems[0]
    assert SECRET not in problems[0]
    assert values.everything() == {}


def test_secrets_are_apart_and_together():
    """Plain and secret values never mix, but for the script."""
    spec = {"Key": declared(secret=True), "Name": declared()}
    values, problems = resolve(spec, Given(values={"Key": SECRET, "Name": "n"}))
    assert (values.plain, values.secret, problems) == ({"Name": "n"}, {"Key": SECRET}, [])
    assert values.everything() == {"Name": "n", "Key": SECRET}


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        pytest.param("a", ["a"], id="a text"),
        pytest.param(4711, ["4711"], id="a number"),
        pytest.param(["a", ["b"]], ["a", "b"], id="lists in lists"),
        pytest.param({"k": {"l": "a"}, "m": ["b"]}, ["a", "b"], id="objects, by their values"),
        pytest.param([None, True, False], [], id="what is no secret on its own"),
    ],
)
def test_every_text_inside_a_secret_is_masked(value, texts):
    """However deep it lies, each text and number is handed to the masker."""
    assert Values(plain={"P": "plain"}, secret={"S": value}).secret_texts() == texts


def test_the_digest_tells_plain_values_apart_and_secrets_not():
    """Two runs can be compared, and no secret can be guessed from a digest."""
    plain = Values(plain={"A": 1, "B": 2}, secret={"S": "one"})
    assert plain.sha256() == Values(plain={"B": 2, "A": 1}, secret={"S": "two"}).sha256()
    assert plain.sha256() != Values(plain={"A": 1, "B": 3}, secret={"S": "one"}).sha256()
    assert plain.sha256() != Values(plain={"A": 1, "B": 2}, secret={}).sha256()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(-1e9, 1e9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([Kind.ARRAY, Kind.OBJECT, Kind.NUMBER, Kind.INTEGER, Kind.BOOLEAN]), JSON)
def test_json_on_the_command_line_is_what_a_file_would_say(kind, value):
    """A value of its type means the same, whichever way it is given."""
    parameter = declared(type=kind.value)
    if not list(objections(value, parameter)):
        assert resolved(parameter, f"P={json.dumps(value)}") == resolved(parameter, P=value)


def value_or_refusal(text, kind):
    """Return what *text* says, as its type and value, or the sentence that refuses it."""
    try:
        return True, parameters.read(text, Items(type=kind))
    except ValueError as error:
        return False, str(error)


@given(st.sampled_from([kind for kind in Kind if kind is not Kind.OBJECT]), st.text())
def test_any_text_is_a_value_of_its_type_or_refused(kind, text):
    """No text passes as another type, and none is a defect."""
    is_read, found = value_or_refusal(text, kind)
    assert (
        found.endswith(f"no {kind}") if not is_read else not [*objections(found, Items(type=kind))]
    )


@given(st.dictionaries(st.sampled_from("ABCDE"), JSON))
def test_a_value_is_told_by_name_alone(given_values):
    """`repr` shows which parameters there are, and no value."""
    spec = {name: declared(secret=name in "AB") for name in "ABC"}
    values, _ = resolve(spec, Given(values=given_values))
    assert repr(values) == (f"Values(plain={sorted(values.plain)}, secret={sorted(values.secret)})")
    assert set(values.plain) <= {"C"}
    assert set(values.secret) <= {"A", "B"}


@pytest.mark.parametrize("text", ["null", '{"a": 1e999}'], ids=["null", "beyond any number"])
def test_what_json_cannot_carry_is_no_object(text):
    """`null` is not an object, and a number that JSON cannot write again is refused."""
    with pytest.raises(ValueError, match="object"):
        parameters.read(text, Parameter(type=Kind.OBJECT))
