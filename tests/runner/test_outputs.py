"""What becomes of a script's objects: columns, cells, lines, limits and names of files."""

import csv
import hashlib
import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.job.fields import Format
from runner.job.sections import Csv, Output
from runner.results.outputs import CsvWriter, JsonLinesWriter, LeftOut, Outputs


def csv_of(values, properties=()):
    """Return the CSV of *values*, and which properties found no column."""
    left_out: dict[str, int] = {}
    file = io.StringIO(newline="")
    writer = CsvWriter(file, properties, left_out, Csv())
    for value in values:
        writer.write(value)
    return file.getvalue(), left_out


def lines_of(values, properties=()):
    """Return the JSON Lines of *values*."""
    file = io.StringIO(newline="")
    writer = JsonLinesWriter(file, properties)
    for value in values:
        writer.write(value)
    return file.getvalue()


def both(**more) -> Output:
    """Return a declaration of both formats."""
    return Output.model_validate({"format": ["csv", "jsonl"], **more})


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        pytest.param(None, '""', id="null is an empty cell"),
        pytest.param("", '""', id="an empty text is an empty cell"),
        pytest.param(True, "True", id="true as PowerShell writes it"),
        pytest.param(False, "False", id="false as PowerShell writes it"),
        pytest.param(0, "0", id="nought is not nothing"),
        pytest.param(-1.5, "-1.5", id="a fraction"),
        pytest.param(2**63, "9223372036854775808", id="a large number keeps its digits"),
        pytest.param("a,b", '"a,b"', id="a comma is quoted"),
        pytest.param('say "hi"', '"say ""hi"""', id="quotes are doubled"),
        pytest.param("a\r\nb", '"a\r\nb"', id="a line break stays, quoted"),
        pytest.param("a\nb", '"a\nb"', id="a bare newline is quoted"),
        pytest.param("a\rb", '"a\rb"', id="a bare return is quoted"),
        pytest.param(" x ", " x ", id="spaces stay"),
        pytest.param("Zoë 日本", "Zoë 日本", id="letters of any script"),
        pytest.param([], "[]", id="an empty list"),
        pytest.param(["a", "ë"], '"[""a"",""ë""]"', id="a list is JSON"),
        pytest.param({}, "{}", id="an empty object"),
        pytest.param({"B": {"C": [None, True]}}, '"{""B"":{""C"":[null,true]}}"', id="nested"),
    ],
)
def test_a_cell_is_written_by_rfc_4180(value, cell):
    """Each kind of value has one form in a CSV."""
    assert csv_of([{"A": value}])[0] == f"A\r\n{cell}\r\n"


@pytest.mark.parametrize(
    ("values", "properties", "rows", "left_out"),
    [
        pytest.param([], ["A", "B"], [["A", "B"]], {}, id="declared columns need no object"),
        pytest.param([], [], [], {}, id="nothing declared and nothing came"),
        pytest.param(
            [{"A": 1, "B": 2}], ["B", "A"], [["B", "A"], ["2", "1"]], {}, id="the declared order"
        ),
        pytest.param([{"A": 1}], ["B"], [["B"], [""]], {"A": 1}, id="a declared one never came"),
        pytest.param(
            [{"B": 1, "A": 2}, {"A": 3, "B": 4}],
            [],
            [["B", "A"], ["1", "2"], ["4", "3"]],
            {},
            id="the first object's order",
        ),
        pytest.param(
            [{"A": 1}, {"B": 2}, {"B": 3, "C": 4}],
            [],
            [["A"], ["1"], [""], [""]],
            {"B": 2, "C": 1},
            id="later properties are counted",
        ),
        pytest.param(
            [{"NAME": "x"}], ["Name"], [["Name"], ["x"]], {}, id="case does not make a difference"
        ),
        pytest.param(
            [{"name": "no", "Name": "yes"}],
            ["Name"],
            [["Name"], ["yes"]],
            {},
            id="the exact name goes before its like",
        ),
        pytest.param([1, "x"], [], [["Value"], ["1"], ["x"]], {}, id="scalars have a Value"),
        pytest.param(
            [{"A": 1}, 2], [], [["A"], ["1"], [""]], {"Value": 1}, id="a scalar among objects"
        ),
        pytest.param([[1, 2]], [], [["Value"], ["[1,2]"]], {}, id="a list is one value"),
    ],
)
def test_columns_are_those_declared_or_those_of_the_first_object(
    values, properties, rows, left_out
):
    """Names and order of columns stand from the first row on, and what has none is counted."""
    text, counted = csv_of(values, properties)
    assert list(csv.reader(io.StringIO(text, newline=""))) == rows
    assert counted == left_out


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
def test_every_text_comes_back_from_a_csv(rows):
    """Whatever a cell's text is, a reader of CSV gets it back."""
    text, _ = csv_of([{"A": first, "B": second} for first, second in rows])
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert found == [["A", "B"], *map(list, rows)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(JSON))
def test_every_value_comes_back_from_json_lines(values):
    """One line a value, whatever is in it, and nothing is lost."""
    lines = lines_of(values).split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == values


@pytest.mark.parametrize(
    ("value", "line"),
    [
        pytest.param({"b": 2, "A": None}, '{"A":null,"B":2}', id="order and spelling as declared"),
        pytest.param({"A": 1, "C": 3}, '{"A":1,"B":null}', id="missing is null, extra is left"),
        pytest.param("text", '"text"', id="a scalar stays"),
        pytest.param([{"C": 1}], '[{"C":1}]', id="a list stays"),
        pytest.param({"A": {"C": 1}, "B": "ë"}, '{"A":{"C":1},"B":"ë"}', id="what is inside stays"),
    ],
)
def test_declared_properties_choose_what_a_line_holds(value, line):
    """A line has each declared property once, in the declared order."""
    assert lines_of([value], ["A", "B"]) == line + "\n"


@pytest.mark.parametrize(
    ("limit", "offered", "written", "is_over"),
    [
        pytest.param(0, 5, 5, False, id="no limit"),
        pytest.param(3, 2, 2, False, id="below"),
        pytest.param(3, 3, 3, False, id="exactly"),
        pytest.param(3, 4, 3, True, id="one more"),
        pytest.param(1, 9, 1, True, id="many more"),
    ],
)
def test_no_more_than_max_records_are_written(tmp_path: Path, *, limit, offered, written, is_over):
    """The limit is the last object that is written; only one more is too many."""
    outputs = Outputs(tmp_path, both(maxRecords=limit))
    for number in range(offered):
        outputs.write([number])
    outputs.close(is_whole=not is_over)
    end = ".part" if is_over else ""
    assert (outputs.count, outputs.over is not None) == (written, is_over)
    assert len((tmp_path / f"output.jsonl{end}").read_text().splitlines()) == written
    assert len((tmp_path / f"output.csv{end}").read_text().splitlines()) == written + 1


def test_a_batch_is_cut_at_the_limit(tmp_path: Path):
    """A batch that crosses the limit is written up to it."""
    outputs = Outputs(tmp_path, both(maxRecords=2))
    outputs.write([1, 2, 3])
    outputs.close(is_whole=False)
    assert (tmp_path / "output.jsonl.part").read_text() == "1\n2\n"
    assert outputs.over == "output.maxRecords"


def test_left_out_properties_are_told_the_first_time_alone(tmp_path: Path):
    """The first batch that has some is answered with their names, and none after it."""
    outputs = Outputs(tmp_path, both())
    said = [outputs.write(batch) for batch in ([{"A": 1}], [{"B": 1}, {"C": 1}], [{"D": 1}])]
    outputs.close(is_whole=True)
    assert said == [None, LeftOut(("B", "C")), None]
    assert outputs.left_out == {"B": 1, "C": 1, "D": 1}


def test_json_lines_alone_leave_nothing_out(tmp_path: Path):
    """Without a CSV there are no columns to miss."""
    outputs = Outputs(tmp_path, both(format="jsonl"))
    assert outputs.write([{"A": 1}, {"B": 2}]) is None
    assert [each.path for each in outputs.close(is_whole=True)] == ["output.jsonl"]


@pytest.mark.parametrize("is_whole", [True, False], ids=["whole", "cut short"])
def test_a_file_gets_its_name_when_it_is_whole(tmp_path: Path, *, is_whole):
    """Until then, and for ever if it never is, it ends in `.part`; its record says what it is."""
    outputs = Outputs(tmp_path, both())
    assert {each.name for each in tmp_path.iterdir()} == {"output.csv.part", "output.jsonl.part"}
    outputs.write([{"A": "ë"}])
    records = outputs.close(is_whole=is_whole)
    end = "" if is_whole else ".part"
    assert [each.path for each in records] == [f"output.csv{end}", f"output.jsonl{end}"]
    assert {each.name for each in tmp_path.iterdir()} == {each.path for each in records}
    for each in records:
        data = (tmp_path / each.path).read_bytes()
        assert (each.bytes, each.records) == (len(data), 1)
        assert each.sha256 == hashlib.sha256(data).hexdigest()


def test_a_format_named_twice_makes_one_file(tmp_path: Path):
    """The same format again changes nothing."""
    outputs = Outputs(tmp_path, both(format=[Format.CSV, Format.CSV]))
    outputs.write([1])
    outputs.close(is_whole=True)
    assert (tmp_path / "output.csv").read_bytes() == b"Value\r\n1\r\n"


def test_an_earlier_output_is_not_written_over(tmp_path: Path):
    """A folder that already has output is refused."""
    Outputs(tmp_path, both(format="csv")).close(is_whole=False)
    with pytest.raises(FileExistsError):
        Outputs(tmp_path, both(format="csv"))


def test_an_empty_first_object_does_not_name_the_columns():
    """The columns are those of the first object that has any."""
    assert csv_of([{}, {"A": 1}]) == csv_of([{"A": 1}])


@given(st.lists(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)))
def test_a_json_array_is_whole_whatever_came(values: list[object]) -> None:
    """The array holds what was put in, also when nothing was."""
    with tempfile.TemporaryDirectory() as folder:
        outputs = Outputs(Path(folder), Output(format=[Format.JSON]))
        outputs.write(values)
        outputs.close(is_whole=False)  # as a run that did not get to its end

        assert json.loads((Path(folder) / "output.json.part").read_text()) == values


@given(st.lists(st.text(alphabet="=+-@\t\ra1,\"'\n", max_size=5), min_size=1))
def test_no_cell_of_a_safe_csv_is_a_formula(texts: list[str]) -> None:
    """Texts that a spreadsheet would run begin with an apostrophe; others are as they were."""
    with tempfile.TemporaryDirectory() as folder:
        declared = Output(format=[Format.CSV], csv=Csv(spreadsheetSafe=True))
        outputs = Outputs(Path(folder), declared)
        outputs.write([{"A": each} for each in texts])
        outputs.close(is_whole=True)
        with (Path(folder) / "output.csv").open(newline="", encoding="utf-8") as file:
            _, *rows = csv.reader(file)

    cells = [row[0] if row else "" for row in rows]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert [cell.removeprefix("'") for cell in cells] == [each.removeprefix("'") for each in texts]


def test_a_number_of_a_safe_csv_stays_one(tmp_path: Path) -> None:
    """-5 is no formula."""
    declared = Output(format=[Format.CSV], csv=Csv(spreadsheetSafe=True, delimiter=";", bom=True))
    outputs = Outputs(tmp_path, declared)
    outputs.write([{"A": -5, "B": "-5"}])
    outputs.close(is_whole=True)

    assert (tmp_path / "output.csv").read_bytes() == b"\xef\xbb\xbfA;B\r\n-5;'-5\r\n"


def test_more_bytes_than_allowed_are_not_written(tmp_path: Path) -> None:
    """The limit stops the output near it, and says which it was."""
    outputs = Outputs(tmp_path, Output(format=[Format.JSONL], maxBytes="100kB"))
    outputs.write("x" * 999 for _ in range(1000))
    outputs.close(is_whole=True)

    assert outputs.over == "output.maxBytes"
    assert 100_000 < (tmp_path / "output.jsonl").stat().st_size < 130_000
