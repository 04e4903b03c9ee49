"""A row as CLIXML becomes, in a real PowerShell, an object with typed members."""

import base64
import json
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from emulator.exchange.clixml import clixml, encoded

READ = """
$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = [Text.Encoding]::ASCII
function Show($Value) {
  if ($null -eq $Value) { return @{ t = 'null' } }
  $type = $Value.GetType().FullName
  if ($Value -is [string]) {
    $units = $Value.ToCharArray() | ForEach-Object { '{0:X4}' -f [int]$_ }
    return @{ t = $type; v = -join $units } }
  if ($Value -is [datetime]) { return @{ t = $type; v = $Value.ToUniversalTime().ToString('o') } }
  if ($Value -is [double]) { return @{ t = $type; v = [BitConverter]::DoubleToInt64Bits($Value) } }
  if ($Value -is [Collections.IList]) {
    return @{ t = 'list'; v = @($Value | ForEach-Object { Show $_ }) } }
  if ($Value -is [valuetype]) { return @{ t = $type; v = "$Value" } }
  $members = @($Value.psobject.Properties | ForEach-Object {
    , @((Show $_.Name), (Show $_.Value)) })
  @{ t = 'object'; v = $members }
}
foreach ($line in [IO.File]::ReadAllLines('{file}')) {
  $text = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($line))
  $object = [System.Management.Automation.PSSerializer]::Deserialize($text)
  ConvertTo-Json (Show $object) -Depth 40 -Compress -EscapeHandling EscapeNonAscii
}
"""


def read_by_powershell(texts, folder: Path):
    """Return what each CLIXML text is to PowerShell, as types and values."""
    file, script = folder / "texts", folder / "read.ps1"
    lines = [base64.b64encode(text.encode()).decode() for text in texts]
    file.write_text("\n".join(lines), encoding="ascii")
    script.write_text(READ.replace("{file}", str(file)), encoding="utf-8")
    command = [os.environ["PWSH"], "-NoLogo", "-NoProfile", "-NonInteractive", "-File", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [_plain(json.loads(line)) for line in done.stdout.splitlines()]


def _plain(shown):
    value = shown.get("v")
    match shown["t"]:
        case "System.String":
            return bytes.fromhex(value).decode("utf-16-be", "surrogatepass")
        case "list":
            return [_plain(each) for each in value]
        case "object":
            return {_plain(name): _plain(inner) for name, inner in value}
        case "System.Double":
            return ("System.Double", value)
        case "null":
            return None
        case kind:
            return (kind, value)


TYPED = {
    "text": ("plain", "plain"),
    "empty text": ("", ""),
    "nothing": (None, None),
    "a truth": (True, ("System.Boolean", "True")),
    "a small number": (12, ("System.Int32", "12")),
    "a large number": (107_374_182_400, ("System.Int64", "107374182400")),
    "a huge number": (1 << 70, ("System.Decimal", str(1 << 70))),
    "a number that is too large": (1 << 100, str(1 << 100)),
    "a fraction": (1.5, ("System.Double", 4609434218613702656)),
    "a time": ("2024-05-06T07:08:09Z", ("System.DateTime", "2024-05-06T07:08:09.0000000Z")),
    "no time at all": ("2024-13-06T07:08:09Z", "2024-13-06T07:08:09Z"),
    "a list": (["a", 1, None], ["a", ("System.Int32", "1"), None]),
    "an empty list": ([], []),
    "an object": ({"Inner": {"Deep": [True]}}, {"Inner": {"Deep": [("System.Boolean", "True")]}}),
    "an escape": ("_x000A_ _X000a_ _x_", "_x000A_ _X000a_ _x_"),
    "controls": ("a\x00\x01\n\r\t\x7f\x85b", "a\x00\x01\n\r\t\x7f\x85b"),
    "surrogates": ("😀\ud800\udc00x\ud83d", "😀\ud800\udc00x\ud83d"),
    "not characters": ("￾\ufdd0\uffff", "￾\ufdd0\uffff"),
    "spaces": ("  ", "  "),
    "markup": ("<a & \"b\" 'c'>]]>", "<a & \"b\" 'c'>]]>"),
}


@pytest.mark.behaviour("exchange.clixml.types")
def test_members_have_their_types(tmp_path):
    """Times, numbers, truths, lists and objects come as .NET's own, and every text as it was."""
    texts = [clixml({"Member": value}) for value, _ in TYPED.values()]
    found = read_by_powershell(texts, tmp_path)
    assert dict(zip(TYPED, [each["Member"] for each in found], strict=True)) == {
        name: _joined(shown) for name, (_, shown) in TYPED.items()
    }


def _joined(shown):
    if not isinstance(shown, str):
        return shown
    return shown.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")


def test_a_guid_is_one_where_the_name_says_so(tmp_path):
    """ExchangeGuid is a Guid, ExternalDirectoryObjectId text, and annotations are gone."""
    unique = "0123abcd-0000-4000-8000-00000000000f"
    row = {
        "@odata.type": "#Exchange.GenericHashTable",
        "ExchangeGuid": unique,
        "ExternalDirectoryObjectId": unique,
        "Names@odata.type": "#Collection(String)",
        "Names": ["a"],
    }
    assert read_by_powershell([clixml(row)], tmp_path) == [
        {
            "ExchangeGuid": ("System.Guid", unique),
            "ExternalDirectoryObjectId": unique,
            "Names": ["a"],
        }
    ]


TEXTS = st.text(max_size=12) | st.sampled_from(["_x0041_", "_x", "\r\n", " a ", "\ud800", "𐀀"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 63) - 1) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abcdeé_xX0 .<&\"'", min_size=1, max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
ROWS = st.dictionaries(
    st.text("abcdeé_xX0 .<&\"'\n😀", min_size=1, max_size=8).filter(lambda n: n[0] != "@"),
    VALUES,
    min_size=1,
    max_size=5,
)


def _as_read(value):  # noqa: PLR0911  # one for each type
    match value:
        case bool():
            return ("System.Boolean", str(value))
        case int() if -(1 << 31) <= value < 1 << 31:
            return ("System.Int32", str(value))
        case int():
            return ("System.Int64", str(value))
        case str():
            return _joined(value)
        case list():
            return [_as_read(each) for each in value]
        case dict():
            return {name: _as_read(inner) for name, inner in value.items()}
        case _:
            return value


def _differ_in_more_than_case(value):
    match value:
        case dict():
            names = {name.lower() for name in value}
            return len(names) == len(value) and all(map(_differ_in_more_than_case, value.values()))
        case list():
            return all(map(_differ_in_more_than_case, value))
        case _:
            return True


def test_any_row_comes_out_of_powershell_as_it_went_in(tmp_path):
    """300 rows of any text, number and nesting survive the way through a real PowerShell."""
    rows = []

    @settings(
        max_examples=300,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(ROWS.filter(_differ_in_more_than_case))
    def collect(row):
        rows.append(row)

    collect()
    found = read_by_powershell(map(clixml, rows), tmp_path)
    for row, read in zip(rows, found, strict=True):
        assert read == _as_read(row)


@given(st.text())
def test_an_encoded_text_is_plain_xml(text):
    """Nothing is left that XML cannot carry."""
    written = encoded(text)
    assert not set(written) & set(map(chr, [*range(32), *range(0x7F, 0xA0)]))
    assert written.isascii() or written.encode("utf-8")


@pytest.mark.behaviour("exchange.clixml.header")
def test_the_header_chooses_clixml(client, tmp_path):
    """`X-ResponseFormat: clixml` wraps each row; without it the rows are JSON."""
    plain = client.invoke("Get-Mailbox", {"ResultSize": 3}).json()["value"]
    answer = client.invoke(
        "Get-Mailbox", {"ResultSize": 3}, headers={"X-ResponseFormat": "CliXml"}
    ).json()
    assert [set(each) for each in answer["value"]] == [{"@odata.type", "_clixml"}] * 3
    found = read_by_powershell([each["_clixml"] for each in answer["value"]], tmp_path)
    assert [each["Alias"] for each in found] == [row["Alias"] for row in plain]
    assert found[0]["WhenCreatedUTC"][0] == "System.DateTime"
    assert found[0]["ExchangeGuid"] == ("System.Guid", plain[0]["ExchangeGuid"])
    assert "EmailAddresses@odata.type" not in found[0]
