"""What is read out of a 200."""

import json

import pytest

from emulator.testing import Emulator, Fault
from tests.restclient.answers import Answer, answer_of
from tests.restclient.client import Client


@pytest.mark.parametrize(
    ("row", "plain"),
    [
        pytest.param(
            {"@odata.type": "#Exchange.GenericHashTable", "A": 1}, {"A": 1}, id="of the row"
        ),
        pytest.param(
            {"A@odata.type": "#Collection(String)", "A": ["x"]}, {"A": ["x"]}, id="of a list"
        ),
        pytest.param(
            {"A@data.type": "System.DateTime", "A": "x"}, {"A": "x"}, id="in the other spelling"
        ),
        pytest.param(
            {"A": {"@odata.type": "#B", "C": [{"D@odata.type": "#Int64", "D": 1}]}},
            {"A": {"C": [{"D": 1}]}},
            id="deep inside",
        ),
        pytest.param({"A": "me@odata.types.com"}, {"A": "me@odata.types.com"}, id="not of a value"),
    ],
)
def test_typed_siblings_are_taken_away(row: dict[str, object], plain: dict[str, object]) -> None:
    """Only what tells a type is taken, however deep it stands."""
    assert answer_of({"value": [row]}).rows == (plain,)


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        pytest.param(None, (), id="no content"),
        pytest.param({"value": []}, (), id="an empty list"),
        pytest.param({"value": None, "@adminapi.warnings": ["W"]}, (), id="only a warning"),
        pytest.param({"@adminapi.warnings": ["W"]}, (), id="no value at all"),
        pytest.param({"@odata.context": "c", "A": 1}, ({"A": 1},), id="a single resource"),
    ],
)
def test_rows_are_found(body: dict[str, object] | None, rows: tuple[object, ...]) -> None:
    """Each way of saying nothing is nothing."""
    assert answer_of(body).rows == rows


def test_errors_can_come_with_a_good_status(emulator: Emulator, client: Client) -> None:
    """Entries of `@adminapi.errors` are kept, and the rows beside them too."""
    body = {
        "@adminapi.warnings": ["W"],
        "@adminapi.errors": ["E"],
        "value": [{"Identity": "a"}],
    }
    emulator.faults.add(Fault(cmdlet="Get-Mailbox", status=200, body=json.dumps(body)))
    (found,) = client.answers("Get-Mailbox")
    assert found == Answer(rows=({"Identity": "a"},), warnings=("W",), errors=("E",), raw=body)
