"""How parameters are written."""

import pytest

from tests.restclient.parameters import envelope


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        pytest.param({"Identity": "a"}, {"Identity": "a"}, id="text"),
        pytest.param({"ResultSize": 5}, {"ResultSize": 5}, id="number"),
        pytest.param({"Kinds": ("A", "B")}, {"Kinds": ["A", "B"]}, id="list"),
        pytest.param({"Force": True}, {"Force": True}, id="boolean"),
        pytest.param({"Address": None}, {"Address": None}, id="nothing"),
        pytest.param(
            {"EmailAddresses": {"Add": ["a", "b"]}},
            {"EmailAddresses": {"@odata.type": "#Exchange.GenericHashTable", "Add": ["a", "b"]}},
            id="hash table",
        ),
        pytest.param(
            {"Outer": {"Inner": {"A": 1}}},
            {
                "Outer": {
                    "@odata.type": "#Exchange.GenericHashTable",
                    "Inner": {"@odata.type": "#Exchange.GenericHashTable", "A": 1},
                }
            },
            id="hash table in a hash table",
        ),
        pytest.param(
            {"FileData": b"\x00\xff"},
            {"FileData": {"@odata.type": "#Exchange.ByteArrayType", "Data": [0, 255]}},
            id="bytes",
        ),
        pytest.param(
            {"Filter": "A -eq $true -and B -eq $FALSE"},
            {"Filter": "A -eq 'True' -and B -eq 'False'"},
            id="booleans in a filter",
        ),
        pytest.param(
            {"RecipientFilter": "A -eq $true"},
            {"RecipientFilter": "A -eq 'True'"},
            id="another filter",
        ),
        pytest.param(
            {"Filter": "A -eq '$trueish'"}, {"Filter": "A -eq '$trueish'"}, id="part of a word"
        ),
        pytest.param({"DisplayName": "$true"}, {"DisplayName": "$true"}, id="no filter"),
    ],
)
def test_a_parameter_is_written(given: dict[str, object], sent: dict[str, object]) -> None:
    """Types that JSON lacks are named beside their values."""
    assert envelope("Get-Mailbox", given) == {
        "CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": sent}
    }
