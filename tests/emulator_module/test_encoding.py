"""The forms in which the values of parameters travel."""

import pytest

from tests.emulator_module.recorder import Recorder
from tests.emulator_module.shell import Shell

CONNECT = "Connect-ExchangeOnline @contoso\n"


GUID = "7c4f1f0e-6c58-4d0f-9d5b-1f6f7f3f5d21"


ENCODED = {
    "hashtable": (
        "@{Add='x'; Inner=@{Deep=1}}",
        {
            "@odata.type": "#Exchange.GenericHashTable",
            "Add": "x",
            "Inner": {"@odata.type": "#Exchange.GenericHashTable", "Deep": 1},
        },
    ),
    "bytes": (
        "([byte[]](1,2,255))",
        {"@odata.type": "#Exchange.ByteArrayType", "Data": [1, 2, 255]},
    ),
    "array": ("@('a','b')", ["a", "b"]),
    "one in an array": ("@('a')", ["a"]),
    "moment": (
        "([datetime]'2026-01-02T03:04:05Z').ToUniversalTime()",
        "2026-01-02T03:04:05.0000000Z",
    ),
    "moment with an offset": (
        "([DateTimeOffset]'2026-01-02T03:04:05+01:00')",
        "2026-01-02T02:04:05.0000000Z",
    ),
    "network address": ("([ipaddress]'10.0.0.1')", "10.0.0.1"),
    "object": ("([pscustomobject]@{A=1})", "@{A=1}"),
    "script": ("{ A -eq 1 }", " A -eq 1 "),
    "enum": ("([DayOfWeek]'Monday')", "Monday"),
    "guid": (f"([guid]'{GUID}')", GUID),
    "switch": ("([switch]$true)", True),
    "null": ("$null", None),
}


@pytest.mark.behaviour("module.request.encoding")
def test_values_travel_in_the_forms_that_the_service_knows(
    recorded: Shell, recorder: Recorder
) -> None:
    """Tables and bytes name their OData type; what JSON has no form for is text."""
    recorded.run(
        CONNECT + "\n".join(f"Get-Mailbox -ResultSize {value}" for value, _ in ENCODED.values())
    )
    sent = dict(zip(ENCODED, (each.parameters for each in recorder.calls()), strict=True))
    assert sent == {name: {"ResultSize": form} for name, (_, form) in ENCODED.items()}
    assert {each.body["CmdletInput"]["CmdletName"] for each in recorder.calls()} == {"Get-Mailbox"}


@pytest.mark.behaviour("module.request.depth")
def test_what_lies_deeper_than_ten_levels_is_cut(recorded: Shell, recorder: Recorder) -> None:
    """PowerShell warns, and the service gets the type's name in place of the value."""
    done = recorded.run(
        CONNECT
        + """
        $value = 'bottom'
        1..12 | ForEach-Object { $value = @{ In = $value } }
        Get-Mailbox -ResultSize $value
        """
    )
    (call,) = recorder.calls()
    level: object = call.parameters["ResultSize"]
    while isinstance(level, dict):
        level = level["In"]
    assert level == "System.Collections.Hashtable"
    assert "exceeded the set depth of 10" in done.stdout


@pytest.mark.behaviour("module.request.encoding.lists")
def test_lists_of_tables_and_of_bytes_name_their_type_beside_them(
    recorded: Shell, recorder: Recorder
) -> None:
    """The annotation stands at the list's own name; other lists have none."""
    recorded.run(
        CONNECT
        + """
        Get-Mailbox -ResultSize @(@{A=1}, @{B=2})
        Get-Mailbox -ResultSize @(,[byte[]](1,2))
        Get-Mailbox -ResultSize @('a', 'b')
        """
    )
    kinds = [each.parameters.get("ResultSize@odata.type") for each in recorder.calls()]
    tables, octets, _ = (each.parameters["ResultSize"] for each in recorder.calls())
    assert kinds == [f"#Collection(Exchange.{name})" for name in LISTS] + [None]
    assert [each["@odata.type"] for each in tables] == ["#Exchange.GenericHashTable"] * 2
    assert [each["Data"] for each in octets] == [[1, 2]]


LISTS = ("GenericHashTable", "ByteArrayType")


@pytest.mark.behaviour("module.request.filter")
def test_truth_in_a_filter_becomes_a_quoted_word(recorded: Shell, recorder: Recorder) -> None:
    """$true and $false of a filter are rewritten; the same text elsewhere is not."""
    recorded.run(CONNECT + "Get-Mailbox -Anr '$true' -Filter 'A -eq $TRUE -and B -eq $false'")
    (call,) = recorder.calls()
    assert call.parameters == {"Anr": "$true", "Filter": "A -eq 'True' -and B -eq 'False'"}


@pytest.mark.behaviour("module.request.securestring")
def test_a_secure_string_is_refused_before_anything_is_sent(
    recorded: Shell, recorder: Recorder
) -> None:
    """The emulator has no key to decrypt it with, and says so."""
    done = recorded.run(
        CONNECT
        + """
        $secret = ConvertTo-SecureString x -AsPlainText
        $facts.fault = Get-Fault { Get-Mailbox -ResultSize $secret }
        """
    )
    assert done.facts["fault"] == "NotSupportedException: The emulation takes no SecureString."
    assert recorder.calls() == []
